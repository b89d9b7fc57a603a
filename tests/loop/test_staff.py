"""Every staff action that is registered, walked through the admin's own pages."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.gifts.conftest import economy, module_db  # noqa: F401
from tests.loop.staff_rows import MAKERS, everything
from tests.make import make_superuser
from users.models import Approval, AuditEntry, User
from users.staff import _registered

pytestmark = pytest.mark.usefixtures("economy")

WHY = "As agreed by phone."
KINDS = sorted(_registered)
# What is nobody's own affair: prices, the catalogue, switches, the operator's money.
NOBODYS = {
    "creators.payoutbatch.prepare",
    "gifts.gift.change_price",
    "gifts.gift.put_on_shelf",
    "gifts.gift.take_off_shelf",
    "users.approval.decline",
    "wallets.account.enter_cash",
    "users.filterword.add_words",
    "users.filterword.take_out",
    "wallets.coinpack.add",
    "wallets.coinpack.sell",
    "wallets.coinpack.take_off",
    "wallets.ratecard.announce",
    "wallets.switch.start",
    "wallets.switch.stop",
    "wallets.taxrate.set",
}
NEEDS_TWO = {"creators.withdrawal.approve", "wallets.transfer.take_hold"}


@pytest.fixture(autouse=True)
def by_hand(settings):
    settings.PAYOUT_AUTO_APPROVE = settings.MANUAL_RAIL_PAYS_ITSELF = False
    settings.STAFF_SECOND_FACTOR = False
    settings.OFFLINE_CONFIRMED_BY_STAFF = True


def made(kind: str):
    assert kind in MAKERS, f"{kind}: tests/loop/staff_rows.py has no row for this staff action"
    return MAKERS[kind]()


def url_of(kind: str, row) -> str:
    app, model, name = kind.split(".")
    url = reverse(f"admin:{app}_{model}_staff_action", args=[name])
    return url if row is None else f"{url}?ids={row.pk}"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def messages_of(response) -> str:
    """What the next page tells."""
    return " ".join(str(m) for m in response.wsgi_request._messages._queued_messages)


def test_every_action_has_a_row_here_and_every_row_an_action():
    assert sorted(MAKERS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_an_action_happens_once_with_a_reason_and_is_written_down(kind):
    row, fields = made(kind)
    person, second = make_superuser(), make_superuser()
    client, other = signed_in(person), signed_in(second)
    url, key = url_of(kind, row), f"walk-{kind}"[-50:]
    before = everything()
    for reason in ("", "  \n "):
        page = client.post(url, fields | {"reason": reason, "key": key})
        assert page.context["form"].errors["reason"]
    assert everything() == before

    response = client.post(url, fields | {"reason": WHY, "key": key})
    assert response.status_code == 302, response.context["form"].errors
    if kind in NEEDS_TWO:
        waiting = Approval.objects.get(requested_by=person)
        assert (waiting.kind, waiting.reason, waiting.state) == (kind, WHY, "waiting")
        changed = {table for table, rows in everything().items() if rows != before[table]}
        assert changed == {"users_approval"}
        approve = url_of("users.approval.approve", waiting)
        other.post(approve, {"reason": "Looked at it.", "key": f"second-{kind}"[-50:]})
    entry = AuditEntry.objects.filter(staff=person).get()
    assert (entry.kind, entry.reason) == (kind, WHY), messages_of(response)
    assert entry.approved_by == (second if kind in NEEDS_TWO else None)
    assert entry.target_id == ("" if row is None else str(row.pk))
    if row is None:
        assert entry.asked == fields
    else:
        assert entry.before
        assert entry.after
        assert entry.before != entry.after

    done = everything()
    assert done != before
    client.post(url, fields | {"reason": WHY, "key": key})
    assert everything() == done


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_acts_on_what_is_their_own(kind):
    row, fields = made(kind)
    whose = _registered[kind][1].whose
    if kind in NOBODYS:
        assert row is None or whose(row) is None
        return
    User.objects.filter(pk__in=people_paid(row)).update(is_staff=True)
    concerned = whose(row)
    people = User.objects.filter(pk__in=concerned if isinstance(concerned, tuple) else [concerned])
    assert people
    people.update(is_staff=True, is_superuser=True, is_active=True)
    clients = [signed_in(person) for person in people]
    fresh = type(row).objects.get(pk=row.pk)
    before = everything()
    for client in clients:
        data = fields | {"reason": WHY, "key": f"own-{kind}"[-50:]}
        assert "[own_account]" in messages_of(client.post(url_of(kind, fresh), data))
    assert everything() == before


def people_paid(row) -> list[int]:
    """Those whom a payout batch pays: staff among them must leave it to others."""
    items = getattr(row, "items", None)
    return [] if items is None else list(items.values_list("withdrawal__creator", flat=True))


def test_a_long_reason_is_kept_whole():
    row, fields = made("wallets.account.grant")
    long = "Because of what was said on the phone. " * 20
    person = make_superuser()
    signed_in(person).post(
        url_of("wallets.account.grant", row), fields | {"reason": long, "key": "long"}
    )
    assert AuditEntry.objects.get(staff=person).reason == long.strip()
