"""A vendor's certification of one provider, as its integration manager would run it."""
