"""Writes of the gifts app."""
