"""The web edge: API, live socket, hooks, health, and the Mini App's files."""
