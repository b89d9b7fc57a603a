"""The five ticks come from rows, each when its row is there and not before."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from creators.actions.withdrawals import approve_withdrawal, request_withdrawal
from creators.models import Withdrawal
from creators.selectors.payouts import withdrawal_quote
from gifteconomy.demo import roles
from gifteconomy.demo.bar import bar_context
from gifteconomy.demo.cast import FAN, FINANCE, LIVE_NOW
from gifteconomy.demo.models import Visit
from gifteconomy.demo.roles import Role
from gifteconomy.demo.steps import done_in, next_step, steps_of
from tests.creators.make import make_paid_creator, make_stream
from tests.gifts.make import make_gift, send
from tests.make import make_staff, make_user
from users.models import User
from wallets.actions.crediting import credit_recharge
from wallets.actions.recharges import start_recharge
from wallets.models import OfflinePayment
from wallets.money import Money
from wallets.providers import offline


@pytest.fixture
def room(committed_db, settings):
    """The busy room, whose creator can withdraw."""
    settings.DEMO = True
    make_user(FAN, is_demo=True)
    make_staff("finance", handle=FINANCE, is_demo=True)
    creator = make_paid_creator(10_000)
    User.objects.filter(pk=creator.pk).update(is_demo=True, handle=LIVE_NOW[0].handle)
    creator.refresh_from_db()
    place = creator.places.get(open=True)
    return place.stream


def done(client) -> list[str]:
    """The names of the steps that the bar shows as done."""
    visit = Visit.objects.get()
    return [step.name for step in steps_of(done_in(visit), None) if step.done]


def buy(user: User, coins: int) -> None:
    recharge = start_recharge(
        buyer=user, coins=coins, country="US", method="offline", key=f"buy-{coins}", consent=True
    ).recharge
    payment = OfflinePayment.objects.get(key=recharge.public_id)
    offline.receive(payment, Money(payment.amount, payment.currency))
    credit_recharge(recharge.pk, by="return")


def be(client, role: Role) -> User:
    client.post("/demo/be/", {"role": role})
    return User.objects.get(pk=client.session["_auth_user_id"])


def test_each_step_is_done_when_its_row_is_there(room, client):
    viewer = be(client, Role.VIEWER)
    assert done(client) == []

    buy(viewer, 100)
    assert done(client) == ["recharge"]

    gift = make_gift(30)
    sent = send(viewer, room, gift).or_raise().details["gift_id"]
    assert done(client) == ["recharge", "send"]
    # The room is where one is already, and yet the other window has to be opened.
    there = reverse("room", args=[room.place.public_id])
    assert not bar_context(visit=Visit.objects.get(), user=viewer, at=there)["is_there"]

    client.post("/demo/steps/", {"at": "/", "seen": sent})
    assert done(client) == ["recharge", "send", "window"]

    creator = be(client, Role.CREATOR)
    assert creator.pk == room.place.creator_id
    client.post("/demo/steps/", {"at": "/wallet/"})
    assert "creator" not in done(client)
    client.post("/demo/steps/", {"at": reverse("dashboard")})
    assert done(client) == ["recharge", "send", "window", "creator"]

    plan = withdrawal_quote(creator.pk).plan(2_000)
    request_withdrawal(
        creator_id=creator.pk, diamonds=2_000, shown_minor=plan.paid_minor, key="withdrawal-1"
    )
    assert "withdraw" not in done(client)
    staff = be(client, Role.STAFF)
    withdrawal = Withdrawal.objects.get()
    if withdrawal.state == Withdrawal.State.REQUESTED:
        approve_withdrawal(withdrawal.pk, staff_id=staff.pk)
        assert len(done(client)) == 5
        assert next_step(steps_of(done_in(Visit.objects.get()), staff)) is None


@pytest.fixture(autouse=True)
def every_withdrawal_waits(settings):
    """As in the demo."""
    settings.WITHDRAWAL_REVIEW_MINOR = 0


def test_what_others_do_and_what_was_done_before_is_no_step(room, client):
    fan = be(client, Role.FAN)
    visit = Visit.objects.get()
    buy(make_user(), 200)
    assert done(client) == []
    buy(fan, 100)
    send(fan, room, make_gift(30)).or_raise()
    assert done(client) == ["recharge", "send"]
    later = timezone.now() + datetime.timedelta(seconds=1)
    Visit.objects.filter(pk=visit.pk).update(began=later)
    assert done(client) == []


def test_a_window_that_claims_another_s_gift_has_seen_nothing(room, client):
    stranger = make_user()
    buy(stranger, 100)
    foreign = send(stranger, room, make_gift(30)).or_raise().details["gift_id"]
    be(client, Role.FAN)
    client.post("/demo/steps/", {"at": "/", "seen": foreign})
    assert done(client) == []
    assert client.post("/demo/steps/", {"at": "/", "seen": "no id"}).status_code == 404


def test_an_automatic_approval_is_no_step(room, client, settings):
    settings.WITHDRAWAL_REVIEW_MINOR = 50_000
    creator = be(client, Role.CREATOR)
    be(client, Role.STAFF)
    plan = withdrawal_quote(creator.pk).plan(2_000)
    request_withdrawal(
        creator_id=creator.pk, diamonds=2_000, shown_minor=plan.paid_minor, key="withdrawal-1"
    )
    assert Withdrawal.objects.get().state == Withdrawal.State.APPROVED
    assert done(client) == []


def test_the_page_gets_a_new_bar_only_when_something_changed(room, client):
    viewer = be(client, Role.VIEWER)
    answer = client.post("/demo/steps/", {"at": "/"})
    assert answer.status_code == 200
    version = answer.content.decode().partition('data-version="')[2][:16]
    assert client.post("/demo/steps/", {"at": "/", "had": version}).status_code == 204
    buy(viewer, 100)
    fresh = client.post("/demo/steps/", {"at": "/", "had": version})
    assert fresh.status_code == 200
    assert 'data-step="recharge" data-done' in fresh.content.decode()


def test_who_signed_up_as_everybody_does_has_a_visit_too(room, client):
    person = make_user()
    client.force_login(person)
    client.post("/demo/steps/", {"at": "/"})
    buy(person, 100)
    assert done(client) == ["recharge"]


@pytest.mark.parametrize("role", list(Role)[:4])
def test_every_step_says_how_to_go_on(room, client, role):
    user = be(client, role)
    steps = steps_of(done_in(Visit.objects.get()), user)
    assert [step.name for step in steps] == ["recharge", "send", "window", "creator", "withdraw"]
    for step in steps:
        assert step.hint
        assert step.way.label
        assert step.way.url.startswith("/")


def test_the_creator_for_a_visit_is_who_got_its_gift(room, client):
    other = make_stream()
    User.objects.filter(pk=other.place.creator_id).update(is_demo=True)
    viewer = be(client, Role.VIEWER)
    buy(viewer, 100)
    send(viewer, other, make_gift(30)).or_raise()
    assert roles.somebody(Role.CREATOR, visit=Visit.objects.get()).pk == other.place.creator_id
