"""The aggregator's side of the Slotegrator protocol: PHP as its reference, and a signed caller."""
