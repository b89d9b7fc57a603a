"""`manage.py check_prices`: names every pack that is sold at a loss; the exit code says it too."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wallets.money import format_money
from wallets.selectors.rates import losses, margins


class Command(BaseCommand):
    help = "Check that no coin pack is sold at a loss by any method that is offered here."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = [row for row in margins() if row.offered]
        lost = losses(rows)
        for row in lost:
            self.stdout.write(
                f"loss: {row.coins} coins by {row.method} in {row.country}: "
                f"price {format_money(row.price, 'en')}, tax {format_money(row.tax, 'en')}, "
                f"fee {format_money(row.fee, 'en')}, creator {format_money(row.creator, 'en')}, "
                f"reserve {format_money(row.reserve, 'en')}, left {format_money(row.left, 'en')}"
            )
        if lost:
            raise CommandError(f"{len(lost)} of {len(rows)} prices lose money.")
        self.stdout.write(f"{len(rows)} prices checked, none loses money.")
