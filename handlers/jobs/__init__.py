"""What the house does by the clock."""

from handlers.jobs.schedule import start_schedule

__all__ = ["start_schedule"]
