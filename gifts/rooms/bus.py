"""The fast copy of what happens in places: one stream per place in Valkey, one for people.

PostgreSQL is the truth. What is told here is told after commit; where Valkey is away it is not
told, and every hub finds by the numbers what it missed (`gifts.rooms.hub`). Keys of one place
share a hash tag, so that a cluster keeps them together.
"""

import json
import logging
import queue
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import redis
from redis.exceptions import RedisError

from gifts.events import Event, Numbered
from users import valkey
from wallets.hooks import WalletBalances

log = logging.getLogger(__name__)

VERSION = 1
STREAM_LENGTH = 4096  # entries, of one batch each
PEOPLE = "people"
PEOPLE_LENGTH = 10_000
KEPT_SECONDS = 86_400  # after the last event of a place
VIEWERS_FRESH_SECONDS = 15
WAITING_MOST = 10_000  # batches that wait for Valkey; what is beyond, the hubs find by themselves


def events_key(place_id: int) -> str:
    return f"room:{{{place_id}}}:events"


def viewers_key(place_id: int) -> str:
    return f"room:{{{place_id}}}:viewers"


def people_key(place_id: int) -> str:
    return f"room:{{{place_id}}}:people"


def likes_key(place_id: int) -> str:
    return f"room:{{{place_id}}}:likes"


_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def encode(message: Any) -> bytes:
    """A value as compact JSON; whatever is not plain JSON is an error, not a text."""
    return _compact(message).encode()


# --- telling --------------------------------------------------------------------------------------
def tell(events: Sequence[Numbered]) -> None:
    """Tell rooms what happened in them. Call after commit; what Valkey does not take is logged.

    In a web process a thread of its own does it, so that nobody waits for Valkey.
    """
    by_place: dict[int, list[Event]] = {}
    for numbered in events:
        by_place.setdefault(numbered.place_id, []).append(numbered.event)
    _hand_over(by_place, [])


def tell_balances(balances: WalletBalances) -> None:
    """Tell people what is in their wallets now, on every open page of a room."""
    people = [
        [user, {"type": "wallet", "v": VERSION, "pseq": pseq, "balance": balance}]
        for user, (pseq, balance) in balances.items()
    ]
    _hand_over({}, people)


def tell_place(place_id: int, event: Event) -> None:
    """Tell a room what has no number: the stream ended."""
    _hand_over({place_id: [event]}, [])


def call_hubs(place_id: int) -> None:
    """Something that only the database knows has changed: the hubs of a room look at once."""
    _hand_over({place_id: [{"type": "look"}]}, [])


def tell_person(user_id: int, message: dict[str, Any]) -> None:
    """Tell every open page of a person."""
    _hand_over({}, [[user_id, message]])


def tell_people(messages: Mapping[int, Mapping[str, Any]]) -> None:
    """Tell each of these people a message of their own, on every open page of a room."""
    _hand_over({}, [[user_id, message] for user_id, message in messages.items()])


def _hand_over(by_place: Mapping[int, list[Event]], people: list[Any]) -> None:
    if publisher is not None and publisher.is_alive():
        publisher.hand_over(by_place, people)
    else:
        _write_or_log([(by_place, people)])


def _write_or_log(batches: Sequence[tuple[Mapping[int, list[Event]], list[Any]]]) -> None:
    try:
        write(valkey.client(), batches)
    except RedisError as error:
        log.warning("rooms were not told, they will ask: %s", error)


def write(
    client: redis.Redis, batches: Sequence[tuple[Mapping[int, list[Event]], list[Any]]]
) -> None:
    """Append batches of events in one round trip."""
    with client.pipeline(transaction=False) as pipeline:
        for by_place, people in batches:
            for place_id, events in by_place.items():
                key = events_key(place_id)
                pipeline.xadd(key, {"e": encode(events)}, maxlen=STREAM_LENGTH)
                pipeline.expire(key, KEPT_SECONDS)
            if people:
                pipeline.xadd(PEOPLE, {"e": encode(people)}, maxlen=PEOPLE_LENGTH)
        pipeline.execute()


class Publisher(threading.Thread):
    """Takes what was committed and writes it to Valkey, several batches in one round trip."""

    def __init__(self) -> None:
        super().__init__(name="rooms-publisher", daemon=True)
        self._waiting: queue.Queue[tuple[Mapping[int, list[Event]], list[Any]]] = queue.Queue(
            WAITING_MOST
        )

    def hand_over(self, by_place: Mapping[int, list[Event]], people: list[Any]) -> None:
        try:
            self._waiting.put_nowait((by_place, people))
        except queue.Full:
            log.warning("too much waits for Valkey: a batch is not told, rooms will ask")

    def run(self) -> None:
        while True:
            batches = [self._waiting.get()]
            while len(batches) < 64 and not self._waiting.empty():
                batches.append(self._waiting.get())
            try:
                _write_or_log(batches)
            except Exception:
                log.exception("rooms were not told, they will ask")


publisher: Publisher | None = None


def start_publisher() -> None:
    """From now on this process tells rooms from a thread of its own."""
    global publisher
    if publisher is None or not publisher.is_alive():
        publisher = Publisher()
        publisher.start()


# --- counting viewers -----------------------------------------------------------------------------
def fresh_count(fields: Mapping[bytes, bytes], now: int) -> int:
    """The sum of what processes said lately; each field is `<viewers>:<unix seconds>`."""
    total = 0
    for said in fields.values():
        count, _, at = said.partition(b":")
        if now - int(at) <= VIEWERS_FRESH_SECONDS:
            total += int(count)
    return total


def viewer_counts(place_ids: Sequence[int]) -> dict[int, int]:
    """How many watch these places now; 0 for all while Valkey is away."""
    try:
        client = valkey.client()
        with client.pipeline(transaction=False) as pipeline:
            for place_id in place_ids:
                pipeline.hgetall(viewers_key(place_id))
            found = pipeline.execute()
        now = int(client.time()[0])
    except RedisError:
        return dict.fromkeys(place_ids, 0)
    return {place: fresh_count(fields, now) for place, fields in zip(place_ids, found, strict=True)}
