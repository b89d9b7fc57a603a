from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from users import locks, report_admin  # noqa: F401 - the queue of reports
from users.actions import filter_lists, rights
from users.actions import staff as staff_actions
from users.models import Approval, AuditEntry, Block, FilterWord, User
from users.staff import ReadOnly, ReasonedActions, StaffAction, registered_action
from users.waiting import Waiting


class DateOfBirthForm(forms.Form):
    date_of_birth = forms.DateField(
        label=_("Date of birth"), widget=forms.DateInput(attrs={"type": "date"})
    )


class StaffRightsForm(forms.Form):
    is_staff = forms.BooleanField(label=_("Staff"), required=False)
    groups = forms.ModelMultipleChoiceField(
        label=_("Groups"), queryset=Group.objects.order_by("name"), required=False
    )


def own_id(user: User) -> int:
    return user.pk


def staff_rights(user: User) -> dict[str, Any]:
    groups = list(user.groups.order_by("name").values_list("name", flat=True))
    return {"is_staff": user.is_staff, "groups": groups}


def sessions(user: User) -> dict[str, Any]:
    return {"session_epoch": user.session_epoch, "is_active": user.is_active}


@admin.register(User)
class UserAdmin(ReasonedActions, ReadOnly):
    list_display = ["handle", "display_name", "email", "country", "is_active", "is_staff", "joined"]
    list_filter = ["is_active", "is_staff", "groups", "date_joined"]
    search_fields = ["=id", "handle", "display_name", "email", "=public_id"]
    ordering = ["-id"]
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["public_id", "handle", "display_name", "bio", "picture"]}),
        (_("Account"), {"fields": ["email", "date_of_birth", "country", "date_joined"]}),
        (_("Terms"), {"fields": ["terms_version", "terms_accepted_at"]}),
        (_("Access"), {"fields": ["is_active", "last_login", "is_staff", "groups", "is_demo"]}),
        (
            _("Preferences"),
            {
                "fields": [
                    "confirm_above_coins",
                    "undo_seconds",
                    "hide_amounts",
                    "hide_on_boards",
                    "calm_mode",
                ]
            },
        ),
    ]
    staff_actions = [
        StaffAction(
            name="change_date_of_birth",
            label=_("Change the date of birth"),
            permission="users.change_date_of_birth",
            perform=rights.change_date_of_birth,
            whose=own_id,
            form=DateOfBirthForm,
            lock=locks.lock_user,
        ),
        StaffAction(
            name="deactivate",
            label=_("Deactivate"),
            permission="users.deactivate_user",
            perform=rights.deactivate,
            whose=own_id,
            snapshot=sessions,
            lock=locks.lock_user,
            hint=_("The person is signed out and cannot sign in. Coins and diamonds stay."),
        ),
        StaffAction(
            name="reactivate",
            label=_("Reactivate"),
            permission="users.deactivate_user",
            perform=rights.reactivate,
            whose=own_id,
            lock=locks.lock_user,
        ),
        StaffAction(
            name="sign_out_everywhere",
            label=_("Sign out everywhere"),
            permission="users.sign_out_user",
            perform=rights.sign_out_everywhere,
            whose=own_id,
            snapshot=sessions,
            lock=locks.lock_user,
        ),
        StaffAction(
            name="set_staff_rights",
            label=_("Set staff rights"),
            permission="users.change_staff_rights",
            perform=rights.set_staff_rights,
            whose=own_id,
            form=StaffRightsForm,
            snapshot=staff_rights,
            lock=locks.lock_user,
        ),
    ]

    @admin.display(description=_("joined"), ordering="id")
    def joined(self, user: User) -> Any:
        return user.date_joined


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ["created", "staff", "kind", "target_type", "target_id", "reason", "approved_by"]
    list_filter = ["kind", "created"]
    search_fields = ["reason", "=target_id", "staff__handle", "=key"]
    list_select_related = ["staff", "approved_by"]
    show_full_result_count = False


def approve(approval: Approval, *, staff: User, reason: str, key: str) -> None:
    """Read the waiting action again through its own form, then do it."""
    model, act = registered_action(approval.kind)
    data = QueryDict(mutable=True)
    for name, value in approval.payload.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    form = act.form(data)
    if not form.is_valid():
        raise staff_actions.KeyUsedOtherwise()
    request = staff_actions.Request(
        act=act,
        model=model,
        target_id=approval.target_id or None,
        staff=approval.requested_by,
        reason=approval.reason,
        key=approval.key,
        fields=form.cleaned_data,
        payload=approval.payload,
    )
    staff_actions.approve(approval, request, second=staff)


