"""What a rail is: it hands over a frozen batch, and says what became of its items."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal, Protocol
from uuid import UUID

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenItem:
    """One payment of a batch; the id is ours and never changes. Minor units of the currency."""

    id: int
    withdrawal: str
    payee_name: str
    instructions: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenBatch:
    """What a rail gets: the same at every try. `id` is the key by which it knows a repeat."""

    id: UUID
    rail: str
    currency: str
    items: tuple[FrozenItem, ...]

    @property
    def payload_hash(self) -> bytes:
        """Over everything that is paid, not over our row numbers."""
        said = {
            "rail": self.rail,
            "currency": self.currency,
            "items": [{k: v for k, v in asdict(item).items() if k != "id"} for item in self.items],
        }
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a rail knows about an item. `reference` names the payment, `note` says what is wrong."""

    item_id: int
    state: Literal["paid", "failed", "returned"]
    reference: str = ""
    note: str = ""


class Rail(Protocol):
    name: str

    @property
    def label(self) -> str | Promise:
        """What people read."""

    def send(self, batch: FrozenBatch) -> None:
        """Hand the batch over. Called again with the same batch after a crash, so a rail must
        know the batch by its id and pay nothing twice; raises when it is not known to have it."""

    def ask(self, batch: FrozenBatch) -> Sequence[Report]:
        """What is known by now about the items of a batch that was sent. Never pays."""
