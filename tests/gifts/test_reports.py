"""Reports: what is kept, who is mailed, what staff do about them, and what is refused."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from creators.actions.streams import end_stream
from creators.models import ModerationAct, Restriction, Stream
from gifts.actions import hiding
from gifts.models import ChatLine, SentGift
from gifts.selectors import room_rows
from tests.gifts.make import make_room, make_viewer, send
from tests.gifts.test_moderation import owner_of, said_line
from tests.gifts.test_races import at_once
from tests.make import make_staff, make_user
from users import limits, reporting
from users.actions import reports
from users.actions.notifying import send_notification_mail
from users.actions.staff import Request, carry_out
from users.errors import AlreadySo, NotAllowed, NotThere, OwnAccount, TooFast, Yourself
from users.models import AuditEntry, Notification, Report, ReportMail, User
from users.report_admin import ReportAdmin
from users.selectors import report_mails_to_send
from users.staff import registered_action
from users.tasks import send_one_report_mail
from wallets.selectors.balances import coins_of

pytestmark = pytest.mark.usefixtures("economy")
Reason = Report.Reason


def report(reporter: User, kind: str, ref: UUID, reason: str = Reason.SPAM, **what: Any) -> Report:
    return reports.report(reporter=reporter, kind=kind, ref=ref, reason=reason, **what)


def act(
    staff: User, name: str, target: Report, reason: str = "Looked at it.", **fields: Any
) -> Any:
    """As the admin's form does it."""
    model, action = registered_action(f"users.report.{name}")
    return carry_out(
        Request(
            act=action,
            model=model,
            target_id=target.pk,
            staff=staff,
            reason=reason,
            key=str(uuid4()),
            fields=fields,
            payload={name: str(value) for name, value in fields.items()},
        )
    )


def unmailed(made: Report) -> list[User]:
    return [queued.to for queued in ReportMail.objects.filter(report=made).order_by("to")]


# --- reporting ------------------------------------------------------------------------------------
def test_the_copy_stays_as_it_was_seen_whatever_becomes_of_it() -> None:
    room, rude, reader = make_room(), make_user(display_name="Rudi"), make_user()
    line = said_line(room, rude, "An insult")
    made = report(reader, "line", line.pk, Reason.HARASSMENT, note="He does it every day.")
    rude.display_name = "Somebody nice"
    rude.save()
    ChatLine.objects.filter(pk=line.pk).delete()
    made.refresh_from_db()
    assert made.seen["text"] == "An insult"
    assert (made.seen["name"], made.seen["handle"]) == ("Rudi", rude.handle)
    assert made.seen["where"] == f"Room of {owner_of(room).name}"
    assert made.seen["url"] == f"/live/{room.place.public_id}/"
    assert made.seen["at"] == line.created.isoformat()
    assert (made.about, made.state, made.urgent) == (rude, "waiting", False)
    assert str(reporting.state_now("line", line.pk)) == "It is not there any more."
    with pytest.raises(ProgrammingError), transaction.atomic():
        Report.objects.filter(pk=made.pk).update(seen={})
    with pytest.raises(ProgrammingError), transaction.atomic():
        made.delete()


def test_every_kind_is_copied_with_text_person_place_and_time() -> None:
    room, viewer, reader = make_room(), make_viewer(100), make_user()
    viewer.bio = "I like trains."
    viewer.save()
    gift = send(viewer, room, message="For the old song").operation
    found = {
        "line": (said_line(room, viewer, "Good evening").pk, "Good evening", viewer),
        "gift": (gift, "For the old song", viewer),
        "stream": (room.place.public_id, room.title, owner_of(room)),
        "person": (viewer.public_id, f"{viewer.name}\nI like trains.", viewer),
    }
    for kind, (ref, text, about) in found.items():
        assert ref is not None
        made = report(reader, kind, ref)
        assert (made.seen["text"], made.about) == (text, about), kind
        assert made.seen["where"]
        assert made.seen["url"]


