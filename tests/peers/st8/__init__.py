"""The vendor's side of the St8 protocol; OpenSSL makes and checks every signature."""
