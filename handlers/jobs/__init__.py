"""What the house does by the clock."""

from handlers.jobs.schedule import Jobs, start_schedule

__all__ = ["Jobs", "start_schedule"]
