"""Proofmark: conformity certificates that travel in a QR code and cannot be faked."""
