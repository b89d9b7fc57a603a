"""One click makes a visitor somebody, in the demo only; mails are kept and can be read."""

import re
from io import StringIO

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.urls import reverse

from gifteconomy.demo.cast import FAN, FINANCE, LIVE_NOW, SECOND_FINANCE
from gifteconomy.demo.mailbox import KEPT, DemoMailbox
from gifteconomy.demo.models import Mail, Visit
from gifteconomy.demo.roles import NEWCOMER, NUMBERS, Role, link_to
from tests.creators.make import make_creator, make_stream
from tests.make import make_staff, make_user
from users.models import User
from users.selectors import handle_problem
from wallets.selectors.balances import coins_of

PAGES = ["/demo/be/", "/demo/steps/", "/demo/mail/", "/demo/mail/1/", "/demo/mail/1/html/"]


@pytest.fixture
def cast(db, settings):
    """The few of the cast whom the links are about, and the busy room."""
    settings.DEMO = True
    make_user(FAN, is_demo=True)
    make_staff("finance", handle=FINANCE, is_demo=True)
    make_staff("finance", handle=SECOND_FINANCE, is_demo=True)
    host = make_creator(make_user(LIVE_NOW[0].handle, is_demo=True))
    return make_stream(host)


@pytest.mark.django_db
def test_every_newcomer_may_have_the_number_that_is_drawn():
    drawn = [NUMBERS[0], NUMBERS[-1], *NUMBERS[::89_989]]
    assert {number: handle_problem(f"newcomer_{number}") for number in drawn} == dict.fromkeys(
        drawn
    )


def who(client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


@pytest.mark.django_db
@pytest.mark.parametrize("page", [*PAGES, *Role])
def test_outside_of_the_demo_there_is_nothing(client, settings, page):
    settings.DEMO = False
    path = link_to(page) if isinstance(page, Role) else page
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404
    assert not User.objects.exists()
    assert not Visit.objects.exists()


@pytest.mark.django_db
def test_outside_of_the_demo_no_page_has_the_bar(client, settings):
    page = client.get("/accounts/login/").content.decode()
    assert "demo-bar" not in page
    settings.DEMO = True
    assert 'id="demo-bar"' in client.get("/accounts/login/").content.decode()


def test_a_link_that_was_made_up_leads_nowhere(cast, client):
    before = User.objects.count()
    assert client.get("/demo/as/viewer/").status_code == 404
    assert client.get(link_to(Role.STAFF)[:-2] + "/").status_code == 404
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == before


@pytest.mark.parametrize(
    ("role", "handle"),
    [
        (Role.FAN, FAN),
        (Role.CREATOR, LIVE_NOW[0].handle),
        (Role.STAFF, FINANCE),
        (Role.COLLEAGUE, SECOND_FINANCE),
    ],
)
def test_a_link_signs_in_without_a_password(cast, client, role, handle):
    assert client.get(link_to(role)).status_code == 302
    assert who(client).handle == handle
    assert who(client) in Visit.objects.get().people.all()


def test_each_viewer_by_link_is_a_new_one_with_no_coins(cast, client):
    found = []
    for _ in range(2):
        answer = client.get(link_to(Role.VIEWER))
        assert answer["Location"] == reverse("room", args=[cast.place.public_id])
        found.append(who(client))
    first, second = found
    assert first != second
    assert [coins_of(user.pk) for user in found] == [0, 0]
    assert all(user.is_demo and user.email.startswith(NEWCOMER) for user in found)


def test_switching_keeps_the_room_and_the_viewer_of_the_visit(cast, client):
    room = reverse("room", args=[cast.place.public_id])
    assert client.post("/demo/be/", {"role": "viewer", "next": room})["Location"] == room
    viewer = who(client)
    client.post("/demo/be/", {"role": "creator", "next": room})
    assert who(client).handle == LIVE_NOW[0].handle
    client.post("/demo/be/", {"role": "viewer", "next": room})
    assert who(client) == viewer
    assert Visit.objects.get().people.count() == 2


def test_the_creator_is_the_one_of_the_room(cast, client):
    other = make_stream(make_creator(make_user(is_demo=True)))
    room = reverse("room", args=[other.place.public_id])
    client.post("/demo/be/", {"role": "creator", "next": room})
    assert who(client) == other.place.creator.user


def test_nobody_becomes_a_person_who_is_not_of_the_demo(cast, client):
    real = make_stream(make_creator())
    room = reverse("room", args=[real.place.public_id])
    client.post("/demo/be/", {"role": "creator", "next": room})
    assert who(client).handle == LIVE_NOW[0].handle
    User.objects.filter(handle=FAN).update(is_demo=False)
    assert client.post("/demo/be/", {"role": "fan"}).status_code == 404


@pytest.mark.parametrize("wrong", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_a_switch_leads_to_this_site_only(cast, client, wrong):
    answer = client.post("/demo/be/", {"role": "creator", "next": wrong})
    assert answer["Location"] == reverse("dashboard")
    assert client.post("/demo/be/", {"role": "nobody"}).status_code == 404


def test_switching_needs_the_page_s_token(cast, client):
    client.handler.enforce_csrf_checks = True
    assert client.post("/demo/be/", {"role": "staff"}).status_code == 403
    assert "_auth_user_id" not in client.session


def test_the_command_prints_links_that_work(cast, client, settings):
    out = StringIO()
    call_command("demo_links", stdout=out)
    links = re.findall(rf"{settings.SITE_URL}(/demo/as/\S+)", out.getvalue())
    assert len(links) == len(Role)
    assert f"{settings.SITE_URL}/demo/mail/" in out.getvalue()
    for path in links:
        assert client.get(path).status_code == 302
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO is off"):
        call_command("demo_links")


# --- mails ----------------------------------------------------------------------------------------
def keep(to: str, subject: str) -> Mail:
    message = EmailMultiAlternatives(subject, "See https://example.org/x", "a@b.example", [to])
    message.attach_alternative(
        "<html><head></head><body><script>1</script><p>Häuser</p></body></html>", "text/html"
    )
    DemoMailbox().send_messages([message])
    return Mail.objects.latest("pk")


def test_mails_are_kept_and_read_newest_first(cast, client):
    client.get(link_to(Role.FAN))
    mine = who(client).email
    keep(mine, "First")
    found = keep(mine, "Second")
    keep("somebody@demo.example", "Not mine")
    page = client.get("/demo/mail/").content.decode()
    assert page.index("Second") < page.index("First")
    assert "Not mine" not in page
    assert "Not mine" in client.get("/demo/mail/?all").content.decode()

    text = client.get(f"/demo/mail/{found.pk}/").content.decode()
    assert 'href="https://example.org/x"' in text
    assert 'sandbox="allow-popups' in text
    frame = client.get(f"/demo/mail/{found.pk}/html/")
    assert "Häuser" in frame.content.decode()
    policy = frame["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-popups" in policy
    assert frame["X-Frame-Options"] == "SAMEORIGIN"


def test_the_newest_mails_are_kept_and_the_others_go(db):
    message = EmailMultiAlternatives("Subject", "Text", "a@b.example", ["c@d.example"])
    for _ in range(3):
        DemoMailbox().send_messages([message] * 120)
    assert Mail.objects.count() == KEPT
    assert django_mail.outbox == []