def test_a_person_reported_from_a_room_is_kept_with_the_room_and_what_was_said() -> None:
    room, rude, reader = make_room(), make_viewer(display_name="Rudi"), make_user()
    said_line(make_room(), rude, "Elsewhere")
    said_line(room, rude, "An insult")
    gone = said_line(room, rude, "Taken away")
    hiding.hide_line(actor=owner_of(room), line_id=gone.pk)
    client = Client()
    client.force_login(reader)
    card = client.get(reverse("person_card", args=[room.place.public_id, rude.handle]))
    path = f"/report/person/{rude.public_id}/?at={room.place.public_id}"
    assert path in card.content.decode()
    form = client.get(path).content.decode()
    assert f'action="{path}"' in form
    assert "An insult" in form
    assert client.post(path, {"reason": "hate"}).status_code == 302
    made = Report.objects.get(reporter=reader)
    assert (made.kind, made.about) == ("person", rude)
    assert made.seen["text"] == "Rudi\n“An insult”"
    assert room.place.creator.user.name in made.seen["where"]
    assert made.seen["url"] == f"/live/{room.place.public_id}/"
    assert (made.seen["place"], made.seen["creator"]) == (room.pk, room.place.creator_id)
    # So staff can keep the person out of these rooms.
    act(make_staff("moderation"), "ban", made)
    assert Restriction.objects.get(person=rude).creator_id == room.place.creator_id
    # A place that is none is no place, and reports from the profile have none.
    for at in (uuid4(), None):
        plain = report(make_user(), "person", rude.public_id, at=at)
        assert "place" not in plain.seen


def test_who_is_signed_out_comes_back_to_the_room_of_a_report() -> None:
    path = f"/report/person/{make_user().public_id}/?at={make_room().place.public_id}"
    answer = Client().get(path)
    assert answer["Location"].endswith(urlencode({"next": path}))


def test_the_same_thing_again_is_one_report_and_can_only_get_more_urgent() -> None:
    room, rude, reader = make_room(), make_user(), make_user()
    staff = make_staff("moderation")
    line = said_line(room, rude, "Something")
    first = report(reader, "line", line.pk, Reason.SPAM, note="Spam.")
    assert report(reader, "line", line.pk, Reason.SEXUAL, note="No, this.") == first
    first.refresh_from_db()
    assert (first.reason, first.note, first.urgent) == ("spam", "Spam.", False)
    assert unmailed(first) == []
    act(staff, "answer", first, text="Thank you.")

    again = report(reader, "line", line.pk, Reason.CHILD, note="Look closer.")
    assert again == first
    assert (again.reason, again.urgent, again.state) == ("child", True, "waiting")
    assert again.answer == ""
    assert staff in unmailed(again)
    mails = ReportMail.objects.count()
    report(reader, "line", line.pk, Reason.THREAT)
    first.refresh_from_db()
    assert first.reason == "child"
    assert ReportMail.objects.count() == mails
    # Somebody else's report of it is another one.
    assert report(make_user(), "line", line.pk) != first
    assert Report.objects.filter(ref=line.pk).count() == 2


def test_what_is_gone_unknown_or_ones_own_is_refused() -> None:
    room, rude, reader = make_room(), make_viewer(100), make_user()
    line = said_line(room, rude, "Something")
    silent = send(rude, room).operation
    assert silent is not None
    ChatLine.objects.filter(pk=line.pk).delete()
    before = Report.objects.count()
    for kind, ref in (
        ("line", line.pk),
        ("line", uuid4()),
        ("gift", silent),
        ("stream", uuid4()),
        ("person", uuid4()),
        ("comment", uuid4()),
    ):
        with pytest.raises(NotThere):
            report(reader, kind, ref)
    own = said_line(room, rude, "My own")
    for kind, ref, person in (
        ("line", own.pk, rude),
        ("person", reader.public_id, reader),
        ("stream", room.place.public_id, owner_of(room)),
    ):
        with pytest.raises(Yourself):
            report(person, kind, ref)
    assert Report.objects.count() == before


def test_a_flood_is_stopped_and_what_cannot_wait_still_gets_through() -> None:
    room, reader = make_room(), make_user()
    person = make_user()
    lines = [said_line(room, person, f"Line {n}") for n in range(reports.REPORTS_AT_ONCE + 3)]
    for line in lines[: reports.REPORTS_AT_ONCE]:
        report(reader, "line", line.pk)
    with pytest.raises(TooFast):
        report(reader, "line", lines[-1].pk)
    assert Report.objects.filter(reporter=reader).count() == reports.REPORTS_AT_ONCE
    assert report(reader, "line", lines[-1].pk, Reason.THREAT).urgent
    # The bucket is in Valkey: any process finds it as empty.
    with pytest.raises(TooFast):
        limits.require_left(
            "report", reader.pk, rate=reports.REPORTS_AT_ONCE, per_seconds=reports.PER_SECONDS
        )


