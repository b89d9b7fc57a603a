"""The work queue of reports. Other apps add what they can do about one (`add_staff_actions`)."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from users import locks, reporting
from users.actions import reports, rights
from users.models import Report, User
from users.report_forms import AnswerForm
from users.staff import ReadOnly, ReasonedActions, StaffAction
from users.waiting import Waiting


def concerned(target: Report) -> tuple[int, int]:
    """Staff leave to others what they reported, or what is about them."""
    return target.about_id, target.reporter_id


def reason_of(target: Report) -> str:
    """What an act's reason says at first, where staff alone read it."""
    said = f": {target.note}" if target.note else ""
    return f"{target.get_reason_display()}{said}"


def cause_of(target: Report) -> str:
    """The same for what stands in the log of a room, which its creator and moderators read: not the
    reporter's words, which may say who reported it."""
    return str(target.get_reason_display())


def is_open(target: Report) -> bool:
    return target.state != Report.State.ANSWERED


def is_answered(target: Report) -> bool:
    return not is_open(target)


def is_active(target: Report) -> bool:
    return target.about.is_active


def is_suspended(target: Report) -> bool:
    return not target.about.is_active


def account(target: Report) -> dict[str, Any]:
    """The account of whom the report is about, as it is in the database."""
    found = User.objects.filter(pk=target.about_id)
    return dict(found.values("pk", "is_active", "session_epoch")[0])


def suspend(target: Report, *, staff: User, reason: str, key: str) -> None:
    rights.deactivate(locks.lock_user(target.about_id), staff=staff, reason=reason, key=key)


def let_back_in(target: Report, *, staff: User, reason: str, key: str) -> None:
    rights.reactivate(locks.lock_user(target.about_id), staff=staff, reason=reason, key=key)


class OpenFilter(admin.SimpleListFilter):
    title = _("to do")
    parameter_name = "to_do"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("to do")), ("mine", _("I am on it")), ("urgent", _("cannot wait"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        to_do = queryset.exclude(state=Report.State.ANSWERED)
        if self.value() == "mine":
            return to_do.filter(claimed_by=request.user)
        return to_do.filter(urgent=True) if self.value() == "urgent" else to_do


@admin.register(Report)
class ReportAdmin(ReasonedActions, ReadOnly):
    list_display = ["reason", "urgent", "what", "about", "text", "created", "state", "claimed_by"]
    list_filter = [OpenFilter, "urgent", "reason", "kind", "state", "created"]
    list_select_related = ["about", "claimed_by"]
    search_fields = ["about__handle", "reporter__handle", "seen__text", "note", "=ref"]
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["reason", "urgent", "note", "reporter", "created"]}),
        (_("As it was seen"), {"fields": ["what", "about", "where", "seen_at", "copy"]}),
        (_("Now"), {"fields": ["now", "others"]}),
        (_("Answer"), {"fields": ["state", "claimed_by", "answered_by", "answered_at", "answer"]}),
    ]
    readonly_fields = ["what", "where", "seen_at", "copy", "now", "others"]
    waiting = [
        Waiting(
            label=_("Reports that cannot wait"),
            rows=lambda: Report.objects.exclude(state=Report.State.ANSWERED).filter(urgent=True),
            query={"to_do": "urgent"},
        ),
        Waiting(
            label=_("Reports to answer"),
            rows=lambda: Report.objects.exclude(state=Report.State.ANSWERED),
            query={"to_do": "yes"},
        ),
    ]
    staff_actions = [
        StaffAction(
            name="claim",
            label=_("I am on it"),
            permission="users.answer_report",
            perform=reports.claim,
            whose=concerned,
            lock=locks.lock_report,
            offered=is_open,
            suggest=lambda target: str(_("I look at it.")),
            hint=_("Others see who is on it. Somebody else can take it over."),
        ),
        StaffAction(
            name="answer",
            label=_("Answer the reporter"),
            permission="users.answer_report",
            perform=reports.answer,
            whose=concerned,
            form=AnswerForm,
            lock=locks.lock_report,
            offered=is_open,
            suggest=reason_of,
            hint=_("The report leaves the queue. The reporter reads the answer, not the reason."),
        ),
        StaffAction(
            name="reopen",
            label=_("Open again"),
            permission="users.answer_report",
            perform=reports.reopen,
            whose=concerned,
            lock=locks.lock_report,
            offered=is_answered,
        ),
        StaffAction(
            name="suspend",
            label=_("Suspend the person"),
            permission="users.deactivate_user",
            perform=suspend,
            whose=concerned,
            lock=locks.lock_report,
            snapshot=account,
            offered=is_active,
            suggest=reason_of,
            hint=_(
                "No sign-in, every session and open room ends, a live stream too. What the "
                "person owns stays."
            ),
        ),
        StaffAction(
            name="let_back_in",
            label=_("Let the person back in"),
            permission="users.deactivate_user",
            perform=let_back_in,
            whose=concerned,
            lock=locks.lock_report,
            snapshot=account,
            offered=is_suspended,
        ),
    ]

    @admin.display(description=_("what"), ordering="kind")
    def what(self, report: Report) -> Any:
        kind = reporting.kind_of(report.kind)
        return kind.label if kind else report.kind

    @admin.display(description=_("text"))
    def text(self, report: Report) -> str:
        text = report.seen["text"]
        return text if len(text) <= 60 else f"{text[:60]}…"

    @admin.display(description=_("text"))
    def copy(self, report: Report) -> str:
        return report.seen["text"]

    @admin.display(description=_("where"))
    def where(self, report: Report) -> Any:
        if not report.seen["url"]:
            return report.seen["where"]
        return format_html('<a href="{}">{}</a>', report.seen["url"], report.seen["where"])

    @admin.display(description=_("written or seen"))
    def seen_at(self, report: Report) -> str:
        return str(localize(timezone.localtime(datetime.fromisoformat(report.seen["at"]))))

    @admin.display(description=_("what is there now"))
    def now(self, report: Report) -> Any:
        return reporting.state_now(report.kind, report.ref)

    @admin.display(description=_("other reports"))
    def others(self, report: Report) -> str:
        other = Report.objects.exclude(pk=report.pk)
        same = other.filter(kind=report.kind, ref=report.ref).count()
        said = _("%(same)s of the same, %(about)s about this person, %(by)s by this reporter")
        return said % {
            "same": same,
            "about": other.filter(about=report.about_id).count(),
            "by": other.filter(reporter=report.reporter_id).count(),
        }
