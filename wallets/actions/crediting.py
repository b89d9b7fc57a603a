"""Coins follow the money: the one function that every door calls, as often as it likes.

The page that the buyer comes back to, the provider's callback and the sweep all call
`credit_recharge`. It asks the provider, compares, and credits once: the order moves by compare and
set, the operation's key is the order, and an order has one lot.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from users.actions.notifying import notify
from users.errors import Refusal
from wallets import locks, movements
from wallets.actions.accounts import account_ids, system
from wallets.actions.coins import CreditRecharge, Purchase, recharge_ask
from wallets.actions.recharges import FIRST_CHECK, advance, move
from wallets.books import Draft
from wallets.errors import AlreadyResolved, MethodUnknown
from wallets.models import Account, Recharge, RechargeEvent, UnappliedPayment
from wallets.models.recharges import UNPAID
from wallets.money import Money
from wallets.notices import RECHARGE_ARRIVED
from wallets.providers import offline, provider_of
from wallets.providers.base import Found, Payment
from wallets.writer import Ask, Done, Kind, post_one

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(hours=12)
State = Recharge.State


def credit_recharge(recharge_id: int, *, by: str, now: datetime | None = None) -> Recharge:
    """Bring an order to where the provider says it is; coins that are paid for are credited, once.

    `by` names the door. Raises ProviderSilent when the provider gives no answer, and Stopped while
    the ledger is: then the order stays as it is and the sweep comes back to it. It calls the
    provider, so it must not run inside a transaction. `now` is for histories.
    """
    recharge = Recharge.objects.get(pk=recharge_id)
    if recharge.state in UNPAID:
        payment = provider_of(recharge.method).fetch(
            key=recharge.public_id, reference=recharge.reference
        )
        _take_over(recharge, payment, by=by)
        recharge.refresh_from_db()
    if recharge.state == State.PAID:
        post_one(_ask(recharge, CreditOrder(by=by)), now=now)
        recharge.refresh_from_db()
    return recharge


def check_due(recharge_id: int) -> None:
    """The sweep's visit to one order. Its next visit is planned first, so none is forgotten."""
    recharge = Recharge.objects.get(pk=recharge_id)
    claimed = Recharge.objects.filter(pk=recharge_id, check_at=recharge.check_at).update(
        check_at=_next_check(recharge)
    )
    if not claimed:
        return
    try:
        credit_recharge(recharge_id, by="sweep")
    except Refusal as refusal:
        log.warning("recharge %d by %s waits: %s", recharge_id, recharge.method, refusal.code)


def ask_again(recharge: Recharge) -> None:
    """Have the provider asked at the next sweep, also about an order that was given up."""
    if recharge.state not in (*UNPAID, State.PAID):
        raise AlreadyResolved()
    Recharge.objects.filter(pk=recharge.pk).update(check_at=timezone.now())


def confirm_offline(recharge: Recharge, received: Money) -> None:
    """Staff saw this much money for an order that is paid offline; the next sweep credits it.

    Refuses with MethodUnknown (another method, or payments that staff do not confirm) or
    AlreadyResolved.
    """
    if recharge.method != "offline" or not settings.OFFLINE_CONFIRMED_BY_STAFF:
        raise MethodUnknown(method=recharge.method)
    offline.confirm(recharge.public_id, received)
    Recharge.objects.filter(pk=recharge.pk).update(check_at=timezone.now())


