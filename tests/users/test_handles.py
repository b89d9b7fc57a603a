"""Which names can be had, and by whom."""

import datetime
import threading

import pytest
from django.db import DataError, IntegrityError, connection
from django.utils import timezone

from tests.make import make_user
from users import locks, names, selectors
from users.actions import people
from users.errors import AlreadySo, HandleRefused, HandleTooSoon, NameRefused, Refusal
from users.models import FormerHandle, User

EVASIONS = """
    admin ADMIN Adm1n adm1n_ _admin_ adrnin admin_anna anna_admin Admin2024 the_admin theadmin
    staff 5taff staff_ real_support supportteam Support_Team2 suppor7 moderat0r mod m0d mods
    official 0fficial officiallive gifteconomy_support help_desk_official system sy5tem
    wallet wa11et vvallet w4llet live l1ve 1ive liVe_ login terms none null www api
"""
INNOCENT = """
    anna badminton administer staffordshire stafford supporter_jo livia alive_anna modern_art model
    moddy lego rooty giftbox coinflip wally anna1988 trusty securely legally robin sofia mary_1
    clara staffan reporter_jane paymaster modibo appleby theo botanist helpful teamwork livelove
    roots123 safety_dance security_guard_joe finance_bro lawandorder livestock walletta
"""
MALFORMED = [
    "",
    "ab",
    "a" * 31,
    "an na",
    "anna!",
    "ann-a",
    "@anna",
    "аnnа",
    "änna",
    "anna\n",
    "ﬁnn",
]


@pytest.mark.parametrize("handle", EVASIONS.split())
def test_names_of_the_site_are_refused(db, handle):
    assert selectors.handle_problem(handle) == "reserved"


@pytest.mark.parametrize("handle", INNOCENT.split())
def test_innocent_names_are_free(db, handle):
    assert selectors.handle_problem(handle) is None


@pytest.mark.parametrize("handle", MALFORMED)
def test_malformed_names_are_refused(db, handle):
    assert selectors.handle_problem(handle) == "format"
    with pytest.raises((IntegrityError, DataError)):
        User.objects.create(email="x@example.org", handle=handle)


@pytest.mark.parametrize(
    "look_alike", ["MOLLY_B", "mollyb", "m0lly_b", "mo1ly_b", "molIy_b", "rnolly_b", "_molly_b_"]
)
def test_look_alikes_of_people_are_refused(db, look_alike):
    make_user("molly_b")
    assert selectors.handle_problem(look_alike) == "taken"
    with pytest.raises(IntegrityError):
        User.objects.create(email="x@example.org", handle=look_alike)


def test_bulk_writes_keep_the_skeleton(db):
    User.objects.bulk_create([User(email="x@example.org", handle="Molly_B")])
    assert User.objects.get().handle_skeleton == names.skeleton("mollyb")


@pytest.mark.parametrize(
    "name", ["Аdmin", "ＳＵＰＰＯＲＴ", "Οfficial", "st\u0430ff", "Ádmin", "S u p p o r t"]
)
def test_shown_names_do_not_look_like_staff(db, name):
    user = make_user()
    with pytest.raises(NameRefused):
        people.save_profile(user, display_name=name, bio="", country="")
    assert User.objects.get(pk=user.pk).display_name == ""


@pytest.mark.parametrize("name", ["Анна", "Ünal Ö.", "山田", "Admiral Tom", "👩\u200d🚀 Mia"])
def test_shown_names_are_free_in_any_alphabet(db, name):
    user = make_user()
    people.save_profile(user, display_name=name, bio="", country="")
    assert User.objects.get(pk=user.pk).display_name == name


def test_what_is_not_seen_is_taken_out_of_texts(db):
    user = make_user()
    people.save_profile(
        user, display_name=" Mia\u202e\u0000 \n R ", bio="one\r\n\r\n\r\n\r\ntwo\u2066", country=""
    )
    user.refresh_from_db()
    assert (user.display_name, user.bio) == ("Mia R", "one\n\ntwo")


# --- Changing ---------------------------------------------------------------------------------


def at(user: User, days_ago: int) -> None:
    User.objects.filter(pk=user.pk).update(
        handle_changed_at=timezone.now() - datetime.timedelta(days=days_ago)
    )
    user.refresh_from_db()


def test_a_handle_changes_once_in_thirty_days(db):
    user = make_user("first_one")
    people.change_handle(user, handle="second_one")
    user.refresh_from_db()
    with pytest.raises(HandleTooSoon) as refused:
        people.change_handle(user, handle="third_one")
    again = timezone.localdate(user.handle_changed_at + datetime.timedelta(days=30))
    assert refused.value.details == {"days": 30, "until": again.isoformat()}
    assert User.objects.get(pk=user.pk).handle == "second_one"

    at(user, 29)
    with pytest.raises(HandleTooSoon):
        people.change_handle(user, handle="third_one")
    at(user, 31)
    people.change_handle(user, handle="third_one")
    assert User.objects.get(pk=user.pk).handle == "third_one"


