"""Celery nudges. The rows are the queue: every task may be lost or run twice."""

import logging

from celery import shared_task
from django.conf import settings

from creators.actions import announcing
from creators.actions.applying import open_accounts_of_new_series
from creators.actions.batches import advance_batch, prepare_batch
from creators.actions.broadcasting import watch_broadcasts
from creators.actions.mailing import send_creator_mail
from creators.rails import RAILS
from creators.selectors.batches import batches_to_advance
from creators.selectors.mails import mails_to_send
from creators.selectors.streams import streams_to_announce
from users.errors import Refusal
from wallets.actions.clearing import clearing_due, sweep_all

log = logging.getLogger(__name__)

SWEPT_AT_ONCE = 100


@shared_task
def sweep_clearings() -> None:
    """Make diamonds available whose clearing time is over, some creators at a time."""
    due = clearing_due()
    for first in range(0, len(due), SWEPT_AT_ONCE):
        sweep_all(due[first : first + SWEPT_AT_ONCE])


@shared_task
def open_new_series() -> None:
    """Give creators the accounts of a rate card that was announced."""
    open_accounts_of_new_series()


@shared_task
def run_payouts() -> None:
    """Take every batch that is under way further, and prepare a new one for each rail."""
    for batch_id in batches_to_advance(auto_approve=settings.PAYOUT_AUTO_APPROVE):
        advance.delay(batch_id)
    for rail in RAILS:
        prepare.delay(rail)


@shared_task
def prepare(rail: str) -> None:
    try:
        batch = prepare_batch(rail=rail)
    except Refusal as refusal:
        log.info("no payout batch for %s: %s", rail, refusal.code)
    else:
        if batch is not None and settings.PAYOUT_AUTO_APPROVE:
            advance.delay(batch.pk)


@shared_task
def advance(batch_id: int) -> None:
    try:
        advance_batch(batch_id)
    except Refusal as refusal:
        log.info("payout batch %s waits: %s", batch_id, refusal.code)


@shared_task
def send_mails() -> None:
    """Send the mails that are queued, and those that could not be sent before; tell followers of
    streams whose own task was lost."""
    for mail_id in mails_to_send():
        send_one_mail.delay(mail_id)
    for stream_id in streams_to_announce():
        tell_followers.delay(stream_id)


@shared_task
def send_one_mail(mail_id: int) -> None:
    send_creator_mail(mail_id)


@shared_task
def watch_video() -> None:
    """Notice pictures that went without a word, and end streams whose picture stays away."""
    watch_broadcasts()


@shared_task
def tell_followers(stream_id: int) -> None:
    announcing.tell_followers(stream_id)
