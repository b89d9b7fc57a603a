"""Which accounts a gift moves between: found once per process, checked under their locks.

None of this changes while a database lives: who a place belongs to, the series of a rate card, the
number of an account. So a batch looks up only what is new to it. A database that was put back from
a backup may have given a number to somebody else; `check` sees that before anything is judged.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from gifts import rows
from gifts.orders import GiftOrder
from gifts.rows import SendingFacts
from wallets.actions.accounts import Spec, account_ids, system, wallet_of
from wallets.books import Books
from wallets.errors import AccountsChanged
from wallets.models import COIN, Account, RateCard, diamond

MOST_KNOWN = 100_000
Kind = Account.Kind


class Road(Struct, frozen=True):
    """The creator who is to have a gift, and the accounts it moves between."""

    creator: int
    wallet: int
    spent: int
    earned: int
    clearing: int

    @property
    def accounts(self) -> tuple[int, int, int, int]:
        return self.wallet, self.spent, self.earned, self.clearing


# What says which accounts a gift moves between: sender, place, rate card.
Key = tuple[int, int, int]
_known: dict[Key, Road] = {}


def key(order: GiftOrder) -> Key:
    return order.sender_id, order.place_id, order.rate_card


def find(orders: Iterable[GiftOrder]) -> dict[Key, Road]:
    """The roads of these orders, before their transaction begins; accounts that do not exist yet
    are opened."""
    asked = {key(order) for order in orders}
    found = {one: road for one in asked if (road := _known.get(one))}
    if new := asked - found.keys():
        found |= _open(new)
    return found


def forget() -> None:
    """Look everything up anew: what is known is of another database."""
    _known.clear()


def check(roads: Mapping[Key, Road], facts: SendingFacts, books: Books) -> None:
    """Raise AccountsChanged when a number belongs to somebody else by now; all is locked."""
    shown, asset = (facts.card.id, facts.card.asset) if facts.card else (None, None)
    for (sender, place, card), road in roads.items():
        wallet, spent, earned, clearing = [books.accounts[id] for id in road.accounts]
        if (
            (wallet.owner, wallet.kind) != (sender, Kind.WALLET)
            or (clearing.owner, clearing.kind) != (road.creator, Kind.CLEARING)
            or (spent.kind, earned.kind) != (Kind.SPENT, Kind.EARNED)
            or not wallet.asset == spent.asset == COIN
            or not clearing.asset == earned.asset
            or facts.places[place].creator_id != road.creator
            or (card == shown and clearing.asset != asset)
        ):
            raise AccountsChanged(f"road {road} leads to somebody else")


def _open(asked: set[Key]) -> dict[Key, Road]:
    """Roads that are not known yet. Of a rate card that does not exist the judging says so, but it
    needs accounts all the same; such a road is not kept."""
    creators, series = rows.read_creators_and_series({place for _, place, _ in asked})
    if not series:
        raise RateCard.DoesNotExist("there is no rate card: gifts have no value")
    newest = next(iter(series.values()))
    specs = {
        one: _specs(sender=one[0], creator=creators[one[1]], series=series.get(one[2], newest))
        for one in asked
    }
    ids = account_ids([spec for named in specs.values() for spec in named.values()])
    roads = {
        one: Road(
            creator=creators[one[1]],
            **{name: ids[spec] for name, spec in named.items()},
        )
        for one, named in specs.items()
    }
    if len(_known) > MOST_KNOWN:
        _known.clear()
    _known.update({one: road for one, road in roads.items() if one[2] in series})
    return roads


def _specs(*, sender: int, creator: int, series: int) -> dict[str, Spec]:
    asset = diamond(series)
    return {
        "wallet": wallet_of(sender),
        "spent": system(Kind.SPENT, COIN),
        "earned": system(Kind.EARNED, asset),
        "clearing": Spec(creator, Kind.CLEARING, asset),
    }
