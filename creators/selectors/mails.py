"""What mails to creators are to be sent, and what they say."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from creators.models import CreatorMail, PayoutMethod, WithdrawalEvent

GIVE_UP_AFTER = timedelta(days=3)


def mails_to_send() -> list[int]:
    """Queued mails that nobody is sending now, oldest first."""
    now = timezone.now()
    waiting = CreatorMail.objects.filter(
        Q(try_after=None) | Q(try_after__lte=now), sent=None, created__gte=now - GIVE_UP_AFTER
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:500])


def mail_content(mail: CreatorMail) -> tuple[str, dict[str, Any]]:
    """The address of a mail and its context."""
    if mail.kind == CreatorMail.Kind.PAYOUT_METHOD:
        method = PayoutMethod.objects.select_related("creator__user").get(pk=mail.ref)
        return method.creator.user.email, {
            "method": method,
            "person": method.creator.user,
            "path": reverse("payout_method"),
        }
    event = WithdrawalEvent.objects.select_related("withdrawal__creator__user").get(pk=mail.ref)
    withdrawal = event.withdrawal
    return withdrawal.creator.user.email, {
        "event": event,
        "withdrawal": withdrawal,
        "person": withdrawal.creator.user,
        "path": reverse("withdrawal", args=[withdrawal.public_id]),
    }
