"""The creator's pages, as a browser without script sees them."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from creators import tasks
from creators.actions.mailing import send_creator_mail
from creators.actions.streams import end_stream
from creators.models import Creator, CreatorMail, PayoutMethod, Stream, Withdrawal
from creators.selectors.mails import mails_to_send
from tests.creators.make import (
    ask_for,
    diamonds_now,
    give,
    make_creator,
    make_paid_creator,
    make_stream,
)
from tests.make import make_user
from wallets.models import Account
from wallets.selectors.prices import rate_card


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def confirm_email(user) -> None:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def join(client, **changes):
    data = {
        "rate_card": rate_card().pk,
        "rules_version": "1",
        "accept_rate_card": "on",
        "accept_rules": "on",
    } | changes
    return client.post(reverse("become_creator"), data)


def test_becoming_a_creator_and_going_live(committed_db):
    user = make_user()
    confirm_email(user)
    client = signed_in(user)
    assert client.get(reverse("dashboard"))["Location"] == reverse("become_creator")
    page = client.get(reverse("become_creator")).content.decode()
    assert "100 diamonds" in page
    assert "$0.70" in page

    assert join(client)["Location"] == reverse("dashboard")
    creator = Creator.objects.get(pk=user.pk)
    assert (creator.state, creator.rules_version, creator.rate_card) == (
        "approved",
        "1",
        rate_card(),
    )
    kinds = Account.objects.filter(owner=user, asset="DIAMOND.1").values_list("kind", flat=True)
    assert sorted(kinds) == ["available", "clearing", "held"]

    live = client.post(reverse("start_stream"), {"title": "  Evening   songs "})
    stream = Stream.objects.get()
    assert live["Location"] == reverse("stream_summary", args=[stream.place.public_id])
    assert (stream.title, stream.state) == ("Evening songs", "live")
    client.post(reverse("start_stream"), {"title": "Another"})
    assert Stream.objects.count() == 1

    client.post(reverse("end_stream", args=[stream.place.public_id]))
    client.post(reverse("end_stream", args=[stream.place.public_id]))
    stream.refresh_from_db()
    assert (stream.state, stream.ended_why, stream.place.open) == ("ended", "creator", False)
    assert "Thank you for this stream" in client.get(live["Location"]).content.decode()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"rate_card": 999_999}, 409),
        ({"rules_version": "0"}, 409),
        ({"accept_rules": ""}, 200),
        ({"accept_rate_card": ""}, 200),
    ],
)
def test_what_is_not_accepted_makes_no_creator(committed_db, changes, status):
    user = make_user()
    confirm_email(user)
    assert join(signed_in(user), **changes).status_code == status
    assert Creator.objects.count() == 0


def test_an_unconfirmed_address_and_a_young_person_are_refused(committed_db):
    user = make_user()
    answer = join(signed_in(user))
    assert (answer.status_code, Creator.objects.count()) == (403, 0)
    assert "confirm your e-mail" in answer.content.decode()

    confirm_email(user)
    user.date_of_birth = user.date_joined.date()
    user.save()
    assert (join(signed_in(user)).status_code, Creator.objects.count()) == (403, 0)


def test_staff_approve_where_the_site_says_so(committed_db, settings):
    settings.CREATOR_APPROVAL = "staff"
    user = make_user()
    confirm_email(user)
    client = signed_in(user)
    join(client)
    assert Creator.objects.get().state == "applied"
    assert client.post(reverse("start_stream"), {"title": "Songs"}).status_code == 403
    assert Stream.objects.count() == 0
    assert "waits for approval" in client.get(reverse("dashboard")).content.decode()


@pytest.mark.parametrize("title", ["", " ", "x" * 101])
def test_a_stream_needs_a_title(committed_db, title):
    client = signed_in(make_creator().user)
    assert client.post(reverse("start_stream"), {"title": title}).status_code == 200
    assert Stream.objects.count() == 0


def test_the_dashboard_shows_what_was_earned(committed_db):
    creator = make_paid_creator(10_000)
    stream = make_stream(make_creator(make_user()))
    give(make_user(display_name="Bo"), creator.places.get().stream, 1_000, gift="Comet")
    client = signed_in(creator.user)
    for days in ("1", "7", "30", "nonsense"):
        page = client.get(reverse("dashboard"), {"range": days}).content.decode()
        assert re.search(r'data-earned-today><span[^>]* data-diamonds="1000"', page)
        assert "Comet" in page
        assert ">Bo</a>" in page
    table = b"".join(client.get(reverse("earnings_csv"), {"range": "7"})).decode()
    assert len(table.splitlines()) == 2
    other = signed_in(stream.place.creator.user)
    assert "No gifts yet" in other.get(reverse("dashboard")).content.decode()


def test_a_profile_leads_to_the_live_room(committed_db):
    stream = make_stream(title="Harp and rain")
    person = reverse("person", args=[stream.place.creator.user.handle])
    assert "Harp and rain" in Client().get(person).content.decode()
    end_stream(place_id=stream.pk)
    assert "Harp and rain" not in Client().get(person).content.decode()


def test_the_pages_of_another_creator_are_not_there(committed_db):
    creator = make_paid_creator(10_000)
    withdrawal = ask_for(creator, 2_000)
    stream = creator.places.get().stream
    client = signed_in(make_creator().user)
    for name in ("withdrawal", "withdrawal_timeline"):
        assert client.get(reverse(name, args=[withdrawal.public_id])).status_code == 404
    cancel = reverse("cancel_withdrawal", args=[withdrawal.public_id])
    assert client.post(cancel).status_code == 404
    end = reverse("end_stream", args=[stream.place.public_id])
    assert client.post(end).status_code == 404
    assert client.get(reverse("stream_summary", args=[stream.place.public_id])).status_code == 404
    stream.refresh_from_db()
    assert stream.state == "live"
    assert diamonds_now(creator) == (0, 8_000, 2_000, 0)
    for name in ("dashboard", "withdraw", "withdrawals", "payout_method", "earnings_csv"):
        assert Client().get(reverse(name))["Location"].startswith("/accounts/login/")


def test_withdrawing_from_the_page(committed_db, settings):
    settings.WITHDRAWAL_FEE_MINOR = 35
    creator = make_paid_creator(10_000)
    client = signed_in(creator.user)
    page = client.get(reverse("withdraw"), {"diamonds": "2000"}).content.decode()
    fields = dict(re.findall(r'name="(diamonds|shown_minor|key)" value="([^"]+)"', page))
    assert (fields["diamonds"], fields["shown_minor"]) == ("2000", "1365")
    assert "Withdraw $13.65" in page

    first = client.post(reverse("withdraw"), fields)
    again = client.post(reverse("withdraw"), fields)
    withdrawal = Withdrawal.objects.get()
    assert (
        first["Location"] == again["Location"] == reverse("withdrawal", args=[withdrawal.public_id])
    )
    page = client.get(first["Location"]).content.decode()
    assert 'hx-trigger="every 3s"' in page
    assert "3201" in page
    assert "AT61" not in page

    cancelled = client.post(reverse("cancel_withdrawal", args=[withdrawal.public_id]))
    assert cancelled["Location"] == first["Location"]
    part = client.get(reverse("withdrawal_timeline", args=[withdrawal.public_id]))
    assert "hx-trigger" not in part.content.decode()
    assert diamonds_now(creator) == (0, 10_000, 0, 0)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"diamonds": "-5"}, 422),
        ({"diamonds": "1.5"}, 422),
        ({"diamonds": ""}, 422),
        ({"diamonds": "99999999999999999999999"}, 409),
        ({"shown_minor": "1401"}, 409),
        ({"key": "x"}, 422),
        ({"diamonds": "100", "shown_minor": "70"}, 409),
    ],
)
def test_a_bad_request_to_withdraw_moves_nothing(committed_db, changes, status):
    creator = make_paid_creator(10_000)
    data = {
        "diamonds": "2000",
        "shown_minor": "1400",
        "key": "0196f0a4-8f4a-7c3e-9a52-0123456789ab",
    } | changes
    assert signed_in(creator.user).post(reverse("withdraw"), data).status_code == status
    assert Withdrawal.objects.count() == 0
    assert diamonds_now(creator) == (0, 10_000, 0, 0)


def test_payout_details_ask_who_it_is_and_are_masked(committed_db):
    user = make_user(password="a long and plain sentence")
    make_creator(user)
    client = signed_in(user)
    data = {"payee_name": "Ada Lin", "instructions": "IBAN AT61 1904 3002 3457 3201"}
    asked = client.post(reverse("payout_method"), data)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert PayoutMethod.objects.count() == 0

    client.post(asked["Location"], {"password": "a long and plain sentence"})
    assert client.post(reverse("payout_method"), data)["Location"] == reverse("payout_method")
    assert PayoutMethod.objects.get().payee_name == "Ada Lin"
    page = client.get(reverse("payout_method")).content.decode()
    assert "3201" in page
    assert "1904" not in page


def test_mails_are_sent_once_and_survive_a_broken_server(committed_db, settings):
    creator = make_paid_creator(10_000)
    CreatorMail.objects.all().delete()
    withdrawal = ask_for(creator, 2_000)
    (mail_id,) = mails_to_send()

    settings.EMAIL_BACKEND = "nowhere.Backend"
    with pytest.raises(ModuleNotFoundError):
        send_creator_mail(mail_id)
    assert mails_to_send() == []  # it waits before the next try
    CreatorMail.objects.update(try_after=None)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    tasks.send_one_mail(mail_id)
    tasks.send_one_mail(mail_id)

    assert [message.to for message in mail.outbox] == [[creator.user.email]]
    assert mail.outbox[0].subject == "You asked for $14.00"
    assert str(withdrawal.public_id) in mail.outbox[0].body
    assert "AT61" not in mail.outbox[0].body
    assert mails_to_send() == []


@pytest.mark.parametrize(
    "state", ["requested", "approved", "sent", "paid", "failed", "returned", "cancelled", "refused"]
)
def test_every_step_has_a_mail_that_says_it(committed_db, state):
    creator = make_paid_creator(10_000)
    withdrawal = ask_for(creator, 2_000)
    event = withdrawal.events.create(state=state, note="R-1 & <b>")
    queued = CreatorMail.objects.create(kind="withdrawal", ref=event.pk, created=event.created)
    mail.outbox = []
    send_creator_mail(queued.pk)
    (sent,) = mail.outbox
    assert isinstance(sent, mail.EmailMultiAlternatives)
    assert "$14.00" in sent.subject
    html = str(sent.alternatives[0][0])
    assert "<b>" not in html
    if state in ("paid", "failed", "returned", "refused"):
        assert "R-1 & <b>" in sent.body


def test_a_title_is_read_by_the_filter_before_followers_get_it(committed_db):
    creator = make_creator()
    client = signed_in(creator.user)
    answer = client.post(reverse("start_stream"), {"title": "Free coins at www.example.com"})
    assert answer.status_code == 422
    assert not Stream.objects.exists()
