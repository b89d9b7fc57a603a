"""Own limits: lower at once, higher after a day and a second yes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.make import make_user
from users.actions.own_limits import RAISE_STANDS, RAISE_WAITS, confirm_raise, set_own_limit
from users.errors import AlreadySo, RaiseLapsed, RaiseWaits
from users.models import OwnLimit

pytestmark = pytest.mark.django_db
A_DAY = {"asset": "coins", "period": "day"}


def asked_hours_ago(hours: int) -> None:
    OwnLimit.objects.update(raise_asked=timezone.now() - timedelta(hours=hours))


def test_a_lower_limit_holds_at_once_and_a_higher_one_after_a_day_and_a_second_yes():
    user = make_user()
    assert set_own_limit(user, **A_DAY, most=100).most == 100
    assert set_own_limit(user, **A_DAY, most=60).most == 60
    asked = set_own_limit(user, **A_DAY, most=200)
    assert (asked.most, asked.raised_to) == (60, 200)
    with pytest.raises(RaiseWaits):
        confirm_raise(user, **A_DAY)
    asked_hours_ago(23)
    with pytest.raises(RaiseWaits):
        confirm_raise(user, **A_DAY)
    assert OwnLimit.objects.get().most == 60
    asked_hours_ago(24)
    assert confirm_raise(user, **A_DAY).most == 200
    with pytest.raises(AlreadySo):
        confirm_raise(user, **A_DAY)


def test_a_raise_lapses_a_week_after_it_could_be_confirmed_and_says_so(client):
    user = make_user()
    client.force_login(user)
    set_own_limit(user, **A_DAY, most=100)
    set_own_limit(user, **A_DAY, most=500)
    stands = RAISE_WAITS + RAISE_STANDS
    asked_hours_ago(stands // timedelta(hours=1) - 1)
    assert "Yes, I want it" in client.get("/account/limits/").content.decode()
    asked_hours_ago(stands // timedelta(hours=1))
    page = client.get("/account/limits/").content.decode()
    assert "did not say yes in time" in page
    assert "Yes, I want it" not in page
    with pytest.raises(RaiseLapsed):
        confirm_raise(user, **A_DAY)
    assert OwnLimit.objects.get().most == 100
    # Asked for anew, it waits anew.
    set_own_limit(user, **A_DAY, most=500)
    with pytest.raises(RaiseWaits):
        confirm_raise(user, **A_DAY)


def test_a_limit_goes_only_after_a_day_and_a_second_yes():
    user = make_user()
    with pytest.raises(AlreadySo):
        set_own_limit(user, **A_DAY, most=None)
    set_own_limit(user, **A_DAY, most=100)
    set_own_limit(user, **A_DAY, most=None)
    assert OwnLimit.objects.get().most == 100
    asked_hours_ago(25)
    assert confirm_raise(user, **A_DAY) is None
    assert not OwnLimit.objects.exists()


def test_lowering_takes_back_what_was_asked_for():
    user = make_user()
    set_own_limit(user, **A_DAY, most=100)
    set_own_limit(user, **A_DAY, most=500)
    asked_hours_ago(30)
    set_own_limit(user, **A_DAY, most=100)
    with pytest.raises(AlreadySo):
        confirm_raise(user, **A_DAY)
    assert OwnLimit.objects.get().most == 100
