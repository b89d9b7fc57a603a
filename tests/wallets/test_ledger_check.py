"""Each pass of `ledger_check` is shown damage, planted as the owner of the tables, and names it."""

import os
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from tests.make import make_user
from tests.wallets import economy
from users.errors import Refusal
from wallets.actions.clearing import sweep_clearing
from wallets.actions.days import close_day
from wallets.actions.refunds import ask_refund
from wallets.check import ledger_check, passes
from wallets.models import CheckRun, LedgerDay, Switch

NOW = datetime(2030, 1, 1, tzinfo=UTC)
OF_WALLET = "(SELECT id FROM wallets_account WHERE kind = 'wallet' AND credits_posted > 0)"

# pass → what somebody with the owner's rights did to a row
DAMAGE = {
    "balances": [
        "UPDATE wallets_account SET credits_posted = credits_posted + 1 WHERE kind = 'available'",
        "UPDATE wallets_account SET credits_pending = credits_pending + 1 WHERE kind = 'redeemed'",
        "DELETE FROM wallets_transfer WHERE code = 'cleared'",
        "UPDATE wallets_hold SET amount = amount + 1 WHERE state = 'pending'",
    ],
    "floors": [
        "UPDATE wallets_account SET floor = NULL WHERE kind = 'clearing'",
        "UPDATE wallets_account SET floor = 1000000 WHERE kind = 'reserve'",
    ],
    "closed days": [
        "UPDATE wallets_closedday SET credits_posted = credits_posted + 1",
        "UPDATE wallets_transfer SET day = day + 400 WHERE code = 'cleared'",
        "UPDATE wallets_account SET debits_posted = 5, credits_posted = 5 WHERE kind = 'spent'",
    ],
    "references": [
        "UPDATE wallets_transfer SET debit_account_id = 0 WHERE code = 'cleared'",
        "UPDATE wallets_transfer SET operation_id = gen_random_uuid() WHERE code = 'cleared'",
        "UPDATE wallets_transfer SET credit_account_id = (SELECT id FROM wallets_account "
        "WHERE asset = 'USD' LIMIT 1) WHERE code = 'cleared'",
        "UPDATE wallets_takenback SET transfer_id = gen_random_uuid()",
        "UPDATE wallets_hold SET operation_id = gen_random_uuid()",
    ],
    "operations": [
        "UPDATE wallets_operation SET outcome = 'done' WHERE outcome = 'refused'",
        "UPDATE wallets_operation SET reason = '' WHERE outcome = 'refused'",
        "UPDATE wallets_operation SET request_hash = '' WHERE kind = 'gift'",
        "INSERT INTO wallets_operation (id, actor, key, kind, request_hash, outcome, reason, "
        "details, created) SELECT gen_random_uuid(), actor, 'new', kind, request_hash, 'done', "
        "'', details, created FROM wallets_operation WHERE kind = 'gift' LIMIT 1",
    ],
    "lots": [
        "UPDATE wallets_lot SET remaining = remaining - 1 WHERE remaining > 1",
        "UPDATE wallets_transfer SET lots = ARRAY[(SELECT max(id) FROM wallets_lot)] "
        "WHERE code = 'gift' AND cardinality(lots) = 1",
    ],
    "coins of transfers": [
        "UPDATE wallets_transfer SET lot_coins = ARRAY[1]::bigint[] "
        "WHERE code = 'refund' AND cardinality(lots) = 1",
        "UPDATE wallets_transfer SET lots = NULL, lot_coins = NULL WHERE code = 'refund'",
    ],
    "money of lots": [
        "UPDATE wallets_lot SET refunded_coins = refunded_coins + 1 WHERE refunded_coins > 0",
        "UPDATE wallets_lot SET refunded_tax = tax + 1",
    ],
    "taken back": [
        "DELETE FROM wallets_takenback",
        "UPDATE wallets_takenback SET span = int8range(lower(span), upper(span) - 1)",
        "UPDATE wallets_takenback SET state = 'released'",
        "UPDATE wallets_transfer SET reverses = gen_random_uuid() WHERE code = 'undo'",
    ],
    "holds": [
        "UPDATE wallets_hold SET transfer_id = gen_random_uuid() WHERE state = 'posted'",
        "UPDATE wallets_hold SET amount = amount + 1 WHERE state = 'posted'",
    ],
    "days of spending": [
        "UPDATE wallets_spendingday SET coins = coins + 1",
        "DELETE FROM wallets_spendingday",
        "UPDATE wallets_spendingday SET day = day + 400",
    ],
    "clearing": [
        "UPDATE wallets_account SET cleared_until = cleared_until + interval '90 days' "
        "WHERE kind = 'clearing'",
        "UPDATE wallets_transfer SET clears_at = NULL WHERE code = 'gift' AND lots IS NULL",
        "UPDATE wallets_transfer SET clears_at = clears_at - interval '90 days' "
        "WHERE code = 'gift' AND lots IS NULL",
    ],
}


