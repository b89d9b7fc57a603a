"""What moves: each event of the economy as transfers, in pure functions over a draft.

The table in docs/ledger.md and these functions say the same. Account arguments are ids; amounts
are whole coins or diamonds, or minor units of one currency.
"""

from wallets.movements.campaigns import campaign_charge, campaign_rest, campaign_start
from wallets.movements.cash import cash
from wallets.movements.disputes import dispute_lost, dispute_withdrawn, dispute_won
from wallets.movements.gifts import Gift, gift, take_back
from wallets.movements.recharges import grant, grant_taken_back, recharge
from wallets.movements.refunds import refund_asked, refund_done, refund_failed
from wallets.movements.withdrawals import withdrawal_asked, withdrawal_paid, withdrawal_returned

__all__ = [
    "Gift",
    "campaign_charge",
    "campaign_rest",
    "campaign_start",
    "cash",
    "dispute_lost",
    "dispute_withdrawn",
    "dispute_won",
    "gift",
    "grant",
    "grant_taken_back",
    "recharge",
    "refund_asked",
    "refund_done",
    "refund_failed",
    "take_back",
    "withdrawal_asked",
    "withdrawal_paid",
    "withdrawal_returned",
]
