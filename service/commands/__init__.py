"""What the `proofmark` command is made of; `service.cli` puts it together and reads the clock."""
