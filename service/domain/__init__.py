"""What things are: verdicts, dates, scopes, certificates, accreditations. Standard library only."""
