"""The aggregator's side of the Hub88 operator protocol, with openssl for its signatures."""
