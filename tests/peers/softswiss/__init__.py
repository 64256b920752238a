"""The vendor's side of the SOFTSWISS protocol: an aggregator of both generations, a studio."""
