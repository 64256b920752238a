"""The sandbox as the vendor that it is: its own aggregator, its own link to the casino."""
