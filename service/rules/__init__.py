"""What the verdicts are: pure functions from values to findings, one module per table of rules."""
