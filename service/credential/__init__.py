"""The certificate itself: strict JWS, its claims, its packed form and its symbol."""
