"""What is printed: labels, certificates, receipts."""
