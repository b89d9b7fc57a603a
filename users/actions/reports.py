"""Reporting what should not be there, and what staff do with a report."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from users import limits, locks, reporting
from users.actions.notifying import notify
from users.errors import AlreadySo, NotThere, Yourself
from users.mails import send_mail_page
from users.models import Report, ReportMail, User
from users.report_notices import REPORT_ANSWERED
from users.selectors import mail_of_report, staff_on_duty

REPORTS_AT_ONCE, PER_SECONDS = 10, 600
TRY_AGAIN_AFTER = timedelta(minutes=1)
State = Report.State


def report(
    *,
    reporter: User,
    kind: str,
    ref: UUID,
    reason: str,
    note: str = "",
    at: UUID | None = None,
) -> Report:
    """Keep a copy of what is there and put it before staff; one report a person and thing.

    `at` is the place in which the reporter saw it, where the thing itself does not say so.

    Said again for a reason that cannot wait, the report is urgent from then on, and open again.
    Each time that it becomes so, a mail to each of the staff on duty is queued. Raises NotThere,
    Yourself, or TooFast after REPORTS_AT_ONCE (urgent ones are counted apart, so that these always
    get through).
    """
    urgent = reason in Report.URGENT
    bucket = "urgent report" if urgent else "report"
    limits.hit(bucket, reporter.pk, rate=REPORTS_AT_ONCE, per_seconds=PER_SECONDS)
    seen = reporting.see(kind, ref, at=at)
    if seen is None:
        raise NotThere()
    if seen.about.pk == reporter.pk:
        raise Yourself()
    with transaction.atomic():
        made, is_new = Report.objects.get_or_create(
            reporter=reporter,
            kind=kind,
            ref=ref,
            defaults={
                "about": seen.about,
                "seen": seen.copy(),
                "reason": reason,
                "note": note,
                "urgent": urgent,
            },
        )
        if is_new and urgent:
            _queue_mails(made)
        elif urgent:
            made = _make_urgent(made.pk, reason, note)
    return made


def _make_urgent(report_id: int, reason: str, note: str) -> Report:
    found = locks.lock_report(report_id)
    if not found.urgent or found.state == State.ANSWERED:
        found.reason, found.note, found.urgent = reason, note or found.note, True
        _open_again(found)
    return found


def _open_again(found: Report) -> None:
    """The answer that was given stays in the audit entry of who gave it; staff hear of it anew."""
    found.state = State.WAITING
    found.claimed_by = found.claimed_at = None
    found.answered_by = found.answered_at = None
    found.answer = ""
    found.save()
    if found.urgent:
        _queue_mails(found)


def _queue_mails(made: Report) -> None:
    """Each of the staff is mailed once about this; also who was mailed when it was open before."""
    to = staff_on_duty().exclude(pk__in=[made.about_id, made.reporter_id])
    ReportMail.objects.bulk_create(
        [ReportMail(report=made, to=person, created=Now()) for person in to],
        update_conflicts=True,
        unique_fields=["report", "to"],
        update_fields=["created", "try_after", "sent"],
    )


def send_report_mail(mail_id: int) -> bool:
    """Claim and send one queued mail; False when it is sent or another process has it.

    Sent at least once. Raises what the mail server raises; the mail is tried again a minute later.
    """
    now = timezone.now()
    until = now + TRY_AGAIN_AFTER
    claimed = ReportMail.objects.filter(
        Q(try_after=None) | Q(try_after__lte=now), pk=mail_id, sent=None
    ).update(try_after=until)
    if not claimed:
        return False
    to, context = mail_of_report(mail_id)
    send_mail_page("report", to=to, context=context)
    # Unless it was queued anew meanwhile.
    ReportMail.objects.filter(pk=mail_id, try_after=until).update(sent=timezone.now())
    return True


# --- staff ----------------------------------------------------------------------------------------
# Each is the `perform` of a staff action, which has locked the report and writes the audit row.
def claim(target: Report, *, staff: User, reason: str, key: str) -> None:
    """Say that one is on it; somebody else can take it over. Raises AlreadySo."""
    if target.state == State.ANSWERED or target.claimed_by_id == staff.pk:
        raise AlreadySo()
    target.state, target.claimed_by, target.claimed_at = State.CLAIMED, staff, timezone.now()
    target.save(update_fields=["state", "claimed_by", "claimed_at"])


def answer(target: Report, *, staff: User, reason: str, key: str, text: str) -> None:
    """Tell the reporter what came of it, and close the report. Raises AlreadySo."""
    if target.state == State.ANSWERED:
        raise AlreadySo()
    now = timezone.now()
    target.state, target.answer = State.ANSWERED, text
    target.answered_by, target.answered_at = staff, now
    target.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    notify(
        people=[target.reporter_id],
        kind=REPORT_ANSWERED.code,
        # The moment: an answer after the report was opened again is news, also in the same words.
        ref=f"{target.public_id} {now.timestamp():.6f}",
        path=reverse("own_reports"),
        data={"answer": text},
    )


def reopen(target: Report, *, staff: User, reason: str, key: str) -> None:
    """Put an answered report back into the queue. Raises AlreadySo."""
    if target.state != State.ANSWERED:
        raise AlreadySo()
    _open_again(target)
