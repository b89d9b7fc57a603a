"""The staff's pages about money: everything can be read, and only actions change anything."""

from wallets.admin import ledger, prices, recharges

__all__ = ["ledger", "prices", "recharges"]
