"""A small aggregator of our own: a foreign server that we run beside the casino in demo mode.

It plays the other side of the Slotegrator protocol over real signed HTTP: catalogue, launch, slot
games in a frame, and callbacks that debit and credit the casino's wallet. It is a simulator: its
sessions and its unfinished retries live in memory and end with the process. It shares no code
with ``providers/slotegrator``, so that the two keep each other honest.
"""
