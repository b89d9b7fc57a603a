"""Staff actions ask for a reason, keep to the rights, and leave an audit row."""

import datetime
import threading

import pytest
from django.db import DataError, ProgrammingError, connection
from django.urls import reverse

from tests.make import make_staff, make_superuser, make_user
from users import locks, staff
from users.actions import rights
from users.actions.staff import Request, StaffAction, audit, carry_out
from users.admin import DateOfBirthForm, UserAdmin
from users.errors import (
    AlreadySo,
    KeyUsedOtherwise,
    NotAllowed,
    OwnAccount,
    ReasonMissing,
)
from users.models import Approval, AuditEntry, User

OLD, NEW = datetime.date(1990, 5, 17), datetime.date(1991, 1, 2)
CHANGE = next(act for act in UserAdmin.staff_actions if act.name == "change_date_of_birth")


def change_request(user: User, staff: User, **changes) -> Request:
    given = {
        "act": CHANGE,
        "model": User,
        "target_id": user.pk,
        "staff": staff,
        "reason": "passport seen",
        "key": "k1",
        "fields": {"date_of_birth": NEW},
        "payload": {"date_of_birth": "1991-01-02"},
    }
    return Request(**{**given, **changes})


def saved_date(user: User) -> datetime.date | None:
    return User.objects.get(pk=user.pk).date_of_birth


def act_url(name: str, *users: User) -> str:
    ids = ",".join(str(user.pk) for user in users)
    return reverse("admin:users_user_staff_action", args=[name]) + f"?ids={ids}"


def send(client, url: str, **data):
    """Open the page, then send its form with the key that it holds."""
    page = client.get(url)
    key = page.context["form"].initial["key"]
    return client.post(url, {"key": key, **data}, follow=True)


def test_with_a_reason_the_change_and_the_audit_row_are_written(db):
    user, staff = make_user(), make_staff("support")
    entry = carry_out(change_request(user, staff))
    assert saved_date(user) == NEW
    assert AuditEntry.objects.count() == 1
    assert (entry.staff, entry.approved_by, entry.reason) == (staff, None, "passport seen")
    assert (entry.kind, entry.target_id) == ("users.user.change_date_of_birth", str(user.pk))
    entry.refresh_from_db()
    assert entry.before == {"date_of_birth": "1990-05-17"}
    assert entry.after == {"date_of_birth": "1991-01-02"}
    assert entry.asked == {"date_of_birth": "1991-01-02"}
    assert abs((datetime.datetime.now(datetime.UTC) - entry.created).total_seconds()) < 60


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_without_a_reason_nothing_changes(db, reason):
    user, staff = make_user(), make_staff("support")
    with pytest.raises(ReasonMissing):
        carry_out(change_request(user, staff, reason=reason))
    assert saved_date(user) == OLD
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("group", ["auditor", "finance", "moderation"])
def test_without_the_permission_nothing_changes(db, group):
    user, staff = make_user(), make_staff(group)
    with pytest.raises(NotAllowed):
        carry_out(change_request(user, staff))
    assert saved_date(user) == OLD
    assert not AuditEntry.objects.exists()


def test_staff_do_not_act_on_themselves(db):
    staff = make_superuser()
    with pytest.raises(OwnAccount):
        carry_out(change_request(staff, staff))
    assert saved_date(staff) == OLD
    assert not AuditEntry.objects.exists()


def test_only_a_superuser_acts_on_a_superuser(db):
    chief, staff = make_superuser(), make_staff("support")
    with pytest.raises(NotAllowed):
        carry_out(change_request(chief, staff))
    assert saved_date(chief) == OLD
    carry_out(change_request(chief, make_superuser(), key="k2"))
    assert saved_date(chief) == NEW


def test_the_same_key_does_it_once_and_nothing_else(db):
    user, staff = make_user(), make_staff("support")
    first = carry_out(change_request(user, staff))
    assert carry_out(change_request(user, staff)) == first
    with pytest.raises(KeyUsedOtherwise):
        carry_out(change_request(user, staff, reason="another"))
    with pytest.raises(KeyUsedOtherwise):
        carry_out(change_request(make_user(), staff))
    assert AuditEntry.objects.count() == 1


def test_a_refusal_of_the_domain_action_writes_no_audit_row(db):
    user, staff = make_user(), make_staff("support")
    with pytest.raises(AlreadySo):
        carry_out(change_request(user, staff, fields={"date_of_birth": OLD}))
    assert not AuditEntry.objects.exists()


def test_an_audit_row_that_cannot_be_written_takes_the_change_back(db):
    user, staff = make_user(), make_staff("support")
    longer_than_the_column = "x" * 121
    with pytest.raises(DataError):
        carry_out(change_request(user, staff, key=longer_than_the_column))
    assert saved_date(user) == OLD


def test_two_equal_requests_at_once_act_once(committed_db):
    user, staff = make_user(), make_staff("support")
    outcomes, start = [], threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            outcomes.append(carry_out(change_request(user, staff)).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 4
    assert len(set(outcomes)) == 1
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE users_auditentry SET reason = 'other'",
        "DELETE FROM users_auditentry",
        "TRUNCATE users_auditentry",
    ],
)
def test_an_audit_row_is_never_changed(committed_db, owner, statement):
    audit(staff=make_staff(), kind="a.b.c", target_type="a.b", reason="why")
    # As the site's role and as the tables' owner: rights and triggers.
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(Exception, match="pgtrigger"):
        owner.execute(statement)
    assert AuditEntry.objects.get().reason == "why"