def test_at_once_it_is_still_one_report_and_the_flood_stops_at_its_edge() -> None:
    room, person, reader, staff = make_room(), make_user(), make_user(), make_staff("moderation")
    line = said_line(room, person, "Something")
    same = at_once([lambda: report(reader, "line", line.pk, Reason.THREAT) for _ in range(8)])
    assert len({made.pk for made in same}) == 1
    assert unmailed(same[0]).count(staff) == 1

    lines = [said_line(room, person, f"Line {n}").pk for n in range(16)]
    other = make_user()
    done = at_once([lambda ref=ref: report(other, "line", ref) for ref in lines])
    assert sum(isinstance(one, TooFast) for one in done) == 16 - reports.REPORTS_AT_ONCE
    assert Report.objects.filter(reporter=other).count() == reports.REPORTS_AT_ONCE


def test_a_hidden_text_is_reported_and_told_to_nobody_but_staff() -> None:
    room, rude, reader = make_room(), make_user(), make_user()
    line = said_line(room, rude, "A hidden insult")
    hiding.hide_line(actor=owner_of(room), line_id=line.pk)
    client, url = Client(), reverse("report", args=["line", line.pk])
    client.force_login(reader)
    page = client.get(url)
    assert page.status_code == 200
    assert b"A hidden insult" not in page.content
    assert client.post(url, {"reason": "harassment", "note": ""}, follow=True).status_code == 200
    made = Report.objects.get(reporter=reader)
    assert made.seen["text"] == "A hidden insult"
    assert b"A hidden insult" not in client.get(reverse("own_reports")).content
    assert str(reporting.state_now("line", line.pk)) == "It was taken away."


def test_the_doors_lead_who_is_signed_out_to_joining_and_refuse_by_name() -> None:
    room, reader = make_room(), make_user()
    client, url = Client(), reverse("report", args=["stream", room.place.public_id])
    for answer in (client.get(url), client.post(url, {"reason": "child"})):
        assert answer.headers["Location"].startswith("/accounts/signup/?next=%2Freport%2F")
    assert client.get("/account/reports/").status_code == 302
    client.force_login(reader)
    assert b"You have reported nothing" in client.get("/account/reports/").content
    assert client.get(f"/report/nonsense/{uuid4()}/").status_code == 404
    assert client.get(f"/report/line/{uuid4()}/").status_code == 409
    assert client.post(url, {"reason": "because"}).context["form"].errors
    assert client.post(url, {}).context["form"].errors
    own = client.get(reverse("report", args=["person", reader.public_id]), headers={"X-Part": "1"})
    assert own.status_code == 409
    assert b"That is you yourself." in own.content
    assert not Report.objects.filter(reporter=reader).exists()
    sent = client.post(url, {"reason": "sexual"}, headers={"X-Part": "card"})
    assert b"We look at it." in sent.content
    assert Report.objects.get(reporter=reader).seen["text"] == room.title


# --- mails ----------------------------------------------------------------------------------------
def test_what_cannot_wait_is_first_in_the_queue_and_mails_who_is_on_duty(settings: Any) -> None:
    settings.SITE_URL = "https://gifts.example"
    room, reader = make_room(), make_user()
    on_duty, gone = make_staff("moderation"), make_staff("moderation", is_active=False)
    elsewhere = make_staff("finance")
    report(reader, "person", make_user().public_id, Reason.SPAM)
    made = report(reader, "stream", room.place.public_id, Reason.CHILD)
    queue = Report.objects.exclude(state="answered")
    assert next(iter(queue.filter(reporter=reader))) == made
    assert next(iter(queue)).urgent
    people = unmailed(made)
    assert on_duty in people
    assert not {gone, elsewhere, reader} & set(people)

    [queued] = ReportMail.objects.filter(report=made, to=on_duty)
    assert queued.pk in report_mails_to_send()
    mail.outbox.clear()
    send_one_report_mail(queued.pk)
    send_one_report_mail(queued.pk)
    [sent] = mail.outbox
    assert sent.to == [on_duty.email]
    assert sent.subject == "Report that cannot wait: A child is in danger"
    assert f"https://gifts.example/admin/users/report/{made.pk}/change/" in sent.body
    assert queued.pk not in report_mails_to_send()
    # What is not urgent waits in the queue alone.
    assert unmailed(report(reader, "person", make_user().public_id)) == []


