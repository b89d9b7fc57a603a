"""Links in mails that end a kind of mail, without signing in (RFC 8058)."""

from django.core import signing
from django.urls import reverse

SALT = "users.stop_links"


def stop_path(*, person_id: int, kind: str) -> str:
    """The address of the page that ends these mails; it never gets too old."""
    return reverse("stop_mails", args=[signing.dumps([person_id, kind], salt=SALT)])


def read_stop_link(token: str) -> tuple[int, str] | None:
    """The person's id and the kind; None for what we did not sign."""
    try:
        person_id, kind = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return person_id, kind
