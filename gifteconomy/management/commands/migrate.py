"""Django's `migrate`, which then gives the app's role its rights on what is new."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate

from gifteconomy import rights


class Command(migrate.Command):
    help = "Migrates as the owner of the tables (DATABASE_URL), then grants the app's role rights."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        if role := settings.DATABASE_APP_ROLE:
            rights.grant_rights(role)
            if options["verbosity"]:
                self.stdout.write(f"  Rights granted to {role}.")
        rights.analyze()