@admin.register(Approval)
class ApprovalAdmin(ReasonedActions, ReadOnly):
    list_display = ["created", "kind", "target_type", "target_id", "requested_by", "state"]
    list_filter = ["state", "kind", "created"]
    search_fields = ["reason", "=target_id", "requested_by__handle"]
    list_select_related = ["requested_by", "decided_by"]
    staff_actions = [
        StaffAction(
            name="approve",
            label=_("Approve"),
            permission="users.decide_approval",
            perform=approve,
            whose=lambda approval: approval.requested_by_id,
            lock=locks.lock_approval,
            hint=_("Carries the action out now, in the name of who asked for it."),
        ),
        StaffAction(
            name="decline",
            label=_("Decline"),
            permission="users.decide_approval",
            perform=staff_actions.decline,
            whose=lambda approval: None,
            lock=locks.lock_approval,
        ),
    ]

    waiting = [
        Waiting(
            label=_("Actions that wait for a second person"),
            rows=lambda: Approval.objects.filter(state=Approval.State.WAITING),
            query={"state__exact": Approval.State.WAITING},
        )
    ]
    # "waiting" is the last of the states, so descending puts it first.
    ordering = ["-state", "created"]


@admin.register(Block)
class BlockAdmin(ReadOnly):
    list_display = ["blocker", "blocked", "created"]
    search_fields = ["blocker__handle", "blocked__handle"]
    list_select_related = ["blocker", "blocked"]


class WordsForm(forms.Form):
    words = forms.CharField(
        label=_("Words and phrases"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line. Other spellings of them are found by themselves."),
    )
    language = forms.CharField(
        label=_("Language"),
        max_length=8,
        required=False,
        help_text=_("For example de. Empty means every language."),
    )


def add_words(
    target: None, *, staff: User, reason: str, key: str, words: str, language: str
) -> None:
    filter_lists.add_words(
        words.splitlines(), owner_id=None, language=language.strip().lower(), by_id=staff.pk
    )


def take_out_word(target: FilterWord, *, staff: User, reason: str, key: str) -> None:
    filter_lists.take_out(target.pk, owner_id=target.owner_id, by_id=staff.pk)


class InUseFilter(admin.SimpleListFilter):
    title = _("in use")
    parameter_name = "in_use"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("in use")), ("no", _("taken out"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        return queryset.filter(removed__isnull=self.value() == "yes")


@admin.register(FilterWord)
class FilterWordAdmin(ReasonedActions, ReadOnly):
    """The operator's list and the creators': what counts, and what was taken out by whom."""

    list_display = ["word", "language", "owner", "added", "added_by", "removed", "removed_by"]
    list_filter = [InUseFilter, "language", ("owner", admin.EmptyFieldListFilter), "added"]
    list_select_related = ["owner", "added_by", "removed_by"]
    search_fields = ["word", "folded", "owner__handle"]
    show_full_result_count = False
    staff_actions = [
        StaffAction(
            name="add_words",
            label=_("Add words to the operator's list"),
            permission="users.change_filter_list",
            perform=add_words,
            whose=lambda target: None,
            form=WordsForm,
            takes_row=False,
        ),
        StaffAction(
            name="take_out",
            label=_("Take out"),
            permission="users.change_filter_list",
            perform=take_out_word,
            whose=lambda target: None,
            hint=_("From now on the word is allowed again. The row stays as the list's history."),
        ),
    ]


# What allauth registers can be edited: an address confirmed, a second factor taken away, a token
# read. Staff see addresses and providers; secrets and sessions have no page at all.
for hidden in (Authenticator, SocialApp, SocialToken, UserSession):
    admin.site.unregister(hidden)
admin.site.unregister(EmailAddress)
admin.site.unregister(SocialAccount)
admin.site.unregister(Group)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnly):
    list_display = ["email", "user", "verified", "primary"]
    list_filter = ["verified", "primary"]
    list_select_related = ["user"]
    search_fields = ["email", "user__handle"]


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnly):
    list_display = ["user", "provider", "uid", "date_joined"]
    list_filter = ["provider"]
    list_select_related = ["user"]
    search_fields = ["uid", "user__handle"]
    exclude = ["extra_data"]


@admin.register(Group)
class GroupAdmin(ReadOnly):
    """Groups come with migrations; who is in one is a staff action."""

    list_display = ["name"]
    fields = ["name"]