def test_what_cannot_wait_mails_staff_once_each_time_that_it_opens() -> None:
    reader, rude, staff = make_user(), make_user(), make_staff("moderation")
    made = report(reader, "person", rude.public_id, Reason.CHILD)

    def sent() -> int:
        mail.outbox.clear()
        for mail_id in report_mails_to_send():
            send_one_report_mail(mail_id)
        return [one.to for one in mail.outbox].count([staff.email])

    assert sent() == 1
    report(reader, "person", rude.public_id, Reason.THREAT)
    act(staff, "claim", made)
    assert sent() == 0  # it was open
    act(staff, "answer", made, text="Thank you.")
    act(staff, "reopen", made)
    assert sent() == 1
    assert sent() == 0
    act(staff, "answer", made, text="Thank you.")
    report(reader, "person", rude.public_id, Reason.THREAT, note="He is back.")
    made.refresh_from_db()
    assert (made.state, made.reason, made.note) == ("waiting", "threat", "He is back.")
    assert sent() == 1


def test_what_is_queued_anew_while_a_mail_is_sent_is_sent_anew(monkeypatch: Any) -> None:
    made = report(make_user(), "person", make_user().public_id, Reason.CHILD)
    queued = ReportMail.objects.filter(report=made).first() or _mail_to(made)
    send_mail_page = reports.send_mail_page

    def meanwhile(*args: Any, **kwargs: Any) -> None:
        send_mail_page(*args, **kwargs)
        staff = make_staff("moderation")
        act(staff, "answer", made, text="Thank you.")
        act(staff, "reopen", made)

    monkeypatch.setattr(reports, "send_mail_page", meanwhile)
    assert reports.send_report_mail(queued.pk)
    assert queued.pk in report_mails_to_send()


def test_a_mail_that_could_not_be_sent_is_tried_again(settings: Any) -> None:
    made = report(make_user(), "stream", make_room().place.public_id, Reason.THREAT)
    queued = ReportMail.objects.filter(report=made).first() or _mail_to(made)
    settings.EMAIL_BACKEND = "tests.gifts.test_reports.BrokenBackend"
    with pytest.raises(OSError, match="no server"):
        send_one_report_mail(queued.pk)
    queued.refresh_from_db()
    assert queued.sent is None
    assert queued.pk not in report_mails_to_send()
    ReportMail.objects.filter(pk=queued.pk).update(try_after="2020-01-01T00:00Z")
    assert queued.pk in report_mails_to_send()


def _mail_to(made: Report) -> ReportMail:
    return ReportMail.objects.create(report=made, to=make_staff("moderation"))


class BrokenBackend:
    """A mail server that is away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes what Django gives."""

    def send_messages(self, messages: Any) -> int:
        raise OSError("no server")


def test_staff_find_reports_by_filter_and_words() -> None:
    room, rude, staff = make_room(), make_user(), make_staff("moderation")
    plain = report(make_user(), "line", said_line(room, rude, "Peculiar words").pk)
    urgent = report(make_user(), "person", rude.public_id, Reason.CHILD)
    mine = report(make_user(), "stream", room.place.public_id, Reason.HATE)
    act(staff, "claim", mine)
    done = report(make_user(), "stream", room.place.public_id, Reason.SCAM)
    act(staff, "answer", done, text="Thank you.")
    client = Client()
    client.force_login(staff)

    def listed(query: str) -> set[int]:
        page = client.get(f"/admin/users/report/?{query}")
        assert page.status_code == 200
        return {row.pk for row in page.context["cl"].result_list}

    assert listed("to_do=mine") == {mine.pk}
    assert urgent.pk in listed("to_do=urgent")
    assert not {plain.pk, mine.pk, done.pk} & listed("to_do=urgent")
    assert done.pk not in listed("to_do=yes")
    assert listed("q=peculiar") == {plain.pk}
    assert listed(f"q={rude.handle}") == {plain.pk, urgent.pk}
    assert listed(f"q={done.ref}") == {mine.pk, done.pk}
    page = client.get(f"/admin/users/report/{plain.pk}/change/").content.decode()
    assert "Peculiar words" in page
    assert "0 of the same, 1 about this person" in page
    for button in ("claim", "answer", "hide", "mute", "ban", "suspend"):
        assert f"/act/{button}/?ids={plain.pk}" in page, button
    for button in ("reopen", "show", "unban", "unmute", "hold", "end_stream", "let_back_in"):
        assert f"/act/{button}/?ids={plain.pk}" not in page, button


