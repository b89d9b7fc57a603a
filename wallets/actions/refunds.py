"""Refunds as the ledger sees them: asked (coins in escrow), then done or failed, once."""

from collections.abc import Sequence
from typing import Any

from wallets import movements, rows
from wallets.actions.accounts import Spec, account_ids, system, wallet_of
from wallets.books import Books, Draft
from wallets.errors import AlreadyResolved
from wallets.models import COIN, NOBODY, Account, Lot, Operation
from wallets.movements.refunds import RefundAccounts, RefundSum
from wallets.writer import Ask, Kind, Outcome, post_one


class AskRefund(Kind):
    """Holds unspent coins of a lot in the refund's escrow."""

    name = "refund"
    switch = "refunds"
    by_person = True

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        books.add_lots(rows.read_lots([ask.data[0] for ask in asks]))

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        lot, coins, wallet, escrow = ask.data
        asked = movements.refund_asked(draft, lot=lot, coins=coins, wallet=wallet, escrow=escrow)
        return {
            "lot": lot,
            "coins": asked.coins,
            "money": asked.money,
            "tax": asked.tax,
            "reserve": asked.reserve,
        }


class EndRefund(Kind):
    """The provider sent the money, or did not take it."""

    name = "refund_end"

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        books.add_lots(rows.read_lots([ask.data[0].lot for ask in asks]))

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        refund, accounts, done = ask.data
        if draft.account(accounts.escrow).spendable < refund.coins:
            raise AlreadyResolved()
        if done:
            movements.refund_done(draft, accounts, refund)
        else:
            movements.refund_failed(
                draft, wallet=accounts.wallet, escrow=accounts.escrow, refund=refund
            )
        return {"done": done}


ASK_REFUND = AskRefund()
END_REFUND = EndRefund()


def ask_refund(*, user_id: int, lot_id: int, coins: int, ref: str, key: str) -> Outcome:
    """Put `coins` of a lot into escrow; the outcome says money, tax and reserve.

    Locks the wallet and the escrow. Refuses with NotRefundable, Frozen or Stopped.
    """
    escrow = Spec(user_id, Account.Kind.ESCROW, COIN, f"refund:{ref}")
    wallet = wallet_of(user_id)
    ids = account_ids([wallet, escrow])
    return post_one(
        Ask(
            kind=ASK_REFUND,
            actor=user_id,
            key=key,
            accounts=list(ids.values()),
            content=[lot_id, coins, ref],
            data=(lot_id, coins, ids[wallet], ids[escrow]),
        )
    )


def end_refund(*, operation: Operation, ref: str, done: bool) -> Outcome:
    """End the refund that `operation` asked for; its key is the refund's, so it ends once."""
    asked = operation.details
    refund = RefundSum(**{name: asked[name] for name in RefundSum.__slots__})
    lot = Lot.objects.select_related("wallet").get(pk=refund.lot)
    specs = {
        "wallet": wallet_of(lot.user_id),
        "escrow": Spec(lot.user_id, Account.Kind.ESCROW, COIN, f"refund:{ref}"),
        "sold": system(Account.Kind.SOLD, COIN),
        "provider": system(Account.Kind.PROVIDER, lot.currency, lot.method),
        "sales": system(Account.Kind.SALES, lot.currency),
        "tax": system(Account.Kind.TAX, lot.currency, lot.tax_country),
        "reserve": system(Account.Kind.RESERVE, lot.currency),
    }
    ids = account_ids(list(specs.values()))
    return post_one(
        Ask(
            kind=END_REFUND,
            actor=NOBODY,
            key=f"refund_end:{ref}",
            accounts=list(ids.values()),
            content=[str(operation.pk), done],
            data=(refund, RefundAccounts(**{n: ids[s] for n, s in specs.items()}), done),
        )
    )
