"""The door of the bell's socket: whoever is signed in hears of their notifications."""

import asyncio
import json
import logging
from collections.abc import Awaitable

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from users import bells
from users.bells import NOT_VALID, TRY_LATER, Message, bell_messages, in_words
from users.languages import language_of

log = logging.getLogger(__name__)

_asked = database_sync_to_async(bell_messages)


class BellConsumer(AsyncWebsocketConsumer):
    """Says how many are new, at once and whenever it changes; it listens to nothing."""

    person_id: int | None = None

    async def connect(self) -> None:
        self.unsent: Message | None = None
        self.sending: asyncio.Task[None] | None = None
        self.language = language_of(self.scope)
        user = self.scope["user"]
        await self.accept()
        if not user.is_authenticated:
            await self.close(code=NOT_VALID)
            return
        if not bells.here().add(user.pk, self):
            await self.close(code=TRY_LATER)
            return
        self.person_id = user.pk
        # After it is listed, so that nothing falls in between.
        self.tell((await _asked([user.pk]))[user.pk])

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Pages have nothing to say here."""

    async def disconnect(self, code: int) -> None:
        if self.person_id is not None:
            bells.here().remove(self.person_id, self)
            self.person_id = None

    def tell(self, message: Message) -> None:
        """Send when the page takes it; one that does not keep up gets the newest only."""
        self.unsent = message
        if self.sending is None or self.sending.done():
            self.sending = asyncio.ensure_future(self._send_newest())

    async def _send_newest(self) -> None:
        while (message := self.unsent) is not None:
            self.unsent = None
            await _or_gone(self.send(text_data=json.dumps(in_words(message, self.language))))

    def end(self, code: int) -> None:
        self.ending = asyncio.ensure_future(_or_gone(self.close(code=code)))


async def _or_gone(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as error:
        log.info("a page could not be told of notifications: %r", error)
