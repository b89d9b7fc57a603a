"""What staff do: with a reason, perhaps with a second person, and always written down.

An app declares a `StaffAction` beside its domain action and lists it in its admin class
(`users.staff.ReasonedActions`). Everything that all of them have in common is here: permission,
own account, the limit above which a second person is needed, the key, the audit row.
"""

import datetime
import decimal
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models.functions import Now

from users import locks
from users.errors import (
    AlreadyDecided,
    KeyUsedOtherwise,
    NotAllowed,
    OwnAccount,
    ReasonMissing,
    SecondPersonNeeded,
)
from users.models import Approval, AuditEntry, User

PLAIN = (bool, int, str, datetime.date, datetime.timedelta, decimal.Decimal, uuid.UUID, list, dict)
SECRET_FIELDS = {"password"}


def row_values(row: models.Model) -> dict[str, Any]:
    """The columns of a row as an audit entry compares them; never a secret."""
    values = {
        column.attname: getattr(row, column.attname)
        for column in row._meta.concrete_fields
        if column.name not in SECRET_FIELDS
    }
    return {k: v if v is None or isinstance(v, PLAIN) else str(v) for k, v in values.items()}


class NoFields(forms.Form):
    """For actions that ask for nothing but the reason."""


def always(target: Any) -> bool:
    return True


def nothing(target: Any) -> str:
    return ""


def never(target: Any, fields: Mapping[str, Any]) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class StaffAction:
    """One thing that staff can do, to a row or (`takes_row=False`) to none.

    `perform(target, *, staff, reason, key, **fields)` is a domain action. It runs inside the
    transaction that also writes the audit row, so it must neither be `durable` nor call out; it
    raises a `Refusal` to move nothing. `key` is unique to this request and row.
    """

    name: str
    label: Any
    # "app_label.codename"; whoever lacks it neither sees nor runs the action.
    permission: str
    perform: Callable[..., Any]
    # The ids of those whose own affair the target is: one of them, if staff, is refused.
    whose: Callable[[Any], int | None | tuple[int | None, ...]]
    # Fields besides the reason. Their cleaned values go to `perform` by name; no files.
    form: type[forms.Form] = NoFields
    # True when these fields on this target need a second person.
    needs_second: Callable[[Any, Mapping[str, Any]], bool] = never
    # What is compared before and after; the audit row keeps what differs.
    snapshot: Callable[[Any], dict[str, Any]] = row_values
    # A function of the app's locks.py: takes the row's primary key, returns the row locked.
    lock: Callable[[Any], Any] | None = None
    takes_row: bool = True
    hint: Any = ""
    # Whether the row's page has the button; what is asked for all the same is refused or done.
    offered: Callable[[Any], bool] = always
    # What stands in the field of the reason at first.
    suggest: Callable[[Any], str] = nothing


@dataclass(frozen=True, kw_only=True)
class Request:
    """A staff action as it was asked for. `payload` is the form as sent, `fields` its values."""

    act: StaffAction
    model: type[models.Model]
    target_id: Any = None
    staff: User
    reason: str
    key: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return f"{self.model._meta.label_lower}.{self.act.name}"

    @property
    def identity(self) -> dict[str, str]:
        target_id = "" if self.target_id is None else str(self.target_id)
        return {
            "kind": self.kind,
            "target_type": self.model._meta.label_lower,
            "target_id": target_id,
        }


def audit(
    *,
    staff: User | None,
    kind: str,
    target_type: str,
    target_id: str = "",
    reason: str,
    asked: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    approved_by: User | None = None,
    key: str | None = None,
) -> AuditEntry:
    """Write down what was done, in the caller's transaction. `staff` is empty for the system.

    Of `before` and `after` only what differs is kept: entries can never be erased, so they hold
    no more of a person than they must.
    """
    if not reason.strip():
        raise ReasonMissing()
    old, new = dict(before or {}), dict(after or {})
    changed = [k for k in {**old, **new} if old.get(k) != new.get(k)]
    return AuditEntry.objects.create(
        staff=staff,
        approved_by=approved_by,
        kind=kind,
        target_type=target_type,
        target_id=target_id,
        reason=reason.strip(),
        asked=dict(asked or {}),
        before=None if before is None else {k: old.get(k) for k in changed},
        after=None if after is None else {k: new.get(k) for k in changed},
        key=key,
    )