# --- staff ----------------------------------------------------------------------------------------
def test_the_log_of_a_room_is_not_given_the_reporters_words() -> None:
    """Creator and moderators read it, and one of them may be whom the report is about."""
    rude = make_user()
    line = said_line(make_room(), rude, "An insult")
    made = report(make_user(), "line", line.pk, Reason.HARASSMENT, note="He is my uncle.")

    def suggested(name: str) -> str:
        return registered_action(f"users.report.{name}")[1].suggest(made)

    for name in ("hide", "show", "mute", "unmute", "ban", "unban"):
        assert "uncle" not in suggested(name), name
    assert suggested("hide") == "Harassment"
    # What staff alone read begins with them.
    assert "He is my uncle." in suggested("suspend")


def test_a_report_is_claimed_answered_read_and_opened_again() -> None:
    reader, first, second = make_user(), make_staff("moderation"), make_staff("moderation")
    made = report(reader, "person", make_user().public_id)
    act(first, "claim", made)
    with pytest.raises(AlreadySo):
        act(first, "claim", made)
    act(second, "claim", made)
    made.refresh_from_db()
    assert (made.state, made.claimed_by) == ("claimed", second)
    act(second, "answer", made, text="Thank you. We looked at it.")
    with pytest.raises(AlreadySo):
        act(first, "answer", made, text="Once more.")
    client = Client()
    client.force_login(reader)
    assert b"Thank you. We looked at it." in client.get("/account/reports/").content
    [told] = Notification.objects.filter(person=reader)
    assert (told.kind, told.path) == ("report_answered", "/account/reports/")
    assert told.data["answer"] == "Thank you. We looked at it."
    assert not Notification.objects.filter(person=made.about).exists()
    act(first, "reopen", made)
    made.refresh_from_db()
    assert (made.state, made.answer, made.claimed_by) == ("waiting", "", None)
    kinds = AuditEntry.objects.filter(target_type="users.report", target_id=str(made.pk))
    assert sorted(kinds.values_list("kind", flat=True)) == [
        "users.report.answer",
        "users.report.claim",
        "users.report.claim",
        "users.report.reopen",
    ]


def test_each_answer_is_told_and_mailed_to_the_reporter(settings: Any) -> None:
    reader, staff = make_user(), make_staff("moderation")
    made = report(reader, "person", make_user().public_id)
    mail.outbox.clear()
    for _ in range(2):
        act(staff, "answer", made, text="Thank you.")
        for told in Notification.objects.filter(person=reader, mail=True, mailed=None):
            send_notification_mail(told.pk)
        act(staff, "reopen", made)
    assert [sent.to for sent in mail.outbox] == [[reader.email]] * 2
    assert Notification.objects.filter(person=reader, read=None).count() == 2


def test_staff_end_the_stream_from_the_report_and_no_gift_is_accepted() -> None:
    room, viewer, staff = make_room(), make_viewer(100), make_staff("moderation")
    made = report(viewer, "stream", room.place.public_id, Reason.CHILD)
    act(staff, "end_stream", made)
    room.refresh_from_db()
    assert (room.state, room.ended_why) == ("ended", Stream.EndedWhy.STAFF)
    assert room_rows(room.pk).why == "staff"
    assert send(viewer, room).code == "stream_ended"
    assert coins_of(viewer.pk) == 100
    with pytest.raises(Exception, match="stream_ended"):
        act(staff, "end_stream", made)


def test_a_report_of_another_persons_line_does_not_end_the_creators_stream() -> None:
    room, rude, staff = make_room(), make_user(), make_staff("moderation")
    made = report(make_user(), "line", said_line(room, rude, "Something").pk)
    with pytest.raises(Exception, match="stream_ended"):
        act(staff, "end_stream", made)
    room.refresh_from_db()
    assert room.state == "live"


