"""Says where the demo is, whom one can be there with one click, and where its mails are."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from gifteconomy.demo.roles import LABELS, Role, link_to


class Command(BaseCommand):
    help = "Prints one-click sign-in links of the demo. Only with DEMO=1."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is off: nobody signs in without a password.")
        site = settings.SITE_URL.rstrip("/")
        lines = {"Start page": f"{site}/"}
        lines |= {str(LABELS[role]): f"{site}{link_to(role)}" for role in Role}
        lines["Mails"] = f"{site}{reverse('demo_mails')}"
        width = max(map(len, lines))
        for name, address in lines.items():
            self.stdout.write(f"{name:<{width}}  {address}")
