"""What staff do about creators and payouts, through the admin's own pages."""

import pytest
from django.test import Client
from django.urls import reverse

from creators.actions.batches import approve_batch, prepare_batch, send_batch
from creators.models import Creator, PayoutBatch, PayoutItem, Stream, Withdrawal
from tests.creators.make import ask_for, diamonds_now, make_creator, make_paid_creator, make_stream
from tests.make import make_staff
from users.models import Approval, AuditEntry
from wallets.check import ledger_check


@pytest.fixture(autouse=True)
def by_hand(settings):
    settings.PAYOUT_AUTO_APPROVE = settings.MANUAL_RAIL_PAYS_ITSELF = False
    settings.STAFF_SECOND_FACTOR = False


def act(staff, model: str, name: str, row=None, **fields):
    client = Client()
    client.force_login(staff)
    url = reverse(f"admin:creators_{model}_staff_action", args=[name])
    if row is not None:
        url += f"?ids={row.pk}"
    key = f"{model}-{name}-{row.pk if row else ''}-{staff.pk}"
    return client.post(url, {"reason": "As agreed.", "key": key} | fields)


def entry() -> AuditEntry:
    return AuditEntry.objects.get()


def test_a_creator_is_suspended_and_approved_again(committed_db):
    staff = make_staff("moderation")
    stream = make_stream()
    creator = stream.place.creator
    act(staff, "creator", "suspend", creator, told="You showed others.")
    creator.refresh_from_db()
    stream.refresh_from_db()
    assert (creator.state, creator.state_reason) == ("suspended", "You showed others.")
    assert (stream.state, stream.ended_why, stream.place.open) == ("ended", "suspended", False)
    assert (entry().staff, entry().reason) == (staff, "As agreed.")

    act(staff, "creator", "approve", creator)
    creator.refresh_from_db()
    assert (creator.state, creator.approved_by) == ("approved", staff)


def test_a_stream_is_ended(committed_db):
    stream = make_stream()
    act(make_staff("moderation"), "stream", "end", stream)
    stream.refresh_from_db()
    assert (stream.state, stream.ended_why) == ("ended", "staff")


def test_without_a_reason_or_the_right_nothing_happens(committed_db):
    stream = make_stream()
    act(make_staff("moderation"), "stream", "end", stream, reason=" ")
    assert act(make_staff("finance"), "stream", "end", stream).status_code == 403
    assert act(make_staff("auditor"), "stream", "end", stream).status_code == 403
    assert Stream.objects.get().state == "live"
    assert AuditEntry.objects.count() == 0


def test_nobody_acts_on_the_own_account(committed_db):
    staff = make_staff("moderation", "finance")
    creator = make_creator(staff)
    act(staff, "creator", "suspend", creator, told="x")
    assert Creator.objects.get().state == "approved"
    assert AuditEntry.objects.count() == 0


def test_a_large_withdrawal_needs_two_people(committed_db):
    first, second = make_staff("finance"), make_staff("finance")
    creator = make_paid_creator(120_000)
    withdrawal = ask_for(creator, 110_000)
    assert (withdrawal.base_minor, withdrawal.state) == (77_000, "requested")

    act(first, "withdrawal", "approve", withdrawal)
    withdrawal.refresh_from_db()
    assert withdrawal.state == "requested"
    approval = Approval.objects.get()
    client = Client()
    client.force_login(second)
    client.post(
        reverse("admin:users_approval_staff_action", args=["approve"]) + f"?ids={approval.pk}",
        {"reason": "Looked at it.", "key": "second"},
    )
    withdrawal.refresh_from_db()
    assert withdrawal.state == "approved"
    assert withdrawal.events.last().by == first


def test_a_refused_withdrawal_tells_the_creator_why(committed_db):
    creator = make_paid_creator(100_000)
    withdrawal = ask_for(creator, 80_000)
    act(make_staff("finance"), "withdrawal", "refuse", withdrawal, told="The name differs.")
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.events.last().note) == ("refused", "The name differs.")
    assert diamonds_now(creator) == (0, 100_000, 0, 0)
    assert ledger_check() == []


