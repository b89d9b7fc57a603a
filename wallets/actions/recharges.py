"""Ordering coins: the order is written down first, then the provider hears of it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from users.actions.people import require_money_age
from users.errors import Frozen
from users.models import User
from users.selectors import require_no_pause
from wallets import locks
from wallets.countries import is_country
from wallets.errors import (
    AmountRefused,
    ConsentMissing,
    CountryUnknown,
    MethodUnknown,
    OverLimit,
    OverOwnMoneyLimit,
    RepeatDiffers,
    Stopped,
)
from wallets.models import COIN, Account, Recharge, RechargeEvent
from wallets.models.recharges import REACHED_FROM
from wallets.money import Money, price_of_coins
from wallets.providers import methods_offered, provider_of
from wallets.providers.base import Order
from wallets.selectors.prices import stopped_message
from wallets.selectors.recharges import (
    MoneyLeft,
    most_today,
    own_money_left,
    quote,
    smallest_of,
)

FIRST_CHECK = timedelta(seconds=30)
SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{0,63}$")

State = Recharge.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An order, and where its payer goes: the provider's page, or empty when it is over."""

    recharge: Recharge
    url: str


def start_recharge(
    *,
    buyer: User,
    coins: int,
    country: str,
    method: str,
    key: str,
    consent: bool,
    return_to: str = "",
    gift: str = "",
    now: datetime | None = None,
) -> Started:
    """Order coins, and open the payment at the provider.

    The order is committed before the provider is called; a call without an answer raises
    ProviderSilent and may be repeated with the same key, which finds the same order and the same
    payment. Refuses, with nothing written, as `_judge` says, or with RepeatDiffers. Locks the
    buyer's orders; `now` is for histories.
    """
    with transaction.atomic(durable=True):
        locks.lock_buyer(buyer.pk)
        recharge = Recharge.objects.filter(buyer=buyer, key=key).first()
        if recharge is None:
            _judge(buyer, coins=coins, country=country, method=method, consent=consent, now=now)
            recharge = _write_order(
                buyer,
                coins=coins,
                country=country,
                method=method,
                key=key,
                return_to=own_path(return_to),
                gift=gift if SLUG.match(gift) else "",
                now=now or timezone.now(),
            )
        elif (recharge.coins, recharge.tax_country, recharge.method) != (coins, country, method):
            raise RepeatDiffers()
    return Started(recharge=recharge, url=open_payment(recharge) if recharge.is_open else "")


def open_payment(recharge: Recharge) -> str:
    """Open the payment of a committed order, or find it open; says where the payer goes."""
    checkout = provider_of(recharge.method).create_checkout(
        Order(
            key=recharge.public_id,
            payer=recharge.buyer_id,
            price=Money(recharge.price, recharge.currency),
            coins=recharge.coins,
            return_path=reverse("recharge_return", args=[recharge.public_id]),
        )
    )
    advance(
        recharge.pk,
        to=State.SENT,
        by="buyer",
        details={"reference": checkout.reference},
        reference=checkout.reference,
    )
    return checkout.url


def advance(recharge_id: int, *, to: str, by: str, details: dict[str, Any], **columns: Any) -> bool:
    """Move an order forward and write down the step; False when it is beyond that already."""
    with transaction.atomic():
        before = locks.lock_recharge(recharge_id).state
        if before not in REACHED_FROM[to]:
            return False
        move(recharge_id, before=before, to=to, by=by, details=details, **columns)
    return True


def move(
    recharge_id: int, *, before: str, to: str, by: str, details: dict[str, Any], **columns: Any
) -> bool:
    """Compare and set the state of an order, with its event; False when it was not `before`."""
    rows = Recharge.objects.filter(pk=recharge_id, state=before)
    if not rows.update(state=to, **columns):
        return False
    RechargeEvent.objects.create(
        recharge_id=recharge_id, before=before, after=to, by=by, details=details
    )
    return True


def own_path(text: str) -> str:
    """The text when it is a path of this site, else nothing."""
    safe = url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if safe and text.startswith("/") and len(text) <= 300 else ""


def way_back(recharge: Recharge) -> str:
    """Where the buyer was, with the same gift chosen; empty when they came from nowhere."""
    if not recharge.return_to or not recharge.gift:
        return recharge.return_to
    parts = urlsplit(recharge.return_to)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "gift"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("gift", recharge.gift)])))


def require_may_recharge(buyer: User, *, at: datetime | None = None) -> None:
    """Raises Stopped, TooYoung, Frozen, OnBreak or QuietHours where this person cannot order coins
    at all."""
    message = stopped_message("recharges")
    if message is not None:
        raise Stopped(message=message)
    require_money_age(buyer)
    wallet = Account.objects.get(owner=buyer, kind=Account.Kind.WALLET, asset=COIN, ref="")
    if not wallet.can_credit:
        raise Frozen()
    require_no_pause(buyer, at=at)


def _judge(
    buyer: User, *, coins: int, country: str, method: str, consent: bool, now: datetime | None
) -> None:
    """Refuses as `require_may_recharge`, and with MethodUnknown, CountryUnknown, ConsentMissing,
    AmountRefused, OverLimit or OverOwnMoneyLimit. The buyer's orders are locked."""
    require_may_recharge(buyer, at=now)
    if method not in methods_offered():
        raise MethodUnknown(method=method)
    if not is_country(country):
        raise CountryUnknown(country=country)
    if not consent:
        raise ConsentMissing()
    smallest = smallest_of(method)
    if type(coins) is not int or coins < smallest:
        raise AmountRefused(smallest=smallest, largest=settings.RECHARGE_MAX_COINS_ORDER)
    if coins > settings.RECHARGE_MAX_COINS_ORDER:
        raise OverLimit(limit="order", left=settings.RECHARGE_MAX_COINS_ORDER)
    left = most_today(buyer.pk, at=now)
    if coins > left:
        raise OverLimit(limit="day", left=left)
    own = own_money_left(buyer.pk, at=now)
    if own is not None and price_of_coins(coins) > own.left:
        raise over_own_limit(own)


def over_own_limit(own: MoneyLeft) -> OverOwnMoneyLimit:
    """The refusal of an order that costs more than is left of the buyer's own limit."""
    return OverOwnMoneyLimit(
        limit=f"own_{own.period}",
        left=own.coins,
        left_minor=own.left.minor,
        most_minor=own.most.minor,
        currency=own.left.currency,
        again=own.again.isoformat(),
    )


def _write_order(
    buyer: User,
    *,
    coins: int,
    country: str,
    method: str,
    key: str,
    return_to: str,
    gift: str,
    now: datetime,
) -> Recharge:
    price = quote(coins=coins, country=country, day=timezone.localdate(now))
    recharge = Recharge.objects.create(
        buyer=buyer,
        key=key,
        coins=coins,
        price=price.price.minor,
        tax=price.tax.minor,
        tax_basis_points=price.tax_basis_points,
        tax_country=country,
        tax_evidence={"stated": country, "address": None},
        currency=price.price.currency,
        method=method,
        created=now,
        consented=now,
        terms_version=settings.TERMS_VERSION,
        return_to=return_to,
        gift=gift,
        check_at=timezone.now() + FIRST_CHECK,
    )
    RechargeEvent.objects.create(recharge=recharge, after=State.CREATED, by="buyer")
    return recharge
