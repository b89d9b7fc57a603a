"""Payments without a payment company.

For trying out, the payer's word counts: a page of our own offers to pay, to be declined or to
leave. With `OFFLINE_CONFIRMED_BY_STAFF` (the default in production) the page shows a reference and
waits until staff have seen the money. `OfflinePayment` is this provider's own truth.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wallets.errors import AlreadyResolved
from wallets.models import OfflinePayment
from wallets.money import Money
from wallets.providers.base import Checkout, Found, Order, Payment

SIGNER = signing.Signer(salt="wallets.offline")
FOUND = {
    OfflinePayment.State.WAITING: Found.PENDING,
    OfflinePayment.State.PAID: Found.PAID,
    OfflinePayment.State.DECLINED: Found.DECLINED,
    OfflinePayment.State.LEFT: Found.LEFT,
}


class OfflineProvider:
    risk = "offline"

    @property
    def patience(self) -> timedelta:
        return timedelta(days=14) if settings.OFFLINE_CONFIRMED_BY_STAFF else timedelta(hours=1)

    def method_label(self) -> Any:
        if settings.OFFLINE_CONFIRMED_BY_STAFF:
            return _("Bank transfer or cash, confirmed by our staff")
        return _("Test payment, no money moves")

    def create_checkout(self, order: Order) -> Checkout:
        payment, _made = OfflinePayment.objects.get_or_create(
            key=order.key,
            defaults={
                "payer_id": order.payer,
                "amount": order.price.minor,
                "currency": order.price.currency,
                "return_path": order.return_path,
            },
        )
        return Checkout(url=page_of(payment), reference=payment.reference)

    def fetch(self, *, key: UUID, reference: str) -> Payment:
        payment = OfflinePayment.objects.filter(key=key).first()
        if payment is None:
            return Payment(found=Found.NOTHING, key=key)
        amount = None
        if payment.paid_amount is not None:
            amount = Money(payment.paid_amount, payment.paid_currency)
        return Payment(
            found=FOUND[OfflinePayment.State(payment.state)],
            key=payment.key,
            reference=payment.reference,
            amount=amount,
        )


def page_of(payment: OfflinePayment) -> str:
    """The address of the payment page. Signed, so that none can be made up."""
    return reverse("offline_payment", args=[SIGNER.sign(str(payment.key))])


def payment_of_page(token: str, *, payer_id: int) -> OfflinePayment | None:
    """The payment that this address belongs to, for its payer only."""
    try:
        key = SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    return OfflinePayment.objects.filter(key=key, payer=payer_id).first()


def receive(payment: OfflinePayment, amount: Money) -> None:
    """This much was paid. Once: what was paid or declined stays so."""
    _move(
        payment,
        {OfflinePayment.State.WAITING, OfflinePayment.State.LEFT},
        state=OfflinePayment.State.PAID,
        paid_amount=amount.minor,
        paid_currency=amount.currency,
    )


def decline(payment: OfflinePayment) -> None:
    """The payment fails, as a card without money does."""
    _move(
        payment,
        {OfflinePayment.State.WAITING, OfflinePayment.State.LEFT},
        state=OfflinePayment.State.DECLINED,
    )


def leave(payment: OfflinePayment) -> None:
    """The payer goes away without paying; the payment can still be made."""
    _move(payment, {OfflinePayment.State.WAITING}, state=OfflinePayment.State.LEFT)


def _move(payment: OfflinePayment, before: set[OfflinePayment.State], **values: Any) -> None:
    if not OfflinePayment.objects.filter(pk=payment.pk, state__in=before).update(**values):
        raise AlreadyResolved()


def confirm(recharge_key: UUID, amount: Money) -> None:
    """Staff saw this much money for a payment, whatever the payer said."""
    receive(OfflinePayment.objects.get(key=recharge_key), amount)
