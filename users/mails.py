"""Mails: one folder under templates/mail/ for each, with subject.txt, body.txt and body.html.

The HTML carries no script, no picture and no address but those of its links, and the text says
all of it. Call this after commit, from a task.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.template.loader import render_to_string

SIGNATURE = "\n-- \n"


def send_mail_page(name: str, *, to: str, context: Mapping[str, Any]) -> None:
    """Send templates/mail/<name>/ to one address, in the language that is active.

    Raises what the mail server raises; nothing is kept, so the caller decides about trying again.
    """
    compose_mail_page(name, to=to, context=context).send()


def compose_mail_page(name: str, *, to: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    """The same mail, not sent yet."""
    full = mail_context() | dict(context)
    mail = EmailMultiAlternatives(
        subject=" ".join(_plain(f"mail/{name}/subject.txt", full).split()),
        body=_plain(f"mail/{name}/body.txt", full).strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
    )
    html = render_to_string(f"mail/{name}/body.html", full | {"subject": mail.subject})
    mail.attach_alternative(html, "text/html")
    return mail


def dress_plain_mail(mail: EmailMultiAlternatives) -> None:
    """Give a mail that has only text the HTML of our style, made from that text.

    For mails that a package writes, such as those about signing in.
    """
    html = render_to_string(
        "mail/plain.html",
        mail_context() | {"subject": mail.subject, "paragraphs": _paragraphs(str(mail.body))},
    )
    mail.attach_alternative(html, "text/html")


def mail_context() -> dict[str, str]:
    """What every mail knows: the site's name and its address without a slash at the end."""
    return {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL.rstrip("/")}


def _plain(template_name: str, context: dict[str, Any]) -> str:
    """A text, in which nothing is escaped."""
    return (
        Engine.get_default().get_template(template_name).render(Context(context, autoescape=False))
    )


def _paragraphs(text: str) -> list[str]:
    """Without the signature, which the HTML has as its foot."""
    said, _, _ = text.partition(SIGNATURE)
    return [part.strip() for part in said.split("\n\n") if part.strip()]
