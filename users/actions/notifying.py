"""Telling people something: a row for each, the bell on their open pages, and a mail."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from users import bells, notices
from users.mails import compose_mail_page, mail_context
from users.models import Notification, NotificationChoice, User
from users.notices import Kind
from users.stop_links import stop_path

Way = NotificationChoice.Way

TRY_AGAIN_AFTER = timedelta(minutes=5)
KEPT = timedelta(days=180)
# What happened before that is history: a restored day, a late sweep.
NEWS = timedelta(days=1)

INSERT = """
    INSERT INTO users_notification (public_id, person_id, kind, ref, data, path, mail)
    SELECT p.public_id, u.id, %(kind)s, %(ref)s, %(data)s::jsonb, %(path)s,
           %(has_mail)s AND coalesce(c.way, %(usual)s) = 'mail'
    FROM unnest(%(ids)s::uuid[], %(people)s::bigint[]) AS p (public_id, person_id)
    JOIN users_user u ON u.id = p.person_id AND u.is_active
    LEFT JOIN users_notificationchoice c ON c.person_id = u.id AND c.kind = %(kind)s
    WHERE coalesce(c.way, %(usual)s) <> 'off'
    ON CONFLICT (person_id, kind, ref) DO """
ONCE = "NOTHING RETURNING person_id, true"
AGAIN = """UPDATE
    SET data = excluded.data, path = excluded.path, created = statement_timestamp(), read = NULL
    WHERE users_notification.data <> excluded.data
    RETURNING person_id, xmax = 0"""  # whether it was not there before


def notify(
    *,
    people: Collection[int],
    kind: str,
    ref: str,
    path: str,
    data: Mapping[str, Any] | None = None,
    again: bool = False,
    at: datetime | None = None,
) -> int:
    """Tell these people, in the caller's transaction; returns how many are told.

    `ref` names what it is about: the same kind about the same is told once, or with `again` told
    anew when its data changed (a count went up). Who chose not to hear of the kind, and who is not
    active, is left out, and nothing is told of what happened, `at`, more than a day ago. Open pages
    show it after commit, mails are sent by a task. Raises KeyError for a kind that no app
    registered.
    """
    known = notices.kind_of(kind)
    if not people or (at is not None and at < timezone.now() - NEWS):
        return 0
    said = dict(data or {})
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT + (AGAIN if again else ONCE),
            {
                "ids": [uuid7() for _ in people],
                "people": list(people),
                "kind": kind,
                "ref": ref,
                "data": json.dumps(said),
                "path": path,
                "has_mail": known.by_mail is not None,
                "usual": Way.MAIL if known.by_mail else Way.SITE,
            },
        )
        told = dict(cursor.fetchall())
    fresh = [id for id, is_fresh in told.items() if is_fresh]
    latest = {"kind": kind, "data": said, "path": path}
    if fresh:
        transaction.on_commit(lambda: bells.ring(fresh, latest=latest), robust=True)
    if counted_on := [id for id, is_fresh in told.items() if not is_fresh]:
        transaction.on_commit(lambda: bells.ring(counted_on), robust=True)
    return len(told)


def mark_read(person: User, *, up_to: int | None = None, public_id: UUID | None = None) -> None:
    """One notification, or all up to a number, are no longer new; again changes nothing."""
    mine = Notification.objects.filter(person=person, read=None)
    if public_id is not None:
        mine = mine.filter(public_id=public_id)
    if up_to is not None:
        mine = mine.filter(pk__lte=up_to)
    with transaction.atomic():
        if mine.update(read=timezone.now()):
            transaction.on_commit(lambda: bells.ring([person.pk]), robust=True)


def choose(*, person_id: int, kind: str, way: str) -> None:
    """Keep how a person wants to hear of a kind. Mails that wait and are not wanted are not sent.

    Raises KeyError for a kind that no app registered, and ValueError for a way that is none.
    """
    notices.kind_of(kind)
    way = Way(way)
    with transaction.atomic():
        NotificationChoice.objects.update_or_create(
            person_id=person_id, kind=kind, defaults={"way": way}
        )
        if way != Way.MAIL:
            Notification.objects.filter(person=person_id, kind=kind, mail=True, mailed=None).update(
                mail=False
            )


# --- mails ----------------------------------------------------------------------------------------
def send_notification_mail(pk: int) -> bool:
    """Claim and send one; False when it is sent, too late, or another process has it.

    Sent at least once: who dies between sending and noting it leaves it to be sent again. Raises
    what the mail server raises; the mail is tried again later.
    """
    now = timezone.now()
    claimed = Notification.objects.filter(
        Q(mail_after=None) | Q(mail_after__lte=now), pk=pk, mail=True, mailed=None
    ).update(mail_after=now + TRY_AGAIN_AFTER)
    if not claimed:
        return False
    one = Notification.objects.select_related("person").get(pk=pk)
    kind = notices.kind_of(one.kind)
    if not one.person.is_active or one.created < now - kind.mail_within:
        Notification.objects.filter(pk=pk).update(mail=False)
        return False
    _compose(one, kind).send()
    Notification.objects.filter(pk=pk).update(mailed=timezone.now())
    return True


def _compose(one: Notification, kind: Kind) -> EmailMultiAlternatives:
    stop = stop_path(person_id=one.person_id, kind=one.kind)
    mail = compose_mail_page(
        "notification",
        to=one.person.email,
        context={
            "person": one.person,
            "sentence": kind.sentence(one.data),
            "kind": kind,
            "path": one.path,
            "stop_path": stop,
        },
    )
    # Programs that read mail show a button of their own for these (RFC 2369, RFC 8058).
    mail.extra_headers["List-Unsubscribe"] = f"<{mail_context()['site_url']}{stop}>"
    mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return mail


def forget_old_notifications() -> int:
    """What was told long ago goes; returns how many."""
    return Notification.objects.filter(created__lt=timezone.now() - KEPT).delete()[0]
