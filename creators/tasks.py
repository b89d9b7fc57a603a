"""Celery nudges. The rows are the queue: every task may be lost or run twice."""

import logging

from celery import shared_task
from django.conf import settings

from creators.actions.applying import open_accounts_of_new_series
from creators.actions.batches import advance_batch, prepare_batch
from creators.rails import RAILS
from creators.selectors.batches import batches_to_advance
from users.errors import Refusal
from wallets.actions.clearing import clearing_due, sweep_clearing

log = logging.getLogger(__name__)


@shared_task
def sweep_clearings() -> None:
    """Nudge the sweep for every creator with diamonds that are due."""
    for user_id, asset in clearing_due():
        sweep_one.delay(user_id, asset)


@shared_task
def sweep_one(user_id: int, asset: str) -> None:
    try:
        sweep_clearing(user_id=user_id, asset=asset)
    except Refusal as refusal:  # another process was first, or the ledger is stopped
        log.info("clearing of %s %s: %s", user_id, asset, refusal.code)


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
