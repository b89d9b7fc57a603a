"""Fills an empty database with the demo world; run again, it finishes what was killed."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gifteconomy.demo.world import DemoRefused, NotEmpty, load_world

SECONDS_BETWEEN_LINES = 3


class Command(BaseCommand):
    help = "Makes thirty days of a small invented world through the real actions. Only with DEMO=1."

    def handle(self, *args: Any, **options: Any) -> None:
        self.started = self.said = time.monotonic()
        try:
            made = load_world(say=self.say)
        except NotEmpty as refused:
            self.stdout.write(str(refused))
            return
        except DemoRefused as refused:
            raise CommandError(str(refused)) from refused
        if made:
            seconds = time.monotonic() - self.started
            self.stdout.write(f"The demo world is made, in {seconds:.1f} s.")

    def say(self, what: str) -> None:
        """One line now and then, however much happens."""
        now = time.monotonic()
        if now - self.said >= SECONDS_BETWEEN_LINES:
            self.said = now
            self.stdout.write(f"{what} ({now - self.started:.0f} s)")
            self.stdout.flush()
