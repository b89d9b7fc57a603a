"""Writes of the wallets app: each action owns its transaction through the writer."""
