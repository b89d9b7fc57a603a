"""Diamonds become available when no dispute can reach them any more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from wallets.actions.accounts import Spec, account_ids
from wallets.books import Books, Draft
from wallets.errors import NothingDue
from wallets.models import Account
from wallets.statements import array
from wallets.writer import Ask, Kind, Outcome, post


class SweepClearing(Kind):
    """Moves what has cleared since `cleared_until` from clearing to available, and moves it on."""

    name = "clearing_sweep"

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        clearing = [ask.data[0] for ask in asks]
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT a.id,
                       (SELECT coalesce(sum(amount), 0)::bigint FROM wallets_transfer t
                        WHERE t.credit_account_id = a.id AND t.clears_at <= %s
                          AND t.clears_at > coalesce(a.cleared_until, '-infinity')),
                       (SELECT coalesce(sum(amount), 0)::bigint FROM wallets_transfer t
                        WHERE t.debit_account_id = a.id AND t.clears_at <= %s
                          AND t.clears_at > coalesce(a.cleared_until, '-infinity'))
                   FROM wallets_account a WHERE a.id = ANY(%s::bigint[])""",
                [books.now, books.now, array(clearing)],
            )
            books.facts[self.name] = {id: came - went for id, came, went in cursor.fetchall()}

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        clearing, available = ask.data
        due = draft.books.facts[self.name][clearing]
        until = draft.account(clearing).cleared_until
        if due <= 0 or (until is not None and until >= draft.now):
            raise NothingDue()
        draft.move(clearing, available, due, "cleared")
        draft.change_account(clearing).cleared_until = draft.now
        return {"diamonds": due}


SWEEP = SweepClearing()


def sweep_clearing(*, user_id: int, asset: str, now: datetime | None = None) -> Outcome:
    """Clear one creator's due diamonds of one series. Locks clearing and available.

    Raises NothingDue when nothing is. Repeats find nothing: the account says how far it got.
    """
    return sweep_all([(user_id, asset)], now=now)[0].or_raise()


def sweep_all(due: Sequence[tuple[int, str]], *, now: datetime | None = None) -> list[Outcome]:
    """The same for many pairs of user and asset, in one transaction; an outcome for each."""
    return post([_sweep_ask(user_id, asset) for user_id, asset in due], now=now)


def _sweep_ask(user_id: int, asset: str) -> Ask:
    clearing = Spec(user_id, Account.Kind.CLEARING, asset)
    available = Spec(user_id, Account.Kind.AVAILABLE, asset)
    ids = account_ids([clearing, available])
    until = Account.objects.values_list("cleared_until", flat=True).get(pk=ids[clearing])
    return Ask(
        kind=SWEEP,
        key=f"sweep:{ids[clearing]}:{until.isoformat() if until else 'first'}",
        accounts=list(ids.values()),
        content=[ids[clearing]],
        data=(ids[clearing], ids[available]),
    )


def clearing_due(*, now: datetime | None = None) -> list[tuple[int, str]]:
    """(user, asset) of the creators with diamonds to sweep."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.owner_id, a.asset FROM wallets_account a
               WHERE a.kind = 'clearing' AND a.credits_posted > a.debits_posted AND EXISTS (
                   SELECT FROM wallets_transfer t WHERE t.credit_account_id = a.id
                     AND t.clears_at <= coalesce(%s, clock_timestamp())
                     AND t.clears_at > coalesce(a.cleared_until, '-infinity'))
               ORDER BY a.id""",
            [now],
        )
        return cursor.fetchall()
