"""The foreign side of ``wallets/ton``: a chain in memory behind pytonlib's own interface."""
