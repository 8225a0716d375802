"""The example world: fictional bodies, certificates in every state, and forgeries."""
