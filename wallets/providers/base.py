"""What a payment provider is to this project: it opens a payment and says what became of it.

A provider never sees a form, a session or a model of the ledger, and it decides nothing about
coins. Coins follow from `fetch` alone: not from a browser that comes back, nor from what a callback
claims.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from wallets.money import Money


class Found(StrEnum):
    """What the provider says of a payment, in words that all providers share."""

    NOTHING = "nothing"  # it never heard of this key
    PENDING = "pending"
    PAID = "paid"
    DECLINED = "declined"
    LEFT = "left"  # the payer said no


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be paid. `key` is the provider's idempotency key and leads back to our row."""

    key: UUID
    payer: int
    price: Money
    coins: int
    # A path of this site.
    return_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """Where the payer is sent, and the provider's name for the payment."""

    url: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment as the provider knows it now. `amount` is what was received, when it is PAID."""

    found: Found
    key: UUID
    reference: str = ""
    amount: Money | None = None


class PaymentProvider(Protocol):
    """Both calls raise `ProviderSilent` when no answer came, whatever happened at the provider."""

    @property
    def risk(self) -> str:
        """A key of CLEARING_DAYS."""

    @property
    def patience(self) -> timedelta:
        """How long a payer may take."""

    def create_checkout(self, order: Order) -> Checkout:
        """Open the payment, or find the one that was opened with this key before."""

    def fetch(self, *, key: UUID, reference: str) -> Payment:
        """What became of it. Changes nothing."""

    def method_label(self) -> Any:
        """How people call this way of paying."""
