"""Keys: public keys as they are published, who they belong to, and who may sign with them."""
