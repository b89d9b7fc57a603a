"""Admin classes for staff work: read-only tables, and actions that ask for a reason.

    class UserAdmin(ReasonedActions, ReadOnly):
        staff_actions = [DEACTIVATE, SIGN_OUT]

Each `StaffAction` becomes an entry of the list's action menu and a button on the row's page (or,
with `takes_row=False`, a button above the list). All lead to one page that asks for the reason and
for the action's own fields, and calls `users.actions.staff.carry_out`. Whoever lacks the permission
sees no button and is refused by URL as well.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from uuid_utils.compat import uuid7

from users.actions.staff import Request, StaffAction, carry_out
from users.errors import Refusal, SecondFactorNeeded
from users.models import Approval, User
from users.waiting import Waiting, register

__all__ = [
    "ReadOnly",
    "ReadOnlyRows",
    "ReasonedActions",
    "StaffAction",
    "add_staff_actions",
    "column",
    "registered_action",
]

MOST_ROWS_AT_ONCE = 100

NOT_PAYLOAD = {"reason", "key", "csrfmiddlewaretoken"}

# Where an approval finds its action again: "app.model.action" → (model, action).
_registered: dict[str, tuple[type[Model], StaffAction]] = {}


def registered_action(kind: str) -> tuple[type[Model], StaffAction]:
    """The model and the staff action of a kind, as an `Approval` names it; KeyError if gone."""
    return _registered[kind]


def add_staff_actions(model: type[Model], acts: list[StaffAction]) -> None:
    """What an app to the right can do about a row of this table, on the row's page in the admin."""
    owner = admin.site.get_model_admin(model)
    assert isinstance(owner, ReasonedActions)
    owner.staff_actions = [*owner.staff_actions, *acts]
    for act in acts:
        _registered[f"{model._meta.label_lower}.{act.name}"] = (model, act)


def require_second_factor(request: HttpRequest) -> None:
    """Where the site asks it of staff: this session was opened with a second factor."""
    if not settings.STAFF_SECOND_FACTOR:
        return
    records = get_authentication_records(request, request.user)
    if not any(record.get("method") == "mfa" for record in records):
        raise SecondFactorNeeded()


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept for good, together with your name."),
    )
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)


class ReadOnly(admin.ModelAdmin):
    """No adding, changing or deleting in admin, by URL either; staff actions remain."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [self.shown(request, name) for name in super().get_fields(request, obj)]

    def shown(self, request: HttpRequest, name: Any) -> Any:
        """What stands for a field on a row's page. Django links every related row; whoever may not
        open it gets its words alone."""
        field = next((one for one in self.opts.fields if one.name == name), None)
        if field is None or field.related_model is None:
            return name
        related = self.admin_site._registry.get(field.related_model)
        if related is not None and related.has_view_permission(request):
            return name
        return column(field, lambda row: str(getattr(row, name) or self.get_empty_value_display()))


class ReadOnlyRows(admin.TabularInline):
    """Rows shown on another row's page; whoever may see that row may see these."""

    template = "admin/users/rows.html"
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def column(field: "Field[Any, Any]", words: Callable[[Any], str]) -> Callable[[Any], str]:
    """A column of an admin table that shows a field in other words, and sorts by the field."""

    @admin.display(description=field.verbose_name, ordering=field.name)
    def shown(row: Any) -> str:
        return words(row)

    shown.__name__ = field.name
    return shown


