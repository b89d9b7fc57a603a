"""Sending what is queued in CreatorMail."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from creators.models import CreatorMail
from creators.selectors.mails import mail_content
from users.mails import send_mail_page

TRY_AGAIN_AFTER = timedelta(minutes=5)


def send_creator_mail(mail_id: int) -> bool:
    """Claim and send one queued mail; False when it is sent or another process has it.

    Sent at least once: who dies between sending and noting it leaves it to be sent again. Raises
    what the mail server raises; the mail is tried again later.
    """
    now = timezone.now()
    claimed = CreatorMail.objects.filter(
        Q(try_after=None) | Q(try_after__lte=now), pk=mail_id, sent=None
    ).update(try_after=now + TRY_AGAIN_AFTER)
    if not claimed:
        return False
    mail = CreatorMail.objects.get(pk=mail_id)
    to, context = mail_content(mail)
    send_mail_page(mail.kind, to=to, context=context)
    CreatorMail.objects.filter(pk=mail_id).update(sent=timezone.now())
    return True