def test_the_old_handle_stays_with_its_owner_for_ninety_days(db):
    user, other = make_user("first_one"), make_user("somebody_else")
    people.change_handle(user, handle="second_one")
    assert selectors.handle_problem("f1rst_one") == "taken"
    with pytest.raises(HandleRefused):
        people.change_handle(other, handle="first_one")
    assert User.objects.get(pk=other.pk).handle == "somebody_else"
    assert not FormerHandle.objects.filter(user=other).exists()

    user.refresh_from_db()
    at(user, 31)
    people.change_handle(user, handle="first_one")
    FormerHandle.objects.update(kept_until=timezone.now() - datetime.timedelta(seconds=1))
    assert selectors.handle_problem("second_one") is None


def test_changing_only_the_case_is_a_change(db):
    user = make_user("first_one")
    people.change_handle(user, handle="First_One")
    assert User.objects.get(pk=user.pk).handle == "First_One"
    with pytest.raises(AlreadySo):
        people.change_handle(User.objects.get(pk=user.pk), handle="First_One")


def test_the_profile_moves_with_the_handle(db, client):
    user = make_user("first_one", display_name="Mia")
    people.change_handle(user, handle="second_one")
    assert client.get("/@first_one/").headers["Location"] == "/@second_one/"
    assert client.get("/@SECOND_one/").headers["Location"] == "/@second_one/"
    assert b"Mia" in client.get("/@second_one/").content
    FormerHandle.objects.update(kept_until=timezone.now())
    assert client.get("/@first_one/").status_code == 404


def race(jobs) -> list[str]:
    """Run the jobs at once; the outcome of each by name."""
    outcomes, start = [""] * len(jobs), threading.Barrier(len(jobs))

    def work(number: int) -> None:
        start.wait()
        try:
            jobs[number]()
            outcomes[number] = "done"
        except Refusal as refusal:
            outcomes[number] = refusal.code
        except IntegrityError:
            outcomes[number] = "IntegrityError"
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def take_one_name(users: list[User]) -> list[str]:
    wishes = ["the_one_name", "theonename", "the_0ne_name", "The_One_Name"]
    return race(
        [
            lambda user=user, wish=wish: people.change_handle(user, handle=wish)
            for user, wish in zip(users, wishes, strict=True)
        ]
    )


def test_one_of_many_gets_the_name(committed_db):
    outcomes = take_one_name([make_user() for _ in range(4)])
    assert sorted(outcomes) == ["done", "handle", "handle", "handle"]


def test_without_the_lock_the_database_refuses_less_kindly(committed_db, monkeypatch):
    """The negative control: the unique index still holds, but people would see an error page."""
    monkeypatch.setattr(locks, "lock_handles", lambda *handles: None)
    seen = set()
    for _ in range(10):
        outcomes = take_one_name([make_user() for _ in range(4)])
        assert outcomes.count("done") == 1
        seen |= set(outcomes)
        if "IntegrityError" in seen:
            break
        User.objects.filter(handle_skeleton=names.skeleton("the_one_name")).update(
            handle="gone_again", handle_skeleton="gone"
        )
        FormerHandle.objects.all().delete()
        User.objects.exclude(handle_skeleton="gone").update(is_active=False)
    assert "IntegrityError" in seen


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("mia.stone@example.org", "mia_stone"),
        ("MIA+shop@example.org", "mia"),
        ("müller@example.org", "muller"),
        ("a@example.org", "viewer"),
        ("admin@example.org", "viewer"),
        ("李@example.org", "viewer"),
        ("", "viewer"),
        ("x" * 60 + "@example.org", "x" * 25),
    ],
)
def test_suggestions_come_from_the_address(db, text, base):
    free = selectors.free_handle(text)
    assert free.startswith(base)
    assert selectors.handle_problem(free) is None


def test_suggestions_are_free(db):
    make_user("mia_stone")
    free = selectors.free_handle("mia.stone@example.org")
    assert free != "mia_stone"
    assert selectors.handle_problem(free) is None


def test_the_form_can_ask_whether_a_handle_is_free(db, client):
    make_user("mia_stone")
    answer = client.get("/accounts/handle/", {"handle": "m1a_stone"}).json()
    assert (answer["free"], bool(answer["text"])) == (False, True)
    assert client.get("/accounts/handle/", {"handle": "@other_one"}).json()["free"] is True
    suggested = client.get("/accounts/handle/", {"email": "mia.stone@example.org"}).json()
    assert selectors.handle_problem(suggested["handle"]) is None
