"""Reporting what should not be there, and what staff do with a report."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
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


def report(*, reporter: User, kind: str, ref: UUID, reason: str, note: str = "") -> Report:
    """Keep a copy of what is there and put it before staff; one report a person and thing.

    Said again for a reason that cannot wait, the report is urgent from then on, and open again.
    Urgent ones queue a mail to each of the staff on duty. Raises NotThere, Yourself, or TooFast
    after REPORTS_AT_ONCE (urgent ones are counted apart, so that these always get through).
    """
    urgent = reason in Report.URGENT
    bucket = "urgent report" if urgent else "report"
    limits.hit(bucket, reporter.pk, rate=REPORTS_AT_ONCE, per_seconds=PER_SECONDS)
    seen = reporting.see(kind, ref)
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
        if not is_new and urgent:
            made = _make_urgent(made.pk, reason, note)
        if urgent:
            _queue_mails(made)
    return made


def _make_urgent(report_id: int, reason: str, note: str) -> Report:
    found = locks.lock_report(report_id)
    if not found.urgent:
        found.reason, found.note, found.urgent = reason, note or found.note, True
        _open_again(found)
    return found


def _open_again(found: Report) -> None:
    """The answer that was given stays in the audit entry of who gave it."""
    found.state = State.WAITING
    found.claimed_by = found.claimed_at = None
    found.answered_by = found.answered_at = None
    found.answer = ""
    found.save()


def _queue_mails(made: Report) -> None:
    """Each of the staff is mailed once about a report."""
    to = staff_on_duty().exclude(pk__in=[made.about_id, made.reporter_id])
    ReportMail.objects.bulk_create(
        [ReportMail(report=made, to=person) for person in to], ignore_conflicts=True
    )


def send_report_mail(mail_id: int) -> bool:
    """Claim and send one queued mail; False when it is sent or another process has it.

    Sent at least once. Raises what the mail server raises; the mail is tried again a minute later.
    """
    now = timezone.now()
    claimed = ReportMail.objects.filter(
        Q(try_after=None) | Q(try_after__lte=now), pk=mail_id, sent=None
    ).update(try_after=now + TRY_AGAIN_AFTER)
    if not claimed:
        return False
    to, context = mail_of_report(mail_id)
    send_mail_page("report", to=to, context=context)
    ReportMail.objects.filter(pk=mail_id).update(sent=timezone.now())
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
        ref=str(target.public_id),
        path=reverse("own_reports"),
        # The moment: an answer after the report was opened again is news, also in the same words.
        data={"answer": text, "at": now.isoformat()},
        again=True,
    )


def reopen(target: Report, *, staff: User, reason: str, key: str) -> None:
    """Put an answered report back into the queue. Raises AlreadySo."""
    if target.state != State.ANSWERED:
        raise AlreadySo()
    _open_again(target)
