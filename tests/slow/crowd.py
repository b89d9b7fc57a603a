"""People who use the site for as long as they may, and write down every answer that they get."""

import random
import re
import threading
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.slow.journals import Entry
from tests.slow.visits import Answer, Visitor

RECEIPT_NUMBER = re.compile(r"\b(\d{4}-\d{6})\b")
# Coins of an order; the dearest gift costs more than many have, so some wishes are refused.
RECHARGES = (70, 350, 700, 1_400)
THINK_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where gifts are sent to: the address, and what can be sent (slug → coins)."""

    path: str
    gifts: dict[str, int]
    rate_card: int


class Person(threading.Thread, ABC):
    """Goes on until `closing`; what it began it ends. `journal` is its own, and only it writes."""

    def __init__(self, visitor: Visitor, *, seed: int, closing: threading.Event) -> None:
        super().__init__(name=visitor.user.handle, daemon=True)
        self.visitor = visitor
        self.closing = closing
        self.chance = random.Random(seed)  # noqa: S311 - what people do, repeatable
        self.journal: list[Entry] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.closing.is_set():
                self.turn()
                time.sleep(self.chance.uniform(0, THINK_SECONDS))
        except BaseException as error:
            self.error = error

    @abstractmethod
    def turn(self) -> None:
        """One thing that this person does."""

    def note(self, kind: str, key: str, *, amount: int, proof: str, done: bool = True) -> None:
        self.journal.append(
            Entry(
                actor=self.visitor.user.pk,
                key=key,
                kind=kind,
                done=done,
                amount=amount if done else 0,
                proof=proof,
            )
        )


class Viewer(Person):
    """Buys coins on the pages, sends gifts by POST, takes one back now and then."""

    def __init__(self, visitor: Visitor, *, room: Room, **options: Any) -> None:
        super().__init__(visitor, **options)
        self.room = room
        self.coins = 0
        self.last_gift = ""

    def turn(self) -> None:
        step = self.chance.random()
        if self.coins < 300 or step < 0.05:
            self.recharge()
        elif step < 0.15 and self.last_gift:
            self.undo(self.last_gift)
        else:
            self.send()

    def recharge(self) -> None:
        """Order, pay (or decline) on the provider's page, and come back."""
        key, coins = str(uuid.UUID(int=self.chance.getrandbits(128))), self.chance.choice(RECHARGES)
        order = {
            "choice": coins,
            "country": "US",
            "method": "offline",
            "consent": "on",
            "key": key,
        }
        started = self.visitor.post("/wallet/recharge/", order)
        assert started.status == 302, started.text
        pays = self.chance.random() < 0.9
        left = self.visitor.post(started.location, {"do": "pay" if pays else "decline"})
        assert left.status == 302, left.text
        back = self.visitor.get(left.location)
        if not pays:
            page = self.visitor.get(back.location)
            assert 'data-state="declined"' in page.text, page.text
            self.note("recharge", key, amount=coins, proof="declined", done=False)
            return
        page = self.visitor.get(back.location)
        found = RECEIPT_NUMBER.search(page.text)
        assert found, f"{back.location}: {page.text}"
        self.coins += coins
        self.note("recharge", key, amount=coins, proof=found[1])

    def send(self) -> None:
        gift = self.chance.choice(list(self.room.gifts))
        key = str(uuid.UUID(int=self.chance.getrandbits(128)))
        wish = {
            "key": key,
            "gift": gift,
            "price_coins": self.room.gifts[gift],
            "rate_card": self.room.rate_card,
            "confirmed": True,
        }
        answer = self.visitor.post_json(f"{self.room.path}gift/", wish)
        if self.chance.random() < 0.1:
            again = self.visitor.post_json(f"{self.room.path}gift/", wish)
            assert same(answer, again), (answer.text, again.text)
        self.take("gift", key, answer, lambda receipt: receipt["gift_id"])

    def undo(self, gift_id: str) -> None:
        self.last_gift = ""
        key = str(uuid.UUID(int=self.chance.getrandbits(128)))
        answer = self.visitor.post_json(f"/gift/{gift_id}/undo/", {"key": key})
        self.take("undo", key, answer, lambda undone: ",".join(sorted(undone["gift_ids"])))

    def take(
        self, kind: str, key: str, answer: Answer, proof: Callable[[dict[str, Any]], str]
    ) -> None:
        said = answer.json()
        if "refusal" in said:
            self.note(kind, key, amount=0, proof=said["refusal"]["code"], done=False)
            return
        receipt = said.get("receipt") or said["undone"]
        self.coins = receipt["balance"]
        self.last_gift = receipt.get("gift_id", "")
        self.note(kind, key, amount=receipt["coins"], proof=proof(receipt))


def same(first: Answer, again: Answer) -> bool:
    """A repeat gives the first answer; the balance in it is the first one's too."""
    return (first.status, first.json()) == (again.status, again.json())


class Earner(Person):
    """A creator who withdraws on the page whenever there is enough."""

    def turn(self) -> None:
        time.sleep(2)
        page = self.visitor.get("/creator/withdraw/")
        assert page.status == 200, page.text
        fields = page.hidden()
        if "shown_minor" not in fields:
            return
        wish = {name: fields[name] for name in ("diamonds", "shown_minor", "key")}
        asked = self.visitor.post("/creator/withdraw/", wish)
        if asked.status == 302:
            number = asked.location.rstrip("/").rpartition("/")[2]
            self.note("withdrawal", wish["key"], amount=int(wish["diamonds"]), proof=number)
        else:
            self.note("withdrawal", wish["key"], amount=0, proof=str(asked.status), done=False)
