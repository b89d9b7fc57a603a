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
from wallets.models.recharges import (
    OfflinePayment,
    ReceiptYear,
    Recharge,
    RechargeEvent,
    UnappliedPayment,
)
from wallets.models.spending import SpendingDay

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
    "OfflinePayment",
    "Operation",
    "RateCard",
    "ReceiptYear",
    "Recharge",
    "RechargeEvent",
    "SpendingDay",
    "Switch",
    "TakenBack",
    "TaxRate",
    "Transfer",
    "UnappliedPayment",
    "diamond",
]
