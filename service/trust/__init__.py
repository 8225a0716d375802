"""Who may certify: entity statements and the chain from an anchor to a certifier."""
