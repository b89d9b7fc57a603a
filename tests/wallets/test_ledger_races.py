"""Races for the same wallet, with real threads and with the lock taken out to see them happen."""

import threading

from django.db import connection

from tests.make import make_user
from tests.wallets import economy
from wallets import locks
from wallets.check import ledger_check
from wallets.statements import array, run
from wallets.writer import post


def overspend(threads: int, coins: int) -> tuple[int, list[str]]:
    """Every thread sends `coins` of a wallet that has enough for three; (sent, errors)."""
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 3 * coins)
    sent, errors = [], []
    barrier = threading.Barrier(threads)
    asks = [economy.gift_ask(sender, creator, coins) for _ in range(threads)]

    def send(ask) -> None:
        try:
            barrier.wait()
            sent.append(post([ask])[0].done)
        except Exception as error:
            errors.append(type(error).__name__)
        finally:
            connection.close()

    workers = [threading.Thread(target=send, args=(ask,)) for ask in asks]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(sent), errors


def test_32_threads_cannot_overspend_a_wallet(committed_db):
    assert overspend(32, 10) == (3, [])
    assert ledger_check() == []


def test_without_the_lock_the_race_is_real(committed_db, monkeypatch):
    """The negative control: with the lock taken out, threads judge the same old balance, and
    only the database's floor stands between them and an overspent wallet."""
    locked = locks.lock_accounts

    def without_lock(ids):
        read = run(
            f"""SELECT {locks.ACCOUNT_COLUMNS} FROM wallets_account
                WHERE id = ANY(%s::bigint[]) AND kind NOT IN ('spent', 'earned')""",
            array(ids),
        )
        run("SELECT pg_sleep(0.05)")
        return read

    monkeypatch.setattr(locks, "lock_accounts", without_lock)
    sent, errors = overspend(16, 10)
    monkeypatch.setattr(locks, "lock_accounts", locked)
    assert sent > 3 or errors
    assert {difference.name for difference in ledger_check()} & {"lots", "balances"} or errors


def test_creators_who_gift_each_other_never_deadlock(committed_db):
    people = [make_user(), make_user()]
    for person in people:
        economy.recharge(person, 1_000)
    errors: list[str] = []

    def send(sender, creator) -> None:
        try:
            for _ in range(30):
                assert economy.gift(sender, creator, 1).done
        except Exception as error:
            errors.append(repr(error))
        finally:
            connection.close()

    workers = [
        threading.Thread(target=send, args=pair)
        for pair in [(people[0], people[1]), (people[1], people[0])] * 4
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
    assert [economy.balances(person).clearing for person in people] == [120, 120]
    assert ledger_check() == []
