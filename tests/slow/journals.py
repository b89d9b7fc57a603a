"""What clients wrote down about their wishes, held against what the database has booked."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from creators.models import Withdrawal
from gifts.models import SentGift
from wallets.models import COIN, NOBODY, Account, Lot, Operation, Recharge, Transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One wish of one person and what the site answered.

    `kind` is gift, undo, recharge or withdrawal. `amount` is coins, or diamonds of a withdrawal;
    `proof` what the answer named: the gift, the receipt's number, the withdrawal. A refused wish
    has amount 0, and its refusal as proof.
    """

    actor: int
    key: str
    kind: str
    done: bool
    amount: int = 0
    proof: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.key} of {self.actor}: {self.amount} ({self.proof})"


def differences(journal: Iterable[Entry], booked: Iterable[Entry]) -> list[str]:
    """Every wish whose answer is not what was booked, and every booking that nobody was told of.

    `booked` has one entry for each time that something moved.
    """
    told = list(journal)
    moved: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    for entry in booked:
        moved[entry.actor, entry.key].append(entry)
    found = [
        f"wished twice under one key: {key} of {actor}"
        for (actor, key), n in Counter((e.actor, e.key) for e in told).items()
        if n > 1
    ]
    for entry in told:
        found += _differs(entry, moved.pop((entry.actor, entry.key), []))
    found += [f"nobody was told of: {entry}" for rest in moved.values() for entry in rest]
    return found


def _differs(entry: Entry, booked: list[Entry]) -> list[str]:
    if not entry.done:
        return [f"refused and yet booked: {one}" for one in booked]
    if not booked:
        return [f"missing: {entry}"]
    if len(booked) > 1:
        return [f"booked {len(booked)} times: {entry}"]
    return [] if booked == [entry] else [f"booked otherwise: {entry}, as {booked[0]}"]


def booked_entries() -> list[Entry]:
    """What moved for people, from the transfers and rows of the database."""
    return [*booked_coins(), *_booked_recharges(), *_booked_withdrawals()]


def booked_coins() -> Iterable[Entry]:
    """Each transfer of a gift out of a wallet is one booking, and each undo."""
    wallets = set(_wallets().values_list("pk", flat=True))
    asked = Operation.objects.exclude(actor=NOBODY).in_bulk()
    gifts = {coins: str(pk) for pk, coins in SentGift.objects.values_list("pk", "coin_transfer")}
    undone: dict[Operation, list[Transfer]] = defaultdict(list)
    for transfer in Transfer.objects.filter(operation_id__in=asked).order_by("id"):
        operation = asked[transfer.operation_id]
        if operation.kind == "gift" and transfer.debit_account_id in wallets:
            yield _booked(operation, transfer.amount, gifts.get(transfer.pk, "no such gift"))
        elif operation.kind == "undo" and transfer.credit_account_id in wallets:
            undone[operation].append(transfer)
    for operation, back in undone.items():
        named = ",".join(sorted(gifts[transfer.reverses] for transfer in back))
        yield _booked(operation, sum(transfer.amount for transfer in back), named)


def _booked(operation: Operation, amount: int, proof: str) -> Entry:
    return Entry(
        actor=operation.actor,
        key=operation.key,
        kind=operation.kind,
        done=True,
        amount=amount,
        proof=proof,
    )


def _booked_recharges() -> Iterable[Entry]:
    """Each transfer of sold coins into a wallet is one booking, whatever its order's row says."""
    wallets = _wallets().values_list("pk", flat=True)
    sold = Transfer.objects.filter(code="recharge", credit_account_id__in=wallets)
    lots = Lot.objects.in_bulk([lot for transfer in sold for lot in transfer.lots])
    orders = Recharge.objects.in_bulk([lot.recharge_id for lot in lots.values()])
    for transfer in sold:
        order = orders[lots[transfer.lots[0]].recharge_id]
        yield Entry(
            actor=order.buyer_id,
            key=order.key,
            kind="recharge",
            done=True,
            amount=transfer.amount,
            proof=order.receipt,
        )


def _wallets() -> QuerySet[Account]:
    return Account.objects.filter(kind=Account.Kind.WALLET, asset=COIN, owner__isnull=False)


def _booked_withdrawals() -> Iterable[Entry]:
    """Each withdrawal that was paid out."""
    paid = Withdrawal.objects.filter(state=Withdrawal.State.PAID)
    asked = Operation.objects.in_bulk(list(paid.values_list("operation_id", flat=True)))
    for withdrawal in paid:
        yield Entry(
            actor=withdrawal.creator_id,
            key=asked[withdrawal.operation_id].key,
            kind="withdrawal",
            done=True,
            amount=withdrawal.diamonds,
            proof=str(withdrawal.public_id),
        )
