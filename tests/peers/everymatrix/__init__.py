"""EveryMatrix's side of its external wallet: a caller, a feed, a launcher and a bonus API."""
