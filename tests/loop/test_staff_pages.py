"""The staff's pages: who reaches which, what no URL can edit, and what the first one says."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from creators.actions.moderating import name_moderator
from creators.models import Stream, StreamKey
from gifts.models import Overlay
from tests.creators.make import make_creator
from tests.gifts.conftest import economy, module_db  # noqa: F401
from tests.loop.staff_rows import MAKERS, everything
from tests.loop.test_staff import by_hand, url_of  # noqa: F401
from tests.make import make_staff, make_superuser, make_user
from users import groups
from users.staff import _registered
from users.waiting import queues_of
from wallets.actions.checking import run_check
from wallets.actions.days import close_day
from wallets.models import Switch

pytestmark = pytest.mark.usefixtures("economy")

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)
# Django's and allauth's own tables, for superusers alone.
NOT_OURS = {model for model in MODELS if not hasattr(model._meta.app_config, "staff_groups")}
OURS = [model for model in MODELS if model not in NOT_OURS]
LEDGER = [
    "wallets.account",
    "wallets.transfer",
    "wallets.operation",
    "wallets.hold",
    "wallets.lot",
    "wallets.takenback",
    "wallets.closedday",
    "wallets.checkrun",
    "users.auditentry",
    "gifts.sentgift",
    "creators.earning",
]


def name_of(model, page: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"


def declared(group: str, permission: str) -> bool:
    """Whether an app's config gives this "app.codename" to the group."""
    app, codename = permission.split(".")
    given = getattr(apps.get_app_config(app), "staff_groups", {}).get(group, [])
    return codename in given or (groups.VIEW_ALL in given and codename.startswith("view_"))


def sees(group: str, model) -> bool:
    return declared(group, f"{model._meta.app_label}.view_{model._meta.model_name}")


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture(scope="module")
def world(module_db):  # noqa: F811
    """A row for every action, one that was carried out, and a check on record."""
    for make in MAKERS.values():
        make()
    kind = "users.user.sign_out_everywhere"
    made = MAKERS[kind]()[0]
    signed_in(make_superuser()).post(url_of(kind, made), {"reason": "A lost phone.", "key": "x"})
    creator = make_creator()
    name_moderator(creator_id=creator.pk, actor=creator.user, handle=make_user().handle)
    run_check()


def test_no_table_of_ours_has_add_change_or_delete(world):
    client = signed_in(make_superuser())
    close_day(today=datetime.now(UTC).date() + timedelta(days=1))
    assert set(LEDGER) <= {model._meta.label_lower for model in OURS}
    empty = {model._meta.label_lower for model in OURS if not model._default_manager.exists()}
    assert empty <= {"users.block"}
    before = everything()
    for model in OURS:
        urls = [reverse(name_of(model, "add"))]
        if row := model._default_manager.first():
            urls.append(reverse(name_of(model, "delete"), args=[row.pk]))
            change = reverse(name_of(model, "change"), args=[row.pk])
            page = client.get(change)
            assert page.status_code == 200, change
            assert b'name="_save"' not in page.content, change
            data = {"amount": 5, "coins": 5, "state": "paid", "_save": "Save"}
            assert client.post(change, data).status_code == 403, change
        for url in urls:
            assert client.get(url).status_code == 403, url
            assert client.post(url, {"post": "yes", "amount": 5}).status_code == 403, url
        listing = reverse(name_of(model, "changelist"))
        assert "delete_selected" not in client.get(listing).content.decode(), listing
    assert everything() == before


@pytest.mark.parametrize("group", groups.NAMES)
def test_each_group_reaches_its_own_pages_only(world, group):
    client = signed_in(make_staff(group))
    reached = set()
    for model in MODELS:
        url = reverse(name_of(model, "changelist"))
        wanted = 200 if sees(group, model) else 403
        assert client.get(url).status_code == wanted, url
        reached |= {model} if wanted == 200 else set()
        if row := model._default_manager.first():
            change = reverse(name_of(model, "change"), args=[row.pk])
            assert client.get(change).status_code == wanted, change
    assert reached
    assert reached.isdisjoint(NOT_OURS)


@pytest.mark.parametrize("group", groups.NAMES)
def test_each_group_reaches_its_own_actions_only(world, group):
    client = signed_in(make_staff(group))
    before = everything()
    may = set()
    for kind, (model, act) in _registered.items():
        allowed = sees(group, model) and declared(group, act.permission)
        url = url_of(kind, None)
        page = client.get(url)
        assert (page.status_code != 403) == allowed, url
        if allowed:
            may.add(kind)
        else:
            assert client.post(url, {"reason": "why", "key": "k"}).status_code == 403, url
    assert (may == set()) == (group == "auditor")
    assert everything() == before


@pytest.mark.parametrize("path", ["admin:index", *(name_of(m, "changelist") for m in MODELS)])
def test_whoever_is_no_staff_is_sent_to_sign_in(world, path):
    url = reverse(path)
    stranger = Client().get(url, follow=True)
    assert [there.split("?")[0] for there, _ in stranger.redirect_chain] == [
        reverse("admin:login"),
        reverse("account_login"),
    ]
    someone = signed_in(make_user()).get(url, follow=True)
    assert someone.redirect_chain[0][0].startswith(reverse("admin:login"))
    assert someone.status_code == 403


def test_the_first_page_counts_what_waits(world):
    person = make_superuser()
    client = signed_in(person)
    page = client.get(reverse("admin:index"))
    queues = queues_of(person)
    assert len(queues) == 11
    for queue in queues:
        assert (queue.count > 0) == ("state__exact=paid" not in queue.url), queue.label
        assert f'href="{queue.url.replace("&", "&amp;")}"' in page.content.decode()
        listed = client.get(queue.url)
        assert listed.status_code == 200, queue.url
        assert listed.context["cl"].result_count == queue.count, queue.url
    html = page.content.decode()
    assert "0 differences" in html
    assert "The whole ledger is stopped" not in html
    Switch.objects.filter(pk="posting").update(stopped=True)
    try:
        assert "The whole ledger is stopped" in client.get(reverse("admin:index")).content.decode()
    finally:
        Switch.objects.filter(pk="posting").update(stopped=False)


@pytest.mark.parametrize("group", groups.NAMES)
def test_the_first_page_shows_each_group_what_it_may_see(world, group):
    person = make_staff(group)
    page = signed_in(person).get(reverse("admin:index")).content.decode()
    everybody = {queue.url for queue in queues_of(make_superuser())}
    own = {queue.url for queue in queues_of(person)}
    assert own <= everybody
    assert len(own) == {"support": 5, "moderation": 4, "finance": 9, "auditor": 11}[group]
    for url in everybody:
        assert (url.replace("&", "&amp;") in page) == (url in own), url
    assert ('id="books"' in page) == declared(group, "wallets.view_switch")
    assert ("Last checked" in page) == declared(group, "wallets.view_checkrun")


@pytest.mark.parametrize("model", [StreamKey, Overlay])
def test_secrets_are_not_on_the_pages(world, model):
    row = model.objects.first()
    client = signed_in(make_staff("moderation"))
    for url in (
        reverse(name_of(model, "changelist")),
        reverse(name_of(model, "change"), args=[row.pk]),
    ):
        page = client.get(url).content.decode()
        assert row.hint in page
        assert row.hashed not in page


def test_streams_that_are_live_come_first(world):
    streams = signed_in(make_staff("moderation")).get(reverse(name_of(Stream, "changelist")))
    states = [stream.state for stream in streams.context["cl"].result_list]
    assert states == sorted(states, reverse=True)
    assert "live" in states
