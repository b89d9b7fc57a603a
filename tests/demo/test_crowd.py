"""The crowd sends through real sockets what it says it sends, and buys its coins on real pages."""

import re

import pytest
from django.core.management import CommandError, call_command

from gifteconomy.demo.cast import FAN, GUESTS, LIVE_NOW
from gifteconomy.demo.crowd.browser import Page
from gifts.models import SentGift
from tests.creators.make import make_creator, make_stream
from tests.make import make_user
from users.models import User
from wallets.check import ledger_check
from wallets.models import Recharge

pytestmark = pytest.mark.slow

SENDERS = [guest.handle for guest in GUESTS if guest.handle != FAN][:4]


def make_room():
    for handle in SENDERS:
        make_user(handle, is_demo=True, country="AT")
    return make_stream(make_creator(make_user(LIVE_NOW[0].handle, is_demo=True)))


@pytest.mark.site(environment={"DEMO": "1"})
def test_the_crowd_sends_what_it_says(live_site):
    room = make_room()
    said = live_site.manage(
        "simulate_crowd", "--viewers", "6", "--rate", "3", "--seconds", "10",
        "--room", str(room.place.public_id),
    )  # fmt: skip
    [(gifts, coins, waiting)] = re.findall(
        r"sent (\d+) gifts of (\d+) coins; refused: .*; without an answer: (\d+)", said
    )
    sent = SentGift.objects.filter(place_id=room.pk)
    assert int(waiting) == 0
    assert sent.count() == int(gifts)
    assert sum(sent.values_list("coins", flat=True)) == int(coins)
    # They began with nothing, so each who sent has bought first.
    assert int(gifts) > 0
    buyers = set(Recharge.objects.filter(state="credited").values_list("buyer", flat=True))
    assert set(sent.values_list("sender_id", flat=True)) <= buyers
    assert buyers <= set(User.objects.filter(handle__in=SENDERS).values_list("pk", flat=True))
    assert "6 of 6 here" in said
    assert ledger_check() == []


@pytest.mark.django_db
def test_outside_of_the_demo_there_is_no_crowd(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO is off"):
        call_command("simulate_crowd")


@pytest.mark.django_db
def test_numbers_that_make_no_crowd_are_refused(settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="above 0"):
        call_command("simulate_crowd", "--viewers", "0")
    with pytest.raises(CommandError, match="Nobody is live"):
        call_command("simulate_crowd")


def test_forms_are_read_as_a_person_would_send_them():
    page = Page(
        "/a/",
        """<form id="outside"><input name="x" value="1"></form><main>
        <form id="first" action="/b/"><input type="hidden" name="key" value="k">
        <input type="radio" name="choice" value="70"><input type="radio" name="choice" value="350"
        checked><input type="checkbox" name="consent" value="on"></form>
        <form method="post"><input name="y" value="2"></form></main>""",
    )
    first = page.form(id="first")
    assert (first.action, first.fields) == ("/b/", {"key": "k", "choice": "350"})
    assert page.form(1).fields == {"y": "2"}