def carry_out(request: Request) -> AuditEntry | Approval:
    """Do a staff action, or put it before a second person; the same key does it once.

    Raises `ReasonMissing`, `NotAllowed`, `OwnAccount`, `KeyUsedOtherwise` or what the domain
    action refuses; then nothing has changed. Locks the key, then what `act.lock` and the domain
    action lock.
    """
    if not request.reason.strip():
        raise ReasonMissing()
    _require_permission(request.staff, request.act)
    with transaction.atomic():
        locks.lock_staff_key(request.key)
        if done := _done_before(request):
            return done
        target = _read_target(request)
        _require_not_own(request, target, request.staff)
        if request.act.needs_second(target, request.fields):
            return Approval.objects.create(
                **request.identity,
                requested_by=request.staff,
                reason=request.reason.strip(),
                payload=dict(request.payload),
                key=request.key,
            )
        return _perform(request, target)


def approve(approval: Approval, request: Request, *, second: User) -> AuditEntry:
    """Carry out what waits, in the name of who asked for it. The caller has locked `approval`.

    `request` is the waiting action read again from its payload. Raises `AlreadyDecided`,
    `SecondPersonNeeded`, `NotAllowed`, `OwnAccount` or what the domain action refuses.
    """
    _require_waiting(approval)
    if second.pk == approval.requested_by_id:
        raise SecondPersonNeeded()
    _require_permission(second, request.act)
    _require_permission(approval.requested_by, request.act)
    with transaction.atomic():
        target = _read_target(request)
        _require_not_own(request, target, second)
        _require_not_own(request, target, approval.requested_by)
        entry = _perform(request, target, approved_by=second)
        _decide(approval, Approval.State.APPROVED, second, "")
    return entry


def decline(approval: Approval, *, staff: User, reason: str, key: str) -> None:
    """Close a waiting action; nothing moves. The caller has locked `approval`."""
    _require_waiting(approval)
    _decide(approval, Approval.State.DECLINED, staff, reason)


def _decide(approval: Approval, state: str, staff: User, reason: str) -> None:
    moved = Approval.objects.filter(pk=approval.pk, state=Approval.State.WAITING).update(
        state=state, decided_by=staff, decided_at=Now(), decision_reason=reason
    )
    if moved != 1:
        raise AlreadyDecided()


def _require_waiting(approval: Approval) -> None:
    if approval.state != Approval.State.WAITING:
        raise AlreadyDecided(state=approval.state)


def _require_permission(staff: User, act: StaffAction) -> None:
    if not (staff.is_active and staff.is_staff and staff.has_perm(act.permission)):
        raise NotAllowed(permission=act.permission)


def _require_not_own(request: Request, target: Any, staff: User) -> None:
    whose = request.act.whose(target)
    if staff.pk in (whose if isinstance(whose, tuple) else (whose,)):
        raise OwnAccount()


def _read_target(request: Request) -> Any:
    if not request.act.takes_row:
        return None
    if request.act.lock:
        return request.act.lock(request.target_id)
    return request.model._default_manager.get(pk=request.target_id)


def _perform(request: Request, target: Any, *, approved_by: User | None = None) -> AuditEntry:
    act = request.act
    before = None if target is None else act.snapshot(target)
    act.perform(
        target, staff=request.staff, reason=request.reason, key=request.key, **request.fields
    )
    after = None
    if target is not None:
        fresh = request.model._default_manager.filter(pk=request.target_id).first()
        after = act.snapshot(fresh) if fresh is not None else {}
    return audit(
        **request.identity,
        staff=request.staff,
        approved_by=approved_by,
        reason=request.reason,
        asked=request.payload,
        before=before,
        after=after,
        key=request.key,
    )


def _done_before(request: Request) -> AuditEntry | Approval | None:
    for model, who in ((AuditEntry, "staff_id"), (Approval, "requested_by_id")):
        done = model._default_manager.filter(key=request.key).first()
        if done is None:
            continue
        asked = done.asked if isinstance(done, AuditEntry) else done.payload
        same = (
            all(getattr(done, k) == v for k, v in request.identity.items())
            and getattr(done, who) == request.staff.pk
            and done.reason == request.reason.strip()
            and asked == _as_json(request.payload)
        )
        if not same:
            raise KeyUsedOtherwise()
        return done
    return None


def _as_json(values: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(dict(values), cls=DjangoJSONEncoder))