def test_text_is_taken_away_and_shown_again_from_the_report() -> None:
    room, viewer, staff = make_room(), make_viewer(100), make_staff("moderation")
    line = said_line(room, viewer, "A line")
    gift = send(viewer, room, message="A message").operation
    assert gift is not None
    for kind, ref in (("line", line.pk), ("gift", gift)):
        made = report(make_user(), kind, ref)
        act(staff, "hide", made, reason="Insults")
        with pytest.raises(AlreadySo):
            act(staff, "hide", made)
        assert str(reporting.state_now(kind, ref)) == "It was taken away."
        hidden = ModerationAct.objects.filter(target=viewer, kind="hide").first()
        assert hidden is not None
        assert (hidden.role, hidden.reason) == ("staff", "Insults")
        act(staff, "show", made)
        assert str(reporting.state_now(kind, ref)) == "It is still shown."
        with pytest.raises(AlreadySo):
            act(staff, "show", made)
    assert [one["text"] for one in room_rows(room.pk).chat] == ["A line"]
    assert SentGift.objects.get(pk=gift).state == "sent"


def test_staff_mute_ban_and_take_it_back() -> None:
    room, viewer, staff = make_room(), make_viewer(100), make_staff("moderation")
    made = report(make_user(), "line", said_line(room, viewer, "A line").pk)
    act(staff, "mute", made, minutes=60)
    act(staff, "ban", made)
    assert sorted(Restriction.objects.filter(person=viewer).values_list("kind", flat=True)) == [
        "ban",
        "mute",
    ]
    assert send(viewer, room).code == "banned"
    act(staff, "unban", made)
    act(staff, "unmute", made)
    with pytest.raises(AlreadySo):
        act(staff, "unban", made)
    assert not Restriction.objects.filter(person=viewer).exists()
    assert send(viewer, room).done
    # A report of a profile names no room to be banned from.
    profile = report(make_user(), "person", viewer.public_id)
    with pytest.raises(NotAllowed):
        act(staff, "ban", profile)


def test_who_is_suspended_is_out_everywhere_and_a_live_stream_ends() -> None:
    room, staff = make_room(), make_staff("moderation")
    owner = owner_of(room)
    client = Client()
    client.force_login(owner)
    made = report(make_user(), "person", owner.public_id, Reason.SCAM)
    act(staff, "suspend", made)
    assert client.get("/account/").status_code == 302
    room.refresh_from_db()
    owner.refresh_from_db()
    assert (room.state, room.ended_why, owner.is_active) == ("ended", "suspended", False)
    assert str(reporting.state_now("person", owner.public_id)) == "The account is not active."
    with pytest.raises(AlreadySo):
        act(staff, "suspend", made)
    act(staff, "let_back_in", made)
    owner.refresh_from_db()
    assert owner.is_active


@pytest.mark.parametrize(
    "name", [action.name for action in ReportAdmin.staff_actions] + ["end_stream", "hide", "ban"]
)
def test_only_the_right_staff_act_and_never_on_their_own(name: str) -> None:
    room, viewer = make_room(), make_user()
    made = report(make_staff("moderation"), "line", said_line(room, viewer, "A line").pk)
    assert made.about == viewer
    fields: dict[str, Any] = {"text": "Thank you."} if name == "answer" else {}
    before = Report.objects.filter(pk=made.pk).values().get()
    for person in (viewer, owner_of(room), make_staff("finance"), make_staff("support")):
        with pytest.raises(NotAllowed):
            act(person, name, made, **fields)
    with pytest.raises(OwnAccount):
        act(made.reporter, name, made, **fields)
    assert Report.objects.filter(pk=made.pk).values().get() == before
    assert not AuditEntry.objects.filter(target_type="users.report", target_id=made.pk).exists()
    room.refresh_from_db()
    viewer.refresh_from_db()
    assert (room.state, viewer.is_active) == ("live", True)
    assert not ModerationAct.objects.filter(target=viewer).exists()


def test_an_ended_stream_is_still_there_to_be_reported() -> None:
    room = make_room()
    end_stream(place_id=room.pk)
    assert report(make_user(), "stream", room.place.public_id).seen["text"] == room.title
    now = str(reporting.state_now("stream", room.place.public_id))
    assert now == "The stream has ended: ended by the creator"
