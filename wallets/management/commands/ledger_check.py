from django.core.management.base import BaseCommand, CommandError

from wallets.actions.checking import run_check
from wallets.check import passes


class Command(BaseCommand):
    help = "Re-derives the books from their rows; exits non-zero on any difference."

    def handle(self, **options) -> None:
        run = run_check()
        for difference in run.differences:
            self.stderr.write(difference)
        summary = f"{run.transfers} transfers, {len(passes())} passes"
        if run.differences:
            raise CommandError(f"{summary}: {len(run.differences)} differences; posting is stopped")
        self.stdout.write(f"{summary}: no difference")
