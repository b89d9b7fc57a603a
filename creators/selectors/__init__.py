"""Reads of the creators app."""
