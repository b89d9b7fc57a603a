"""Fills a room of the demo with people: `simulate_crowd --viewers 50 --rate 5 --seconds 30`."""

import asyncio
import contextlib
import signal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.urls import reverse

from gifteconomy.demo.cast import FAN, GUESTS
from gifteconomy.demo.crowd.crowd import Crowd, Pace
from gifteconomy.demo.roles import busy_stream, link_to_guest
from users.models import User

GENTLE_VIEWERS = 9
# Whoever comes in sees a gift at once, also on a machine that has other things to do.
GENTLE = Pace(company=0.5, alone=0.05, lines=0.3)
LINES_PER_GIFT = 0.2


class Command(BaseCommand):
    help = (
        "Fills a room of the demo through the same pages and sockets as people. Who has no coins"
        " left buys some on the recharge pages. Only with DEMO=1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--room", type=UUID, help="public id of a room; else the busy one")
        parser.add_argument("--viewers", type=int, default=30)
        parser.add_argument("--rate", type=float, default=2.0, help="gifts a second")
        parser.add_argument("--seconds", type=float, default=60.0)
        parser.add_argument(
            "--gentle", action="store_true", help="a few people who stay until they are stopped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is off: only the demo has invented people.")
        if options["gentle"]:
            with contextlib.suppress(KeyboardInterrupt):
                self.stay_gently()
            return
        if options["viewers"] < 1 or options["rate"] <= 0 or options["seconds"] <= 0:
            raise CommandError("Viewers, rate and seconds must be above 0.")
        crowd = self.crowd(
            room=options["room"],
            viewers=options["viewers"],
            pace=Pace(company=options["rate"], alone=options["rate"], lines=LINES_PER_GIFT),
        )
        if crowd is None:
            raise CommandError("Nobody is live.")
        tally = asyncio.run(crowd.run(options["seconds"]))
        self.say(crowd.line())
        refused = ", ".join(f"{n} {code}" for code, n in sorted(tally.refused.items())) or "none"
        waiting = sum(len(member.wishes) for member in crowd.members)
        self.say(
            f"sent {tally.gifts} gifts of {tally.coins} coins; refused: {refused};"
            f" without an answer: {waiting}"
        )

    def crowd(self, *, room: UUID | None, viewers: int, pace: Pace) -> Crowd | None:
        """None while nobody is live."""
        try:
            stream = busy_stream()
            guests = [guest.handle for guest in GUESTS if guest.handle != FAN]
            there = set(
                User.objects.filter(handle__in=guests, is_demo=True).values_list(
                    "handle", flat=True
                )
            )
        finally:
            connection.close()  # for hours it is not needed
        public_id = room or (stream.place.public_id if stream else None)
        if public_id is None:
            return None
        return Crowd(
            site=settings.SITE_URL.rstrip("/"),
            room=reverse("room", args=[public_id]),
            links=[link_to_guest(handle) for handle in guests if handle in there],
            viewers=viewers,
            pace=pace,
            say=self.say,
        )

    def stay_gently(self) -> None:
        """Until we are stopped, in whichever room is the busy one."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        asyncio.run(self.stay())

    async def stay(self) -> None:
        self.is_quiet = True
        while True:
            crowd = await asyncio.to_thread(
                self.crowd, room=None, viewers=GENTLE_VIEWERS, pace=GENTLE
            )
            if crowd is not None:
                await crowd.run(None)
            await asyncio.sleep(5)

    is_quiet = False

    def say(self, line: str) -> None:
        if not self.is_quiet:
            self.stdout.write(line)
            self.stdout.flush()
