"""Serves the site with Daphne: `manage.py serve --port 8000`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gifteconomy import serving


class Command(BaseCommand):
    help = "Serves the site and its sockets; SIGTERM drains and stops."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            serving.serve(host=options["host"], port=options["port"])
        except serving.AddressTaken as error:
            raise CommandError(str(error)) from error
