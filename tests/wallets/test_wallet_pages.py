"""The wallet, the prices, and what each of them says."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.make import make_user
from tests.wallets import economy
from tests.wallets.recharging import bought
from wallets import descriptions
from wallets.actions.prices import announce_rate_card
from wallets.check import ledger_check
from wallets.descriptions import Description
from wallets.selectors.movements import movements_of


@pytest.fixture
def person(committed_db):
    yield make_user("mirabelle", country="AT")
    assert ledger_check() == []


@pytest.fixture
def client(person):
    client = Client()
    client.force_login(person)
    return client


def test_an_empty_wallet_offers_to_recharge(client):
    html = client.get("/wallet/").content.decode()
    assert "No coins yet" in html
    assert 'href="/wallet/recharge/"' in html
    assert 'data-coins="0"' in html
    assert client.get("/wallet/balance.json").json() == {"coins": 0, "money": "$0.00"}


def test_the_wallet_shows_what_moved(client, person):
    recharge = bought(person, 1_000)
    creator = make_user()
    economy.gift(person, creator, 400)
    html = client.get("/wallet/").content.decode()
    assert 'data-coins="600"' in html
    assert "$6.00" in html
    assert re.findall(r'data-movement="(\w+)"', html) == ["gift", "recharge"]
    assert f'href="/wallet/recharges/{recharge.public_id}/receipt/"' in html
    assert 'data-coins="-400"' in html
    assert client.get("/wallet/balance.json").json() == {"coins": 600, "money": "$6.00"}


def test_movements_are_paged_by_id_and_none_is_missed(person):
    for coins in range(10, 22):
        bought(person, coins)
    seen, before = [], None
    while True:
        page = movements_of(person.pk, before=before, limit=5)
        seen += [line.movement.coins for line in page.lines]
        before = page.older
        if before is None:
            break
    assert seen == list(range(21, 9, -1))


def test_older_movements_have_a_page(client, person, monkeypatch):
    for coins in (10, 20, 30):
        bought(person, coins)
    monkeypatch.setattr(
        "wallets.views.movements_of", lambda *a, **k: movements_of(*a, **k, limit=2)
    )
    html = client.get("/wallet/").content.decode()
    older = re.search(r'href="(/wallet/\?before=[^"]+)"', html).group(1)
    html = client.get(older).content.decode()
    assert html.count("data-movement=") == 1
    assert 'href="/wallet/" rel="prev"' in html
    assert client.get("/wallet/?before=nonsense").status_code == 200


def test_an_app_describes_its_own_movements(person, monkeypatch):
    monkeypatch.setattr(descriptions, "_describe", dict(descriptions._describe))
    asked = []

    def describe(movements):
        asked.append(len(movements))
        return {movements[0].id: Description(text="Tulip for Mira", url="/gifts/1/", mark="gift")}

    descriptions.register("gift", describe)
    bought(person, 100)
    creator = make_user()
    economy.gift(person, creator, 10)
    economy.gift(person, creator, 20)
    texts = [str(line.description.text) for line in movements_of(person.pk).lines]
    assert texts == ["Tulip for Mira", "Gift", "Recharge"]
    assert asked == [2]


@pytest.mark.django_db
def test_rates_show_the_card_in_force_and_the_share():
    html = Client().get("/rates/?country=AT").content.decode()
    assert 'data-share="8400"' in html
    assert "84%" in html
    assert "A diamond pays $0.007." in html
    assert "Nothing is announced." in html
    assert 'data-share="7000"' in Client().get("/rates/").content.decode()
    assert 'data-share="7000"' in Client().get("/rates/?country=XYZ").content.decode()


@pytest.mark.django_db
def test_rates_show_what_is_to_come_and_what_changed():
    card = announce_rate_card(
        starts=timezone.now() + timedelta(days=40),
        diamonds_per_coin=2,
        diamond_value_millionths=3_600,
        note="Rounder numbers.",
    )
    html = Client().get(f"/rates/?from=1&to={card.pk}").content.decode()
    assert "A coin gives 2 diamonds that pay $0.0036 each. Rounder numbers." in html
    assert "Diamonds for a coin: 1 → 2." in html
    assert "Value of a diamond, in millionths: 7,000 → 3,600." in html
    assert "data-compared" in html
    assert 'data-share="7000"' in html
    assert "data-compared" not in Client().get("/rates/?from=x&to=9999").content.decode()
