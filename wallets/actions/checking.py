"""Running `ledger_check` for the record: a difference stops posting and tells the operators."""

from django.core.mail import mail_admins
from django.utils import timezone

from wallets.check import Difference, ledger_check
from wallets.models import CheckRun, Switch, Transfer

STOPPED_MESSAGE = "Our books are being checked, so nothing can move for now. Your balance is safe."


def run_check() -> CheckRun:
    """Check everything, keep the result, and on a difference stop the ledger and mail."""
    run = CheckRun(started=timezone.now(), transfers=Transfer.objects.count())
    differences = ledger_check()
    run.differences = [str(difference) for difference in differences]
    run.finished = timezone.now()
    run.save()
    if differences:
        stop_posting(differences)
    return run


def stop_posting(differences: list[Difference]) -> None:
    """Stop all posting; opening again needs two people and a reason."""
    Switch.objects.filter(pk=Switch.Name.POSTING).update(
        stopped=True, message=STOPPED_MESSAGE, changed=timezone.now()
    )
    mail_admins("The ledger does not add up", "\n".join(map(str, differences[:100])))
