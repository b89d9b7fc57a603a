"""What is known of the books: the last check, and what is stopped."""

from wallets.models import CheckRun, Switch


def last_check() -> CheckRun | None:
    """The last run of `ledger_check` for the record, perhaps still under way."""
    return CheckRun.objects.order_by("-started", "-pk").first()


def stopped_parts() -> list[Switch]:
    """The switches that are thrown, the whole ledger among them."""
    return list(Switch.objects.filter(stopped=True).order_by("name"))
