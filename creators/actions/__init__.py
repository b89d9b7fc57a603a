"""Writes of the creators app."""

from creators.actions.earnings import NewEarning, mark_earnings_taken_back, record_earnings

__all__ = ["NewEarning", "mark_earnings_taken_back", "record_earnings"]