@pytest.fixture
def as_owner(committed_db, monkeypatch):
    """Django's connection as the owner's, so that damage and check are of one transaction."""
    url = urlsplit(os.environ["DATABASE_OWNER_URL"])
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "USER", url.username)
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", unquote(url.password or ""))
    yield connection
    connection.close()


@pytest.fixture
def history(committed_db):
    """A little of everything."""
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 500, price=500, tax=83)
    lot = economy.recharge(sender, 500, price=500, tax=83)
    economy.gift(sender, creator, 100, now=NOW)
    economy.gift(sender, creator, 10_000)
    economy.undo(economy.gift(sender, creator, 50, now=NOW).operation)
    sweep_clearing(user_id=creator.pk, asset=economy.DIAMOND, now=NOW + timedelta(days=8))
    economy.gift(sender, creator, 70, now=NOW + timedelta(days=9))
    for number in range(2):
        hold = economy.withdraw(creator, 20).details["holds"][0]
        if number:
            economy.end_withdrawal(hold, paid=True)
    ask_refund(user_id=sender.pk, lot_id=lot, coins=100, ref="r", key="r")
    close_day(today=LedgerDay.objects.get().day + timedelta(days=1))
    economy.gift(sender, creator, 5, now=NOW + timedelta(days=10))
    assert ledger_check() == []


def test_every_pass_is_shown_damage():
    ours = {name for name, sql in passes().items() if "wallets_" in sql}
    assert set(DAMAGE) <= ours


@pytest.mark.parametrize(
    ("name", "damage"), [(name, sql) for name, sqls in DAMAGE.items() for sql in sqls]
)
def test_a_pass_catches_its_damage(history, as_owner, name, damage):
    table = damage.split()[2 if damage.startswith(("DELETE", "INSERT")) else 1]
    with transaction.atomic(), as_owner.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
            [table],
        )
        for (constraint,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
        cursor.execute(damage)
        assert cursor.rowcount > 0
        assert name in {difference.name for difference in ledger_check()}
        transaction.set_rollback(True)


def test_a_difference_stops_the_ledger_and_tells_the_operators(history, owner, settings):
    settings.ADMINS = [("Ops", "ops@example.org")]
    owner.execute("SET session_replication_role = replica")
    owner.execute("UPDATE wallets_takenback SET state = 'released'")
    with pytest.raises(CommandError, match="posting is stopped"):
        call_command("ledger_check")

    assert CheckRun.objects.latest().differences
    assert Switch.objects.get(pk="posting").stopped
    assert [m.subject for m in mail.outbox] == ["[Django] The ledger does not add up"]
    outcome = economy.gift(make_user(), make_user(), 1)
    assert outcome.code == "stopped"
    with pytest.raises(Refusal):
        economy.recharge(make_user(), 10)


def test_a_clean_ledger_says_so(history, capsys):
    call_command("ledger_check")
    assert "no difference" in capsys.readouterr().out
    assert not Switch.objects.get(pk="posting").stopped