def _next_check(recharge: Recharge) -> datetime | None:
    """After half of the order's age; never again once nobody can be expected to pay."""
    if recharge.state not in (*UNPAID, State.PAID):
        return None
    age = timezone.now() - recharge.created
    patience = provider_of(recharge.method).patience
    if recharge.state != State.PAID and age > patience + timedelta(
        days=settings.RECHARGE_LATE_DAYS
    ):
        return None
    return timezone.now() + min(max(age // 2, FIRST_CHECK), LONGEST_WAIT)


def _take_over(recharge: Recharge, payment: Payment, *, by: str) -> None:
    """Move the order to what the provider says."""
    if payment.key != recharge.public_id or (
        recharge.reference and payment.reference not in ("", recharge.reference)
    ):
        log.error("recharge %d: the answer is about %s", recharge.pk, payment.key)
        RechargeEvent.objects.create(
            recharge=recharge,
            before=recharge.state,
            after=recharge.state,
            by=by,
            details={"foreign": str(payment.key), "reference": payment.reference},
        )
        return
    if payment.amount is not None:
        ordered = Money(recharge.price, recharge.currency)
        if payment.amount == ordered:
            details = {"reference": payment.reference}
            advance(recharge.pk, to=State.PAID, by=by, details=details, check_at=timezone.now())
        else:
            _set_aside(recharge, payment.amount, by=by)
    elif payment.found == Found.DECLINED:
        advance(recharge.pk, to=State.DECLINED, by=by, details={})
    elif payment.found == Found.LEFT:
        advance(recharge.pk, to=State.ABANDONED, by=by, details={})
    elif timezone.now() > recharge.created + provider_of(recharge.method).patience:
        advance(recharge.pk, to=State.EXPIRED, by=by, details={})


# --- crediting ------------------------------------------------------------------------------------
def next_receipt_number(year: int) -> int:
    """The next receipt number of a year. Rolled back with the transaction, so there are no gaps."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO wallets_receiptyear AS r (year, last) VALUES (%s, 1)
               ON CONFLICT (year) DO UPDATE SET last = r.last + 1 RETURNING last""",
            [year],
        )
        return cursor.fetchone()[0]


class CreditOrder(CreditRecharge):
    """The crediting of an order: its row gets its state and its receipt in the same transaction."""

    before = State.PAID

    def __init__(self, *, by: str) -> None:
        self.by = by

    def lock(self, asks: Sequence[Ask]) -> None:
        locks.lock_recharges(ask.data[1].recharge for ask in asks)

    def write(self, done: Sequence[Done]) -> None:
        for item in done:
            purchase, at = item.ask.data[1], item.draft.now
            year = timezone.localtime(at).year
            moved = move(
                purchase.recharge,
                before=self.before,
                to=State.CREDITED,
                by=self.by,
                details={"lot": item.details["lot"], "coins": purchase.coins},
                credited=at,
                receipt_year=year,
                receipt_number=next_receipt_number(year),
                check_at=None,
            )
            if not moved:
                raise AlreadyResolved()
            _tell_buyer(purchase, at)


def _tell_buyer(purchase: Purchase, at: datetime) -> None:
    public_id = Recharge.objects.values_list("public_id", flat=True).get(pk=purchase.recharge)
    notify(
        people=[purchase.user],
        kind=RECHARGE_ARRIVED.code,
        ref=str(purchase.recharge),
        path=reverse("receipt", args=[public_id]),
        data={"coins": purchase.coins},
        at=at,
    )


def _ask(recharge: Recharge, kind: CreditRecharge) -> Ask:
    return recharge_ask(
        purchase_of(
            recharge, recharge.coins, Money(recharge.price, recharge.currency), recharge.tax
        ),
        kind=kind,
    )


def purchase_of(recharge: Recharge, coins: int, paid: Money, tax: int) -> Purchase:
    """What an order became: so many coins for the money that came."""
    return Purchase(
        recharge=recharge.pk,
        user=recharge.buyer_id,
        coins=coins,
        price=paid.minor,
        tax=tax,
        tax_country=recharge.tax_country,
        currency=paid.currency,
        method=recharge.method,
        risk=provider_of(recharge.method).risk,
    )


# --- money that does not fit ----------------------------------------------------------------------
class SetAside(Kind):
    """The provider has money that is not what was ordered: it is booked, and staff place it."""

    name = "unapplied"

    def __init__(self, *, by: str) -> None:
        self.by = by

    def lock(self, asks: Sequence[Ask]) -> None:
        locks.lock_recharges(ask.data[0].pk for ask in asks)

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        _recharge, amount, provider, unapplied = ask.data
        movements.cash(draft, [(provider, unapplied, amount.minor)], self.name)
        return {"amount": amount.minor, "currency": amount.currency}

    def write(self, done: Sequence[Done]) -> None:
        for item in done:
            recharge, amount, _provider, _unapplied = item.ask.data
            before = Recharge.objects.get(pk=recharge.pk).state
            if before not in UNPAID or not move(
                recharge.pk,
                before=before,
                to=State.UNAPPLIED,
                by=self.by,
                details=item.details,
                check_at=None,
            ):
                raise AlreadyResolved()
            other = amount.currency != recharge.currency
            UnappliedPayment.objects.create(
                recharge=recharge,
                amount=amount.minor,
                currency=amount.currency,
                method=recharge.method,
                why=UnappliedPayment.Why.CURRENCY if other else UnappliedPayment.Why.AMOUNT,
            )


def _set_aside(recharge: Recharge, amount: Money, *, by: str) -> None:
    log.error("recharge %d: %s was paid, not what was ordered", recharge.pk, amount)
    provider = system(Account.Kind.PROVIDER, amount.currency, recharge.method)
    unapplied = system(Account.Kind.UNAPPLIED, amount.currency)
    ids = account_ids([provider, unapplied])
    ask = Ask(
        kind=SetAside(by=by),
        key=f"unapplied:{recharge.pk}",
        accounts=list(ids.values()),
        content=[recharge.pk, amount.minor, amount.currency],
        data=(recharge, amount, ids[provider], ids[unapplied]),
    )
    try:
        post_one(ask)
    except AlreadyResolved:
        log.warning("recharge %d was dealt with meanwhile", recharge.pk)
