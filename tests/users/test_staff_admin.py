"""The admin pages of people, audit and approvals, walked as each group."""

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse

from tests.make import make_staff, make_superuser, make_user
from tests.users.test_staff_actions import OLD, act_url, saved_date, send
from users.admin import UserAdmin
from users.models import AuditEntry, User

FIELDS = {
    "change_date_of_birth": {"date_of_birth": "1991-01-02"},
    "set_staff_rights": {"is_staff": "on"},
}
ACTIONS = [act.name for act in UserAdmin.staff_actions]
MAY = {
    "support": {"change_date_of_birth", "sign_out_everywhere"},
    "moderation": {"deactivate", "reactivate", "sign_out_everywhere"},
    "finance": set(),
    "auditor": set(),
}


def values(user: User) -> dict:
    row = User.objects.filter(pk=user.pk).values().get()
    row["groups"] = list(user.groups.values_list("name", flat=True))
    return row


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_asks_for_a_reason(db, client, name):
    user = make_user(is_active=name != "reactivate")
    staff = make_superuser()
    client.force_login(staff)
    before = values(user)

    page = send(client, act_url(name, user), reason="  ", **FIELDS.get(name, {}))
    assert page.context["form"].errors["reason"]
    assert values(user) == before
    assert not AuditEntry.objects.exists()

    send(client, act_url(name, user), reason="asked by mail", **FIELDS.get(name, {}))
    entry = AuditEntry.objects.get()
    assert (entry.staff, entry.kind) == (staff, f"users.user.{name}")
    assert (entry.target_id, entry.reason) == (str(user.pk), "asked by mail")
    assert values(user) != before
    assert entry.before != entry.after


@pytest.mark.parametrize("group", MAY)
@pytest.mark.parametrize("name", ACTIONS)
def test_each_group_reaches_its_own_actions_only(db, client, group, name):
    user = make_user(is_active=name != "reactivate")
    client.force_login(make_staff(group))
    before = values(user)
    if name in MAY[group]:
        send(client, act_url(name, user), reason="why", **FIELDS.get(name, {}))
        assert AuditEntry.objects.count() == 1
    else:
        url = act_url(name, user)
        assert client.get(url).status_code == 403
        data = {"reason": "why", "key": "k", **FIELDS.get(name, {})}
        assert client.post(url, data).status_code == 403
        assert values(user) == before
        assert not AuditEntry.objects.exists()


def test_groups_come_with_the_migrations(db):
    names = set(Group.objects.values_list("name", flat=True))
    assert names == {"support", "moderation", "finance", "auditor"}
    auditor = Group.objects.get(name="auditor").permissions.filter(content_type__app_label="users")
    codenames = set(auditor.values_list("codename", flat=True))
    models = {model._meta.model_name for model in apps.get_app_config("users").get_models()}
    assert {"user", "auditentry", "approval", "block", "report"} <= models
    assert codenames == {f"view_{name}" for name in models}


@pytest.mark.parametrize("model", ["user", "auditentry", "approval", "block"])
def test_tables_have_no_add_change_or_delete(db, client, model):
    user = make_user()
    client.force_login(make_superuser())
    assert client.get(reverse(f"admin:users_{model}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:users_{model}_add")).status_code == 403
    if model == "user":
        change = reverse("admin:users_user_change", args=[user.pk])
        assert client.get(change).status_code == 200
        assert client.post(change, {"handle": "other"}).status_code == 403
        delete = reverse("admin:users_user_delete", args=[user.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
        assert values(user)["handle"] == user.handle
    assert "delete_selected" not in dict(
        admin.site.get_model_admin(User).get_actions(client.get("/admin/").wsgi_request)
    )


def test_what_allauth_keeps_cannot_be_edited(db, client):
    address = EmailAddress.objects.create(user=make_user(), email="new@example.org")
    client.force_login(make_superuser())
    change = reverse("admin:account_emailaddress_change", args=[address.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"verified": "on"}).status_code == 403
    for app, model in ("auth", "group"), ("socialaccount", "socialaccount"):
        assert client.get(reverse(f"admin:{app}_{model}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:{app}_{model}_add")).status_code == 403
    for path in (
        "mfa/authenticator",
        "socialaccount/socialapp",
        "socialaccount/socialtoken",
        "usersessions/usersession",
    ):
        assert client.get(f"/admin/{path}/").status_code == 404


@pytest.mark.parametrize("group", MAY)
def test_each_group_reads_its_own_tables(db, client, group):
    client.force_login(make_staff(group))
    assert client.get(reverse("admin:users_user_changelist")).status_code == 200
    audit = client.get(reverse("admin:users_auditentry_changelist")).status_code
    assert audit == (200 if group == "auditor" else 403)
    approvals = client.get(reverse("admin:users_approval_changelist")).status_code
    assert approvals == (403 if group == "support" else 200)


def test_the_list_offers_the_action_for_many_rows(db, client):
    users = [make_user(), make_user()]
    client.force_login(make_staff("moderation"))
    listing = reverse("admin:users_user_changelist")
    chosen = {"action": "deactivate", "_selected_action": [user.pk for user in users]}
    page = client.post(listing, chosen, follow=True)
    assert [user.pk for user in page.context["targets"]] == [user.pk for user in users]
    url = page.redirect_chain[-1][0]
    send(client, url, reason="a ring of false accounts")
    assert not User.objects.filter(pk__in=[user.pk for user in users], is_active=True).exists()
    assert AuditEntry.objects.count() == 2


def test_the_row_shows_only_buttons_that_may_be_pressed(db, client):
    user = make_user()
    client.force_login(make_staff("support"))
    page = client.get(reverse("admin:users_user_change", args=[user.pk])).content.decode()
    assert act_url("change_date_of_birth", user) in page
    assert "/act/deactivate/" not in page


def test_sending_the_form_twice_does_it_once(db, client):
    user = make_user()
    client.force_login(make_staff("support"))
    url = act_url("change_date_of_birth", user)
    key = client.get(url).context["form"].initial["key"]
    data = {"key": key, "reason": "typing error", "date_of_birth": "1991-01-02"}
    for _ in range(2):
        client.post(url, data)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("ids", ["", "999999999", "x", "1;drop", "-1", "9" * 40])
def test_unknown_rows_are_not_found(db, client, ids):
    client.force_login(make_superuser())
    url = reverse("admin:users_user_staff_action", args=["deactivate"])
    assert client.get(url, {"ids": ids}).status_code == 404


def test_a_second_factor_can_be_asked_for(db, client, settings):
    settings.STAFF_SECOND_FACTOR = True
    user, staff = make_user(), make_staff("support")
    client.force_login(staff)
    data = {"reason": "why", **FIELDS["change_date_of_birth"]}
    page = send(client, act_url("change_date_of_birth", user), **data)
    assert page.status_code == 403
    assert "[second_factor]" in page.content.decode()
    assert saved_date(user) == OLD
    assert not AuditEntry.objects.exists()

    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 1.0}]
    session["account_authentication_methods_user"] = str(staff.pk)
    session.save()
    send(client, act_url("change_date_of_birth", user), **data)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("name", ["deactivate", "sign_out_everywhere"])
def test_every_session_ends(db, client, name):
    user = make_user()
    client.force_login(user)
    assert client.get("/accounts/email/").status_code == 200
    staff_client = type(client)()
    staff_client.force_login(make_staff("moderation"))
    send(staff_client, act_url(name, user), reason="asked by the person")
    assert "/accounts/login/" in client.get("/accounts/email/").headers["Location"]
    assert AuditEntry.objects.get().after["session_epoch"] == 1
    assert staff_client.get("/admin/").status_code == 200
