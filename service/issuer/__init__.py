"""Issuing: from a dossier to a certificate, and only what a verifier would accept."""
