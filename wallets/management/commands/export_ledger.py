import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from wallets.export import beancount


class Command(BaseCommand):
    help = "Writes the ledger in another program's format, with users as opaque ids."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--format", choices=["beancount"], default="beancount")
        parser.add_argument("--by", choices=["day", "transfer"], default="day")
        parser.add_argument("--output", type=Path, help="a file; standard output without")

    def handle(self, *, by: str, output: Path | None, **options) -> None:
        if output is None:
            sys.stdout.writelines(beancount(by=by))
        else:
            with output.open("w", encoding="utf-8") as file:
                file.writelines(beancount(by=by))