def test_a_batch_by_hand_from_the_button_to_the_reference(committed_db):
    staff = make_staff("finance")
    creator = make_paid_creator(10_000)
    ask_for(creator, 2_000)
    act(staff, "payoutbatch", "prepare", rail="manual")
    batch = PayoutBatch.objects.get()
    act(staff, "payoutbatch", "approve", batch)
    send_batch(batch.pk)
    item = PayoutItem.objects.get()

    act(staff, "payoutitem", "paid", item, reference="")
    item.refresh_from_db()
    assert item.state == "sent"
    act(staff, "payoutitem", "paid", item, reference="BANK-77")
    item.refresh_from_db()
    assert (item.state, item.reference, item.withdrawal.state) == ("paid", "BANK-77", "paid")
    act(staff, "payoutitem", "returned", item, told="Account closed.")
    item.refresh_from_db()
    assert (item.state, Withdrawal.objects.get().state) == ("returned", "returned")
    assert diamonds_now(creator) == (0, 10_000, 0, 0)
    kinds = AuditEntry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [
        "creators.payoutbatch.prepare",
        "creators.payoutbatch.approve",
        "creators.payoutitem.paid",
        "creators.payoutitem.returned",
    ]
    assert ledger_check() == []


def test_a_failed_item_and_a_discarded_batch(committed_db):
    staff = make_staff("finance")
    creator = make_paid_creator(10_000)
    ask_for(creator, 2_000)
    batch = prepare_batch(rail="manual")
    assert batch is not None
    act(staff, "payoutbatch", "discard", batch)
    assert Withdrawal.objects.get().state == "approved"
    batch = prepare_batch(rail="manual")
    assert batch is not None
    approve_batch(batch.pk)
    send_batch(batch.pk)
    act(staff, "payoutitem", "failed", batch.items.get(), told="No such account.")
    assert Withdrawal.objects.get().state == "failed"
    assert diamonds_now(creator) == (0, 10_000, 0, 0)
    assert ledger_check() == []


@pytest.mark.parametrize(
    ("group", "pages"),
    [
        ("support", {"creator", "stream", "withdrawal"}),
        ("moderation", {"creator", "stream"}),
        ("finance", {"creator", "withdrawal", "payoutbatch", "payoutitem", "payoutmethod"}),
        (
            "auditor",
            {
                "creator",
                "stream",
                "withdrawal",
                "payoutbatch",
                "payoutitem",
                "payoutmethod",
                "earning",
            },
        ),
    ],
)
def test_each_group_reaches_its_own_pages(committed_db, group, pages):
    creator = make_paid_creator(10_000)
    ask_for(creator, 2_000)
    prepare_batch(rail="manual")
    client = Client()
    client.force_login(make_staff(group))
    models = ("creator", "stream", "withdrawal", "payoutbatch", "payoutitem", "payoutmethod")
    for model in (*models, "earning"):
        listed = client.get(reverse(f"admin:creators_{model}_changelist"), {"q": "a"})
        assert listed.status_code == (200 if model in pages else 403), model
        assert client.get(reverse(f"admin:creators_{model}_add")).status_code == 403
    if "withdrawal" in pages:
        row = reverse("admin:creators_withdrawal_change", args=[Withdrawal.objects.get().pk])
        page = client.get(row)
        assert page.status_code == 200
        assert client.post(row, {"state": "paid"}).status_code == 403
        assert Withdrawal.objects.get().state == "in_batch"


def test_who_may_not_open_a_related_row_gets_no_link_to_it(committed_db):
    creator = make_paid_creator(10_000)
    withdrawal = ask_for(creator, 2_000)
    url = reverse("admin:creators_withdrawal_change", args=[withdrawal.pk])
    method = reverse("admin:creators_payoutmethod_change", args=[withdrawal.method_id])
    for group, may in (("finance", True), ("support", False)):
        client = Client()
        client.force_login(make_staff(group))
        page = client.get(url).content.decode()
        assert (f'href="{method}"' in page) is may
        assert str(withdrawal.method) in page
        assert client.get(method).status_code == (200 if may else 403)
