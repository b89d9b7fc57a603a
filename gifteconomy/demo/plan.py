"""Thirty days in the demo, thought out in memory: who streams, recharges, sends and withdraws.

A pure function of the moment at which the world began, so that a world whose making was killed is
made to its end by the same plan. Nothing here touches the database; history.py carries it out.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from gifteconomy.demo.cast import COLLEAGUES, FAN, GUESTS, HOSTS, LIVE_NOW, Guest, Host

DAYS = 30
STEP = timedelta(minutes=75)  # gifts of all shows are sent at moments so far apart
LIVE_SINCE = (timedelta(minutes=155), timedelta(minutes=100), timedelta(minutes=50))
LIVE_STEP = timedelta(minutes=17)
REGULAR_PERCENT = 62  # of the days, for those who are live when the world is opened
PAYOUT_DAYS = (-23, -16, -9, -2)
SAVER = HOSTS[3].handle  # withdraws once, so much that two people must agree
FAN_KEEPS_COINS = 5_000
WORDS = (
    "For the encore!",
    "Made my evening.",
    "Greetings from the night train.",
    "One more, please.",
    "My daughter says hello.",
    "That was beautiful.",
)


@dataclass(frozen=True, slots=True)
class Item:
    """A gift of the catalogue."""

    slug: str
    coins: int
    streakable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the plan must respect: whole diamonds per coin, and what a withdrawal may be."""

    diamonds_per_coin: int
    least_diamonds: int
    most_diamonds: int


@dataclass(frozen=True, slots=True)
class Show:
    number: int
    host: str
    title: str
    begins: datetime
    ends: datetime | None  # None: live when the world is opened


@dataclass(frozen=True, slots=True)
class Buy:
    key: str
    buyer: str
    country: str
    coins: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Send:
    key: str
    sender: str
    show: int
    gift: str
    price_coins: int
    quantity: int
    message: str


@dataclass(frozen=True, slots=True)
class Cashing:
    """A withdrawal. `fate`: paid, failed, returned (two days later), or waits (for staff)."""

    key: str
    host: str
    diamonds: int
    fate: str


@dataclass(slots=True)
class Moment:
    """What happens at one time, in this order."""

    at: datetime
    begins: list[Show] = field(default_factory=list)
    buys: list[Buy] = field(default_factory=list)
    sends: list[Send] = field(default_factory=list)
    ends: list[Show] = field(default_factory=list)
    cashings: list[Cashing] = field(default_factory=list)
    returns: list[str] = field(default_factory=list)


# What people choose, by purse: (how often, from coins, to coins).
TASTES = {
    "deep": ((16, 1, 20), (26, 30, 99), (34, 120, 499), (18, 500, 2_500), (6, 3_200, 12_000)),
    "full": ((44, 1, 20), (36, 30, 99), (18, 120, 499), (2, 500, 1_200)),
    "light": ((75, 1, 20), (22, 30, 99), (3, 120, 299)),
}
PACKS = {"deep": (14_000, 28_000), "full": (3_500, 7_000), "light": (700, 1_400)}
# How often these people send, beside each other.
EAGERNESS = {"deep": 10, "full": 6, "light": 3}
FAVOURITE_TIMES = 9


