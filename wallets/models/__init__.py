from wallets.models.ledger import (
    COIN,
    NOBODY,
    Account,
    ClosedDay,
    Hold,
    LedgerDay,
    Operation,
    Transfer,
    diamond,
)
from wallets.models.lots import Lot, TakenBack
from wallets.models.prices import CheckRun, CoinPack, RateCard, Switch, TaxRate

__all__ = [
    "COIN",
    "NOBODY",
    "Account",
    "CheckRun",
    "ClosedDay",
    "CoinPack",
    "Hold",
    "LedgerDay",
    "Lot",
    "Operation",
    "RateCard",
    "Switch",
    "TakenBack",
    "TaxRate",
    "Transfer",
    "diamond",
]
