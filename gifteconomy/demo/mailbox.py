"""Where the demo's mails go: into the database, to be read at /demo/mail/."""

from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMail

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from gifteconomy.demo.models import Mail

KEPT = 300


class DemoMailbox(BaseEmailBackend):
    """Django's mail backend: keeps the newest mails, sends none."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        Mail.objects.bulk_create(
            Mail(
                to=", ".join(mail.recipients())[:300],
                subject=str(mail.subject)[:300],
                source=mail.message().as_bytes(),
            )
            for mail in email_messages
        )
        newest = Mail.objects.order_by("-pk").values_list("pk", flat=True)
        if first_kept := next(iter(newest[KEPT - 1 : KEPT]), None):
            Mail.objects.filter(pk__lt=first_kept).delete()
        return len(email_messages)


def text_of(mail: Mail) -> str:
    return _body(mail, "plain")


def html_of(mail: Mail) -> str:
    """The HTML with its links in new windows, as it is shown in a frame that may not navigate."""
    return _body(mail, "html").replace("<head>", '<head><base target="_blank">', 1)


def _body(mail: Mail, kind: str) -> str:
    parsed = message_from_bytes(bytes(mail.source), policy=policy.default)
    assert isinstance(parsed, ParsedMail)
    part = parsed.get_body((kind,))
    return str(part.get_content()) if part else ""
