"""Reads of the wallets app."""