# --- Two people -----------------------------------------------------------------------------------

ABOVE = StaffAction(
    name="change_date_of_birth_by_two",
    label="Change by two",
    permission="users.change_date_of_birth",
    perform=rights.change_date_of_birth,
    whose=lambda user: user.pk,
    form=DateOfBirthForm,
    lock=locks.lock_user,
    needs_second=lambda user, fields: fields["date_of_birth"].year > 1990,
)


@pytest.fixture
def by_two(monkeypatch):
    """The people's admin with one more action, which needs a second person above a limit."""
    kind = "users.user.change_date_of_birth_by_two"
    monkeypatch.setitem(staff._registered, kind, (User, ABOVE))
    return ABOVE


def approval_url(name: str, approval: Approval) -> str:
    return reverse("admin:users_approval_staff_action", args=[name]) + f"?ids={approval.pk}"


def ask(user: User, staff: User) -> Approval:
    approval = carry_out(change_request(user, staff, act=ABOVE))
    assert isinstance(approval, Approval)
    return approval


def test_below_the_limit_one_person_is_enough(db, by_two):
    user, staff = make_user(), make_staff("support")
    below = {"date_of_birth": datetime.date(1989, 1, 1)}
    assert isinstance(carry_out(change_request(user, staff, act=ABOVE, fields=below)), AuditEntry)


def test_above_the_limit_it_waits_for_somebody_else(db, by_two, client):
    user, asker = make_user(), make_staff("support")
    second = make_staff("moderation", permissions=("users.change_date_of_birth",))
    approval = ask(user, asker)
    assert saved_date(user) == OLD
    client.force_login(second)
    send(client, approval_url("approve", approval), reason="seen too")
    assert saved_date(user) == NEW
    approval.refresh_from_db()
    assert (approval.state, approval.decided_by) == ("approved", second)
    entry = AuditEntry.objects.get(kind="users.user.change_date_of_birth_by_two")
    assert (entry.staff, entry.approved_by) == (asker, second)
    assert entry.after == {"date_of_birth": "1991-01-02"}
    assert AuditEntry.objects.get(kind="users.approval.approve").reason == "seen too"


def test_nobody_approves_what_they_asked_for(db, by_two, client):
    user = make_user()
    asker = make_staff("support", "moderation")
    approval = ask(user, asker)
    client.force_login(asker)
    page = send(client, approval_url("approve", approval), reason="me again")
    assert "[own_account]" in page.content.decode()
    assert saved_date(user) == OLD
    approval.refresh_from_db()
    assert approval.state == "waiting"
    assert not AuditEntry.objects.exists()


def test_the_database_itself_asks_for_two_people(db, by_two):
    approval = ask(make_user(), make_staff("support"))
    with pytest.raises(Exception, match="approval_two_people"):
        Approval.objects.filter(pk=approval.pk).update(
            state="approved", decided_by=approval.requested_by, decided_at=approval.created
        )


def test_approving_needs_the_actions_own_permission(db, by_two, client):
    user, approval = make_user(), None
    approval = ask(user, make_staff("support"))
    client.force_login(make_staff("finance"))
    page = send(client, approval_url("approve", approval), reason="why not")
    assert "[not_allowed]" in page.content.decode()
    assert saved_date(user) == OLD


def test_the_person_concerned_does_not_approve(db, by_two, client):
    concerned = make_staff("moderation", permissions=("users.change_date_of_birth",))
    approval = ask(concerned, make_staff("support"))
    client.force_login(concerned)
    page = send(client, approval_url("approve", approval), reason="I am older")
    assert "[own_account]" in page.content.decode()
    assert saved_date(concerned) == OLD


def test_declined_is_final_and_moves_nothing(db, by_two, client):
    user, second = make_user(), make_superuser()
    approval = ask(user, make_staff("support"))
    client.force_login(second)
    send(client, approval_url("decline", approval), reason="no document")
    approval.refresh_from_db()
    assert (approval.state, approval.decision_reason) == ("declined", "no document")
    page = send(client, approval_url("approve", approval), reason="after all")
    assert "[already_decided]" in page.content.decode()
    assert saved_date(user) == OLD
    with pytest.raises(ProgrammingError, match="pgtrigger"):
        Approval.objects.filter(pk=approval.pk).update(state="waiting")


def test_what_was_asked_for_cannot_be_changed_before_it_is_approved(db, by_two):
    approval = ask(make_user(), make_staff("support"))
    with pytest.raises(ProgrammingError, match="pgtrigger"):
        Approval.objects.filter(pk=approval.pk).update(payload={"date_of_birth": "2000-01-01"})


def test_asking_again_with_the_same_key_waits_once(db, by_two):
    user, asker = make_user(), make_staff("support")
    assert ask(user, asker) == ask(user, asker)
    assert Approval.objects.count() == 1
