"""What the demo has of trouble, made for people who are live."""

import pytest
from django.utils import timezone

from gifteconomy.demo.cast import CAST, LIVE_NOW
from gifteconomy.demo.trouble import make_trouble
from gifts.models import ChatLine
from gifts.selectors import latest_lines
from tests.creators.make import make_creator, make_stream
from tests.make import make_staff, make_user
from users.models import Block, Report

pytestmark = pytest.mark.django_db


def test_reports_and_blocks_are_made_once(client):
    people = {person.handle: make_user(handle=person.handle) for person in CAST}
    for host in LIVE_NOW:
        make_stream(make_creator(people[host.handle]))
    for _ in range(2):
        make_trouble(people, now=timezone.now())
    assert Report.objects.count() == 5
    assert Block.objects.count() == 3
    assert [line["text"] for line in latest_lines(ChatLine.objects.first().place_id)]
    first = Report.objects.first()
    assert (first.urgent, first.state) == (True, "waiting")
    assert all("place" in one.seen for one in Report.objects.all())
    staff = make_staff("moderation")
    client.force_login(staff)
    page = client.get("/admin/users/report/?to_do=yes")
    assert page.status_code == 200
    assert len(page.context["cl"].result_list) == 4
    assert client.get(f"/admin/users/report/{first.pk}/change/").status_code == 200
