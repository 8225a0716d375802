"""What happened since: status lists and certificate records."""