class ReasonedActions(admin.ModelAdmin):
    """A ModelAdmin with `staff_actions`, and `waiting` for what the first page counts of it."""

    staff_actions: list[StaffAction] = []
    waiting: list[Waiting] = []
    change_form_template = "admin/users/reasoned_change_form.html"
    change_list_template = "admin/users/reasoned_change_list.html"

    def __init__(self, model: type[Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        for act in self.staff_actions:
            _registered[f"{model._meta.label_lower}.{act.name}"] = (model, act)
        register(model, admin_site, self.waiting)

    def permitted(self, request: HttpRequest, *, takes_row: bool) -> list[StaffAction]:
        return [
            act
            for act in self.staff_actions
            if act.takes_row == takes_row and request.user.has_perm(act.permission)
        ]

    def action_url(self, act: StaffAction, ids: list[Any]) -> str:
        opts = self.model._meta
        name = f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_staff_action"
        query = urlencode({"ids": ",".join(str(pk) for pk in ids)}) if ids else ""
        return reverse(name, args=[act.name]) + (f"?{query}" if query else "")

    # What Django's admin calls.

    def get_actions(self, request: HttpRequest) -> Any:
        actions: dict[str, Any] = {**super().get_actions(request)}
        for act in self.permitted(request, takes_row=True):
            actions[act.name] = (self._opener(act), act.name, str(act.label))
        return actions

    def _opener(self, act: StaffAction) -> Callable[..., HttpResponse]:
        def open_page(modeladmin: Any, request: HttpRequest, queryset: Any) -> HttpResponse:
            ids = list(queryset.values_list("pk", flat=True)[: MOST_ROWS_AT_ONCE + 1])
            if len(ids) > MOST_ROWS_AT_ONCE:
                messages.error(
                    request, _("At most %(most)s rows at once.") % {"most": MOST_ROWS_AT_ONCE}
                )
                return HttpResponseRedirect(request.get_full_path())
            return redirect(self.action_url(act, ids))

        return open_page

    def get_urls(self) -> list[Any]:
        opts = self.model._meta
        return [
            path(
                "act/<slug:name>/",
                self.admin_site.admin_view(self.staff_action_view),
                name=f"{opts.app_label}_{opts.model_name}_staff_action",
            ),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        row = self.get_object(request, unquote(object_id))
        buttons = [
            (act.label, self.action_url(act, [object_id]))
            for act in self.permitted(request, takes_row=True)
            if row is None or act.offered(row)
        ]
        kwargs["extra_context"] = {**(kwargs.get("extra_context") or {}), "staff_buttons": buttons}
        return super().change_view(request, object_id, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        buttons = [
            (act.label, self.action_url(act, []))
            for act in self.permitted(request, takes_row=False)
        ]
        return super().changelist_view(request, {**(extra_context or {}), "staff_buttons": buttons})

    # The page.

    def staff_action_view(self, request: HttpRequest, name: str) -> HttpResponse:
        act = next((act for act in self.staff_actions if act.name == name), None)
        if act is None:
            raise Http404
        if not (self.has_view_permission(request) and request.user.has_perm(act.permission)):
            raise PermissionDenied
        targets = self._targets(request, act)
        form_class = type("StaffActionForm", (ReasonForm, act.form), {})
        sent = request.POST if request.method == "POST" else None
        suggested = act.suggest(targets[0]) if len(targets) == 1 else ""
        form = form_class(sent, initial={"key": str(uuid7()), "reason": suggested})
        refusal = None
        if request.method == "POST" and form.is_valid():
            try:
                require_second_factor(request)
                return self._run(request, act, targets, form)
            except SecondFactorNeeded as needed:
                refusal = needed
        context = {
            **self.admin_site.each_context(request),
            "title": act.label,
            "act": act,
            "form": form,
            "targets": targets,
            "refusal": refusal,
            "has_factor": is_mfa_enabled(request.user),
            "opts": self.model._meta,
            "media": form.media,
        }
        status = refusal.status if refusal else 200
        return TemplateResponse(request, "admin/users/staff_action.html", context, status=status)

    def _targets(self, request: HttpRequest, act: StaffAction) -> list[Any]:
        if not act.takes_row:
            return [None]
        ids = [pk for pk in request.GET.get("ids", "").split(",") if pk][:MOST_ROWS_AT_ONCE]
        to_python = self.model._meta.pk.to_python
        try:
            rows = self.get_queryset(request).filter(pk__in=[to_python(pk) for pk in ids])
        except (forms.ValidationError, ValueError) as error:
            raise Http404 from error
        targets = list(rows.order_by("pk"))
        if not targets or len(targets) != len(set(ids)):
            raise Http404
        return targets

    def _run(
        self, request: HttpRequest, act: StaffAction, targets: list[Any], form: forms.Form
    ) -> HttpResponse:
        assert isinstance(request.user, User)
        own = {k: v for k, v in form.cleaned_data.items() if k not in ("reason", "key")}
        sent = {k: v for k, v in request.POST.lists() if k not in NOT_PAYLOAD}
        done, waiting = 0, 0
        for target in targets:
            target_id = None if target is None else target.pk
            try:
                outcome = carry_out(
                    Request(
                        act=act,
                        model=self.model,
                        target_id=target_id,
                        staff=request.user,
                        reason=form.cleaned_data["reason"],
                        key=f"{form.cleaned_data['key']}:{target_id or ''}",
                        fields=own,
                        payload={k: v[0] if len(v) == 1 else v for k, v in sent.items()},
                    )
                )
            except Refusal as refusal:
                messages.error(request, refusal_message(target, refusal))
                continue
            except self.model.DoesNotExist:
                messages.error(request, _("%(row)s is no longer there.") % {"row": target})
                continue
            if isinstance(outcome, Approval):
                waiting += outcome.state == Approval.State.WAITING
            else:
                done += 1
        if done:
            messages.success(request, ngettext("Done.", "Done: %(n)s rows.", done) % {"n": done})
        if waiting:
            messages.warning(request, _("This needs a second person and waits for approval."))
        return redirect(self._after(targets))

    def _after(self, targets: list[Any]) -> str:
        opts = self.model._meta
        base = f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}"
        if len(targets) == 1 and targets[0] is not None:
            return reverse(f"{base}_change", args=[targets[0].pk])
        return reverse(f"{base}_changelist")


def refusal_message(target: Any, refusal: Refusal) -> str:
    """The refusal in words, with the row it is about and its stable name."""
    about = "" if target is None else f"{target}: "
    return f"{about}{refusal.sentence} [{refusal.code}]"
