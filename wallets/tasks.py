"""Work that nobody waits for. Every task may run twice or never: the sweeps find what was lost."""

import logging

from celery import Task, shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from wallets.actions.checking import run_check
from wallets.actions.crediting import check_due, credit_recharge
from wallets.actions.days import close_day
from wallets.actions.receipts import mail_receipt
from wallets.selectors.recharges import receipts_to_mail, recharges_to_check

log = logging.getLogger(__name__)

AT_ONCE = 100


@shared_task
def settle_recharge(recharge_id: int) -> None:
    """A provider called: see what it says about this order."""
    credit_recharge(recharge_id, by="callback")
    mail_receipt(recharge_id)


@shared_task
def sweep_recharges() -> None:
    """Ask providers about orders whose time has come, and send receipts that were not sent."""
    for recharge_id in recharges_to_check(now=timezone.now(), limit=AT_ONCE):
        check_due(recharge_id)
    for recharge_id in receipts_to_mail(limit=AT_ONCE):
        mail_receipt(recharge_id)


@shared_task
def send_receipt(recharge_id: int) -> None:
    mail_receipt(recharge_id)


def hint(task: Task, *arguments: int) -> None:
    """Ask a worker to do this soon. Without a broker the next sweep does it."""
    try:
        task.delay(*arguments)
    except OperationalError as error:
        log.warning("%s%s was not queued: %s", task.name, arguments, error)


@shared_task
def close_ledger_day() -> None:
    """Close the open day once it is over; does nothing while it is not."""
    close_day()


@shared_task
def check_ledger() -> None:
    """Check all books for the record; a difference stops posting and mails the operators."""
    run_check()