class Planner:
    def __init__(self, began: datetime, shelf: Sequence[Item], terms: Terms) -> None:
        self.began = began
        self.shelf = shelf
        self.terms = terms
        self.chance = random.Random("the demo world")  # noqa: S311 - a story
        self.moments: dict[datetime, Moment] = {}
        self.coins: dict[str, int] = {}
        self.available: dict[str, int] = {host.handle: 0 for host in HOSTS}
        self.counts = {"buy": 0, "gift": 0, "withdrawal": 0}
        # Everybody comes once at least; each has a show that is surely visited.
        self.people: list[tuple[str, str, str]] = [
            *((guest.handle, guest.country, guest.purse) for guest in GUESTS),
            *((person.handle, person.country, "light") for person in (*HOSTS, *COLLEAGUES)),
        ]
        self.not_yet = {handle for handle, _, _ in self.people}

    def plan(self) -> list[Moment]:
        """All moments in the order of time."""
        shows = self.shows()
        gift_times = self.times_of(shows)
        payouts = {self.day_at(day, 5): day for day in PAYOUT_DAYS}
        # Gifts are sent at whole minutes.
        last_asks = self.began - timedelta(hours=9, seconds=1)
        for at in sorted({*gift_times, *payouts, last_asks}):
            if at in payouts:
                self.pay_out(at, PAYOUT_DAYS.index(payouts[at]))
            elif at == last_asks:
                self.ask_last(at)
            else:
                self.send_gifts(at, gift_times[at])
        self.open_and_close(shows)
        self.fill_purse_of_fan()
        return [self.moments[at] for at in sorted(self.moments)]

    def moment(self, at: datetime) -> Moment:
        return self.moments.setdefault(at, Moment(at))

    def day_at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """A time on the day that is so many days from the one on which the world began."""
        then: date = (self.began + timedelta(days=day)).date()
        return datetime.combine(then, time(hour, minute), UTC)

    def key(self, kind: str) -> str:
        self.counts[kind] += 1
        return f"demo-{kind}-{self.counts[kind]:05}"

    # --- shows ----------------------------------------------------------------------------------
    def shows(self) -> list[Show]:
        shows: list[Show] = []
        for day in range(-DAYS, 1):
            for host in HOSTS:
                begins = self.day_at(day, host.hour, self.chance.randrange(45))
                ends = begins + timedelta(minutes=self.chance.randrange(95, 170))
                often = REGULAR_PERCENT if host in LIVE_NOW else 14 + host.popularity
                comes = self.chance.randrange(100) < often
                title = self.chance.choice(host.titles)
                free_until = self.began - timedelta(hours=3 if host in LIVE_NOW else 0)
                if comes and ends < free_until:
                    shows.append(Show(len(shows), host.handle, title, begins, ends))
        for host, since in zip(LIVE_NOW, LIVE_SINCE, strict=True):
            shows.append(Show(len(shows), host.handle, host.titles[0], self.began - since, None))
        return shows

    def times_of(self, shows: Iterable[Show]) -> dict[datetime, list[Show]]:
        """The moments at which gifts are sent, with the shows that are on then."""
        times: dict[datetime, list[Show]] = {}
        for show in shows:
            step = STEP if show.ends else LIVE_STEP
            until = show.ends or self.began
            at = datetime.combine(show.begins.date(), time(), UTC) + timedelta(minutes=17)
            while at < until - timedelta(minutes=1):
                if at > show.begins + timedelta(minutes=4):
                    times.setdefault(at, []).append(show)
                at += step
        return times

    def open_and_close(self, shows: Iterable[Show]) -> None:
        """Put beginnings and ends into the moments beside them."""
        ordered = sorted(self.moments)
        for show in shows:
            own = [at for at in ordered if at > show.begins and (not show.ends or at < show.ends)]
            self.moment(own[0]).begins.append(show)
            if show.ends:
                self.moment(own[-1]).ends.append(show)

    # --- gifts ----------------------------------------------------------------------------------
    def send_gifts(self, at: datetime, shows: Iterable[Show]) -> None:
        for show in shows:
            host = next(host for host in HOSTS if host.handle == show.host)
            for handle, country, purse in self.audience(host):
                self.send(at, show, handle, country, purse)

    def audience(self, host: Host) -> list[tuple[str, str, str]]:
        """Who sends something at this moment of this show."""
        count = self.chance.randrange(2, 7 + host.popularity // 3)
        weights = [self.eagerness(person, host) for person in self.people]
        chosen = self.chance.choices(self.people, weights, k=count)
        newcomers = [p for p in self.people if p[0] in self.not_yet and p[0] != host.handle]
        if newcomers and self.chance.randrange(100) < 40:
            chosen.append(self.chance.choice(newcomers))
        return chosen

    def eagerness(self, person: tuple[str, str, str], host: Host) -> int:
        handle, _, purse = person
        if handle == host.handle:
            return 0
        guest = next((guest for guest in GUESTS if guest.handle == handle), None)
        if guest is None:
            return 1
        return EAGERNESS[purse] * (FAVOURITE_TIMES if host.handle in guest.favourites else 1)

    def send(self, at: datetime, show: Show, handle: str, country: str, purse: str) -> None:
        tastes = TASTES[purse]
        [(_, low, high)] = self.chance.choices(tastes, [often for often, _, _ in tastes])
        item = self.chance.choice([one for one in self.shelf if low <= one.coins <= high])
        quantity = 1
        if item.streakable and item.coins <= 20:
            quantity = self.chance.choice((1, 1, 1, 3, 5, 10))
        cost = item.coins * quantity
        self.make_sure_of(at, handle, country, purse, cost)
        self.coins[handle] -= cost
        self.available[show.host] += cost * self.terms.diamonds_per_coin
        self.not_yet.discard(handle)
        message = self.chance.choice(WORDS) if self.chance.randrange(100) < 8 else ""
        self.moment(at).sends.append(
            Send(self.key("gift"), handle, show.number, item.slug, item.coins, quantity, message)
        )

    def make_sure_of(self, at: datetime, handle: str, country: str, purse: str, coins: int) -> None:
        """Buy coins when there are too few: a pack, or exactly what is missing."""
        missing = coins - self.coins.setdefault(handle, 0)
        if missing <= 0:
            return
        packs = [pack for pack in PACKS[purse] if pack >= missing]
        bought = self.chance.choice(packs) if packs else missing
        early = timedelta(seconds=self.chance.randrange(30, 200))
        self.coins[handle] += bought
        self.moment(at).buys.append(Buy(self.key("buy"), handle, country, bought, at - early))

    def fill_purse_of_fan(self) -> None:
        """Who is somebody with coins has coins."""
        fan: Guest = next(guest for guest in GUESTS if guest.handle == FAN)
        last = max(at for at, moment in self.moments.items() if moment.sends)
        self.make_sure_of(last, fan.handle, fan.country, fan.purse, FAN_KEEPS_COINS)

    # --- withdrawals ----------------------------------------------------------------------------
    def pay_out(self, at: datetime, number: int) -> None:
        """Most hosts withdraw something; one payment fails, and one comes back days later."""
        # What was sent within a step of now may not be clear yet; nobody streams at five.
        for place, host in enumerate(HOSTS):
            part = self.chance.randrange(50, 101)
            if host.handle == SAVER:
                continue
            diamonds = min(self.available[host.handle] * part // 100, self.terms.most_diamonds)
            diamonds -= diamonds % 10
            if diamonds < self.terms.least_diamonds:
                continue
            fate = {(1, 0): "failed", (2, 1): "returned"}.get((number, place), "paid")
            key = self.cash(at, host.handle, diamonds, fate)
            if fate == "returned":
                self.moment(at + timedelta(days=2, hours=3)).returns.append(key)
            if fate != "paid":
                self.available[host.handle] += diamonds

    def ask_last(self, at: datetime) -> None:
        """What waits for staff when the world is opened: one for one person, one for two."""
        saved = min(self.available[SAVER], self.terms.most_diamonds)
        self.cash(at, SAVER, saved - saved % 10, "waits")
        others = [h.handle for h in HOSTS if h.handle not in (SAVER, LIVE_NOW[0].handle)]
        modest = max(others, key=lambda handle: self.available[handle])
        half = self.available[modest] // 2
        if half >= self.terms.least_diamonds:
            self.cash(at, modest, half - half % 10, "waits")

    def cash(self, at: datetime, host: str, diamonds: int, fate: str) -> str:
        key = self.key("withdrawal")
        self.available[host] -= diamonds
        self.moment(at).cashings.append(Cashing(key, host, diamonds, fate))
        return key


def plan_world(began: datetime, shelf: Sequence[Item], terms: Terms) -> list[Moment]:
    """The history of a world that began at this time (UTC)."""
    return Planner(began, shelf, terms).plan()
