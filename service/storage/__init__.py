"""Where evidence comes from: folders, the network, and what a verifier remembers."""
