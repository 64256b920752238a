"""The composition: which rooms this house has, and how they are wired. Imported by main only."""
