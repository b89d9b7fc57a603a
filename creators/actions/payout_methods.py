"""Where a creator is paid."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from creators import locks
from creators.errors import NotCreator
from creators.models import CreatorMail, PayoutMethod


def set_payout_method(
    *,
    creator_id: int,
    payee_name: str,
    instructions: str,
    rail: str = "manual",
    now: datetime | None = None,
) -> PayoutMethod:
    """Enter new payout details; they are in effect after PAYOUT_DETAILS_DELAY_HOURS.

    Until then the ones before stay in effect, and a mail tells the creator, who may not have been
    the one to do it. The same details again change nothing. Locks the creator; refuses with
    NotCreator. `now` is for histories.
    """
    details = {"rail": rail, "payee_name": payee_name, "instructions": instructions}
    with transaction.atomic():
        if locks.lock_creator(creator_id) is None:
            raise NotCreator()
        last = PayoutMethod.objects.filter(creator=creator_id).order_by("-pk").first()
        if last and all(getattr(last, name) == value for name, value in details.items()):
            return last
        now = now or timezone.now()
        method = PayoutMethod.objects.create(
            creator_id=creator_id,
            created=now,
            takes_effect=now + timedelta(hours=settings.PAYOUT_DETAILS_DELAY_HOURS),
            **details,
        )
        CreatorMail.objects.create(kind=CreatorMail.Kind.PAYOUT_METHOD, ref=method.pk, created=now)
        return method
