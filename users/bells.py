"""The bell on people's open pages: how many notifications are new, told as they come.

What is new is told as a kind and its data; a sentence is made of it where it is read, in the
language of that page (`in_words`). Every process that serves sockets hears one channel of Valkey.
What is lost there is not lost to anybody: the rows are in the database, and a page that comes asks.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from channels.db import database_sync_to_async
from django.db.models import Count
from django.utils import translation
from redis.exceptions import RedisError

from users import notices, valkey
from users.models import Notification

log = logging.getLogger(__name__)

SOCKET_PATH = "/account/notifications/socket/"
CHANNEL = "bells"
AT_ONCE = 1_000  # people in one message
PER_PERSON = 10  # pages of one person that hear it in one process
AGAIN_SECONDS = 1.0
SHOWN_MOST = 99

Message = dict[str, Any]
Hook = Callable[[Mapping[int, Message]], None]
_hooks: list[Hook] = []


def when_bells_ring(hook: Hook) -> None:
    """Register who else tells pages, with sockets of their own: messages by person."""
    if hook not in _hooks:
        _hooks.append(hook)


# --- ringing --------------------------------------------------------------------------------------
def ring(people: Sequence[int], *, latest: Mapping[str, Any] | None = None) -> None:
    """Tell all open pages of these people how many notifications are new. Call after commit.

    `latest` is the newest one's `kind`, `data` and `path`, where there is one to show.
    """
    for first in range(0, len(people), AT_ONCE):
        messages = bell_messages(people[first : first + AT_ONCE], latest=latest)
        _publish(list(messages.items()))
        for hook in _hooks:
            hook(messages)


def close_pages_of(person_id: int) -> None:
    """Who signed out hears nothing more; pages that are still signed in come back."""
    _publish([(person_id, {"type": "kick"})])


def in_words(message: Mapping[str, Any], language: str) -> Message:
    """As a page of this language is told it."""
    latest = message["latest"]
    kind = notices.find(latest["kind"]) if latest else None
    if kind is None:
        return {**message, "latest": None}
    with translation.override(language):
        text = kind.sentence(latest["data"])
    return {**message, "latest": {"text": text, "path": latest["path"]}}


def _publish(messages: list[tuple[int, Message]]) -> None:
    try:
        valkey.client().publish(CHANNEL, json.dumps(messages))
    except RedisError as error:
        log.warning("open pages were not told of notifications: %s", error)


def unread_count(person_id: int) -> int:
    """How many are new, up to one more than a badge shows."""
    return Notification.objects.filter(person=person_id, read=None)[: SHOWN_MOST + 1].count()


def bell_messages(
    people: Collection[int], *, latest: Mapping[str, Any] | None = None
) -> dict[int, Message]:
    """What pages of these people are told."""
    unread = Notification.objects.filter(person__in=people, read=None).values("person")
    counts = dict(unread.annotate(count=Count("pk")).values_list("person", "count"))
    return {
        id: {"type": "bell", "v": 1, "unread": counts.get(id, 0), "latest": latest} for id in people
    }


# --- hearing --------------------------------------------------------------------------------------
class Page(Protocol):
    """An open page; neither waits for it."""

    def tell(self, message: Message) -> None: ...

    def end(self, code: int) -> None: ...


# Daphne closes with codes from 3000 on only.
COME_BACK, NOT_VALID, TRY_LATER = 4000, 4401, 4413


class Bells:
    """The open pages of one event loop, by person. Hears the channel while there are any."""

    def __init__(self) -> None:
        self.pages: defaultdict[int, set[Page]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    def add(self, person_id: int, page: Page) -> bool:
        """False when this person has too many pages here."""
        if len(self.pages.get(person_id, ())) >= PER_PERSON:
            return False
        self.pages[person_id].add(page)
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._hear())
        return True

    def remove(self, person_id: int, page: Page) -> None:
        self.pages[person_id].discard(page)
        if not self.pages[person_id]:
            del self.pages[person_id]
        if not self.pages and self._task:
            self._task.cancel()
            self._task = None

    async def _hear(self) -> None:
        while True:
            try:
                await self._hear_until_it_breaks()
            except (RedisError, OSError) as error:
                log.info("the bells' channel is away: %s", error)
            except Exception:
                log.exception("the bells failed at something and try again")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _hear_until_it_breaks(self) -> None:
        async with valkey.async_client().pubsub() as channel:
            await channel.subscribe(CHANNEL)
            # What was told while nobody listened is in the database.
            asked = await _asked(list(self.pages))
            self._tell(asked.items())
            while True:
                said = await channel.get_message(ignore_subscribe_messages=True, timeout=30)
                if said is not None:
                    self._tell(json.loads(said["data"]))

    def _tell(self, messages: Any) -> None:
        for person_id, message in messages:
            for page in list(self.pages.get(person_id, ())):
                if message["type"] == "kick":
                    page.end(COME_BACK)
                else:
                    page.tell(message)


_asked = database_sync_to_async(bell_messages)
_by_loop: dict[asyncio.AbstractEventLoop, Bells] = {}


def here() -> Bells:
    """The running loop's own."""
    loop = asyncio.get_running_loop()
    if loop not in _by_loop:
        _by_loop[loop] = Bells()
    return _by_loop[loop]
