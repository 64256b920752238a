"""Slotegrator GIS: an aggregator of game studios, spoken to through signed forms."""
