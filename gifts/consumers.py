"""The door of a room's socket: it reads messages, asks, and answers. docs/live-rooms.md."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from creators.errors import SlowMode, StreamEnded
from creators.models import Place
from gifts import answers, desk
from gifts.actions import chatting
from gifts.errors import Malformed, SignInNeeded
from gifts.messages import read_message, said_key
from gifts.orders import GiftOrder, UndoOrder
from gifts.rooms.admission import address_of
from gifts.rooms.direct import connection_of
from gifts.rooms.frames import frame_of
from gifts.rooms.hub import NOT_ALLOWED, NOT_VALID, TRY_LATER, Hub
from gifts.rooms.process import hub
from gifts.rooms.sending import Viewer
from gifts.rooms.tickets import Ticket, TicketRefused, read_ticket
from users import limits
from users.errors import Refusal, TooFast, Unavailable
from users.languages import language_of
from wallets.errors import Busy
from wallets.writer import Outcome

log = logging.getLogger(__name__)

JOIN_SECONDS = 5
CLOSE_SECONDS = 5
BAD_MESSAGES = 3
BURST_FACTOR = 5
IN_FLIGHT = 32  # orders of one socket that wait for their outcome
POLICY, NO_SUCH_ROOM, RESTARTING = 1008, 4404, 1012


class Allowance:
    """What one socket may send: so many messages a second, with bursts; in memory."""

    __slots__ = ("at", "left", "overdrawn", "rate")

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.left = float(rate * BURST_FACTOR)
        self.at = time.monotonic()
        self.overdrawn = 0

    def take(self) -> bool:
        now = time.monotonic()
        most = float(self.rate * BURST_FACTOR)
        self.left, self.at = min(most, self.left + (now - self.at) * self.rate), now
        if self.left < 1:
            self.overdrawn += 1
            return False
        self.left -= 1
        return True


class RoomConsumer(AsyncWebsocketConsumer):
    """Nothing here is sent through a channel layer: the hub tells rooms."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.hub: Hub = hub()
        self.viewer: Viewer | None = None
        self.ticket: Ticket | None = None
        self.bad = self.in_flight = 0
        self.allowance = Allowance(settings.SOCKET_MESSAGES_PER_SECOND)
        self.join_timer: asyncio.TimerHandle | None = None
        self.abort_timer: asyncio.TimerHandle | None = None
        # Set when we were let in.
        self.address: str | None = None
        self.closed = False
        self.under_way: set[asyncio.Task[None]] = set()
        self.scope, self.base_send = scope, send
        try:
            # The inherited way makes two tasks for each message, to hear a channel layer as well.
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            return
        finally:
            # Also when the server cancels us and no disconnect is ever seen.
            self.forget()

    def forget(self) -> None:
        self.closed = True
        for timer in (self.join_timer, self.abort_timer):
            if timer:
                timer.cancel()
        if self.address is not None:
            self.hub.admission.give_back(self.address)
            self.address = None
        if self.viewer:
            self.hub.leave(self.viewer)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """By a table of our own. The inherited one goes to the database's thread each time."""
        kind = message["type"]
        if kind == "websocket.receive":
            await self.hear(message.get("text") or message.get("bytes"))
        elif kind == "websocket.connect":
            await self.open()
        elif kind == "websocket.disconnect":
            raise StopConsumer()

    async def open(self) -> None:
        if self.hub.draining:
            await self.close(code=RESTARTING)
        elif not self.hub.admission.take(address := address_of(self.scope)):
            await self.close(code=TRY_LATER)
        else:
            self.address = address
            await self.accept()
            self.connection = connection_of(self.base_send)
            loop = asyncio.get_running_loop()
            self.join_timer = loop.call_later(JOIN_SECONDS, self.end, POLICY)

    def end(self, code: int) -> None:
        """Close, also from outside of the message loop."""
        if not self.closed:
            self.closed = True
            self.soon(self.connection.close(code))
            # Who does not take the close frame is dropped without it.
            loop = asyncio.get_running_loop()
            self.abort_timer = loop.call_later(CLOSE_SECONDS, self.connection.abort)

    def soon(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do it when the loop comes to it; a connection that is gone by then is no error."""

        async def finish() -> None:
            try:
                await work
            except Exception as error:
                log.info("a socket could not be told or closed: %r", error)

        task = asyncio.ensure_future(finish())
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    # --- hearing --------------------------------------------------------------------------------
    async def hear(self, frame: str | bytes | None) -> None:
        if self.closed:
            return
        if not self.allowance.take():
            self.answer(answers.refusal(said_key(frame), TooFast()))
            if self.allowance.overdrawn > self.allowance.rate * BURST_FACTOR:
                self.end(POLICY)
            return
        try:
            type_, fields = read_message(frame)
        except Refusal as refused:
            self.answer(answers.refusal(said_key(frame), refused))
            self.bad += 1
            if self.bad >= BAD_MESSAGES:
                self.end(POLICY)
            return
        try:
            await self.handlers[type_](self, **fields)
        except Refusal as refused:
            self.answer(answers.refusal(fields.get("key"), refused))

    def answer(self, message: dict[str, Any]) -> None:
        frame = frame_of(message)
        if self.viewer and self.viewer.index >= 0:
            self.hub.tell(self.viewer, frame)
        elif not self.closed:
            self.soon(self.base_send(frame))

    async def join(self, *, ticket: str, resume: dict[str, Any] | None) -> None:
        if self.viewer is not None:
            raise Malformed()
        if self.hub.draining:
            self.end(RESTARTING)
            return
        try:
            self.ticket = read_ticket(ticket)
        except TicketRefused:
            self.end(NOT_VALID)
            return
        if self.ticket.public_id != str(self.scope["url_route"]["kwargs"]["public_id"]):
            self.end(NOT_VALID)
            return
        user_id = self.ticket.user_id
        if user_id and len(self.hub.people.get(user_id, ())) >= settings.SOCKETS_PER_USER:
            self.end(TRY_LATER)
            return
        try:
            own = await self.hub.own.of(user_id) if user_id else None
            if user_id and (own is None or not own.active):
                self.end(NOT_VALID)
                return
            if own and self.ticket.creator_id in own.kept_out_by:
                self.end(NOT_ALLOWED)
                return
            viewer = Viewer(
                connection=self.connection,
                close=self.end,
                place_id=self.ticket.place_id,
                user_id=user_id,
                me=own.message if own else None,
                language=language_of(self.scope),
            )
            await self.hub.join(viewer, resume)
        except Place.DoesNotExist:
            self.end(NO_SUCH_ROOM)
            return
        except Exception:
            log.exception("a viewer could not join")
            self.end(TRY_LATER)
            return
        self.viewer = viewer
        if self.join_timer:
            self.join_timer.cancel()
        if self.closed:  # while we waited
            self.hub.leave(viewer)

    def known(self) -> Ticket:
        """Who speaks. Raises SignInNeeded, or Malformed before joining."""
        if self.ticket is None or self.viewer is None:
            raise Malformed()
        if self.ticket.user_id is None or self.ticket.person is None:
            raise SignInNeeded()
        return self.ticket

    async def send_gift(self, *, key: str, **fields: Any) -> None:
        ticket = self.known()
        order = GiftOrder(
            sender_id=ticket.user_id or 0, place_id=ticket.place_id, key=key, **fields
        )
        if order.message:
            await self.hub.ask(lambda: chatting.check_message(order, ticket.creator_id))
        self.place(order, answers.receipt)

    async def undo(self, *, key: str, gift_id: UUID) -> None:
        order = UndoOrder(sender_id=self.known().user_id or 0, key=key, gift_id=gift_id)
        self.place(order, answers.undone)

    def place(self, order: desk.Order, say: Callable[[str, Outcome], dict[str, Any]]) -> None:
        """Hand an order in; its outcome is told when it is there, and nobody waits for it here."""
        if self.in_flight >= IN_FLIGHT:
            raise Busy()
        future = desk.place_order_soon(order)
        self.in_flight += 1

        def told(done: "asyncio.Future[Outcome]") -> None:
            self.in_flight -= 1
            if not done.cancelled():
                self.answer(say(order.key, done.result()))

        future.add_done_callback(told)

    async def chat(self, *, key: str, text: str) -> None:
        ticket = self.known()
        await limits.ahit(
            "chat", ticket.user_id, rate=settings.CHAT_LINES_PER_MINUTE, per_seconds=60
        )
        if not self.hub.rooms[ticket.place_id].state.open:
            raise StreamEnded()
        line = chatting.Line(
            place_id=ticket.place_id,
            creator_id=ticket.creator_id,
            sender_id=ticket.user_id or 0,
            text=text,
        )
        slow = await self.hub.ask(lambda: chatting.check_line(line))
        if slow:
            await self.wait_for_turn(ticket, slow)
        await self.hub.ask(lambda: chatting.keep_line(line))
        event = line.event(ticket.person or {})
        try:
            await self.hub.say(ticket.place_id, event)
        except Unavailable:
            await self.hub.ask(lambda: chatting.forget_line(line))
            raise
        self.answer(answers.said(key, event))

    async def wait_for_turn(self, ticket: Ticket, slow_seconds: int) -> None:
        """One line in so many seconds, in whatever process it is said."""
        turn = f"{ticket.place_id}:{ticket.user_id}"
        try:
            await limits.ahit("slow mode", turn, rate=1, per_seconds=slow_seconds)
        except TooFast as refused:
            wait = refused.details["wait_seconds"]
            raise SlowMode(every_seconds=slow_seconds, wait_seconds=wait) from refused

    async def like(self, *, count: int) -> None:
        """Free, and counted with those of others; what is too much is dropped without a word."""
        ticket = self.known()
        if self.hub.rooms[ticket.place_id].state.open:
            self.hub.likes.add(ticket.place_id, ticket.user_id or 0, count)

    async def ack(self, *, seq: int) -> None:
        """How far the page is. The connection's buffer says as much for now."""

    handlers: dict[str, Callable[..., Awaitable[None]]] = {
        "join": join,
        "send_gift": send_gift,
        "undo": undo,
        "chat": chat,
        "like": like,
        "ack": ack,
    }
