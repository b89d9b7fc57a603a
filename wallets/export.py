"""The ledger as Beancount text, so that another program adds it up.

The postings come from the transfers; every account ends with a `balance` line that is taken from
the account's own row (for derived accounts from the last closed day), so that `bean-check`
compares the two. Users are opaque ids. A debit is positive, as in Beancount.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from django.db import connection, transaction

from wallets.models import Account, LedgerDay

ASSETS = {Account.Kind.PROVIDER, Account.Kind.BANK}
OPENED = date(2000, 1, 1)

BY_DAY = """
    SELECT day, asset, account, sum(n)::bigint FROM (
        SELECT t.day, a.asset, a.id AS account, t.amount AS n
        FROM wallets_transfer t JOIN wallets_account a ON a.id = t.debit_account_id
        UNION ALL
        SELECT t.day, a.asset, a.id, -t.amount
        FROM wallets_transfer t JOIN wallets_account a ON a.id = t.credit_account_id) moved
    GROUP BY day, asset, account ORDER BY day, asset, account"""
BY_TRANSFER = """
    SELECT t.day, t.id, t.code, t.debit_account_id, t.credit_account_id, t.amount, a.asset
    FROM wallets_transfer t JOIN wallets_account a ON a.id = t.debit_account_id
    ORDER BY t.day, t.id"""


def beancount(*, by: str = "day") -> Iterator[str]:
    """Lines of a Beancount file, streamed; `by` is "day" or "transfer". Reads one snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        names = _names()
        yield 'option "title" "Ledger"\n'
        for name, asset in names.values():
            yield f"{OPENED} open {name} {asset}\n"
        yield from _days(names) if by == "day" else _transfers(names)
        yield from _balances(names)


def _names() -> dict[int, tuple[str, str]]:
    accounts = Account.objects.select_related("owner").order_by("pk")
    return {account.pk: (_name(account), account.asset) for account in accounts}


def _name(account: Account) -> str:
    words = [*account.kind.split("_"), *account.ref.replace(".", "-").replace("_", "-").split(":")]
    parts = [word[:1].upper() + word[1:] for word in words if word]
    if account.owner is not None:
        return ":".join(["Liabilities", "User", f"U{account.owner.public_id.hex}", *parts])
    root = "Assets" if account.kind in ASSETS else "Equity"
    return ":".join([root, *parts])


def _rows(sql: str) -> Iterator[tuple]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(2_000):
            yield from rows


def _days(names: dict[int, tuple[str, str]]) -> Iterator[str]:
    for (day, asset), rows in groupby(_rows(BY_DAY), key=itemgetter(0, 1)):
        yield f'{day} * "{asset}"\n'
        for _, _, account, amount in rows:
            yield f"  {names[account][0]}  {amount} {asset}\n"


def _transfers(names: dict[int, tuple[str, str]]) -> Iterator[str]:
    for day, id, code, debit, credit, amount, asset in _rows(BY_TRANSFER):
        yield f'{day} * "{code}" "{id}"\n'
        yield f"  {names[debit][0]}  {amount} {asset}\n"
        yield f"  {names[credit][0]}  {-amount} {asset}\n"


def _balances(names: dict[int, tuple[str, str]]) -> Iterator[str]:
    """What the account rows say, dated so that all transfers they count come before."""
    after_open = LedgerDay.objects.get().day + timedelta(days=1)
    for account in Account.objects.order_by("pk"):
        name, asset = names[account.pk]
        debits, credits, day = account.debits_posted, account.credits_posted, after_open
        if account.kind in Account.DERIVED:
            closed = account.closed_days.order_by("-day").first()
            if closed is None:
                continue
            debits, credits = closed.debits_posted, closed.credits_posted
            day = closed.day + timedelta(days=1)
        yield f"{day} balance {name}  {debits - credits} {asset}\n"
