"""What a site has of trouble: lines that hurt, people who block, reports that staff work on."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from creators.models import Stream
from gifteconomy.demo.cast import FAN, GUESTS, LIVE_NOW, MODERATION
from gifts.actions.chatting import Line, keep_line
from users.actions import block
from users.actions.reports import answer, claim, report
from users.models import Report, ReportMail, User

Reason = Report.Reason
FAN_TOO = GUESTS[1].handle
RUDE, LOUD = GUESTS[-1].handle, GUESTS[-2].handle
HOST, SECOND_HOST = LIVE_NOW[0].handle, LIVE_NOW[1].handle
INSULT = "Nobody wants to hear you. Pack up your guitar and go home."
THREAT = "Wait until the show is over. I know which way you walk home."


def make_trouble(people: Mapping[str, User], *, now: datetime) -> None:
    """All of it in one transaction, once: what is there already stays as it is."""
    if Report.objects.exists():
        return
    stream = Stream.objects.get(place__creator__user__handle=HOST, state=Stream.State.LIVE)
    insult, threat = (
        Line(
            place_id=stream.pk,
            creator_id=stream.place.creator_id,
            sender_id=people[RUDE].pk,
            text=text,
            created=now - timedelta(minutes=minutes),
        )
        for text, minutes in ((INSULT, 38), (THREAT, 21))
    )
    staff = people[MODERATION]
    other = Stream.objects.get(place__creator__user__handle=SECOND_HOST, state=Stream.State.LIVE)
    with transaction.atomic():
        for line in (insult, threat):
            keep_line(line)
        fan, fan_too, host = people[FAN], people[FAN_TOO], people[HOST]
        urgent = report(
            reporter=fan,
            kind="line",
            ref=threat.id,
            reason=Reason.THREAT,
            note="He wrote this twice. Please look at it quickly.",
        )
        first = report(reporter=fan_too, kind="line", ref=insult.id, reason=Reason.HARASSMENT)
        taken = report(
            reporter=host,
            kind="person",
            ref=people[RUDE].public_id,
            reason=Reason.HARASSMENT,
            note="In my room, every evening this week.",
            at=stream.place.public_id,
        )
        spam = report(
            reporter=fan_too,
            kind="person",
            ref=people[LOUD].public_id,
            reason=Reason.SPAM,
            note="The same sentence in every room.",
            at=other.place.public_id,
        )
        claim(taken, staff=staff, reason="", key="")
        plain = report(
            reporter=people[LOUD],
            kind="stream",
            ref=other.place.public_id,
            reason=Reason.OTHER,
            note="Too much sanding.",
        )
        answer(
            plain,
            staff=staff,
            reason="",
            key="",
            text="Thank you. We looked at it; it stays within the rules of this site.",
        )
        for made, hours in ((plain, 26), (spam, 9), (taken, 3), (first, 0.5), (urgent, 0.3)):
            Report.objects.filter(pk=made.pk).update(created=now - timedelta(hours=hours))
        # Who works for the site was mailed then.
        ReportMail.objects.filter(sent=None).update(sent=now)
        block(blocker=fan, blocked=people[RUDE])
        block(blocker=fan_too, blocked=people[RUDE])
        block(blocker=people[LIVE_NOW[2].handle], blocked=people[LOUD])
