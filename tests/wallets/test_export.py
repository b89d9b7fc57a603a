"""`bean-check`, a program that is not ours, adds the exported ledger up."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.make import make_user
from tests.wallets import economy
from wallets.actions.days import close_day
from wallets.models import LedgerDay

BEAN_CHECK = Path(sys.executable).with_name("bean-check")


def bean_check(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [BEAN_CHECK, "--no-cache", file], capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def history(committed_db):
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 1_000, price=1_000, tax=167)
    economy.gift(sender, creator, 400)
    close_day(today=LedgerDay.objects.get().day + timedelta(days=1))
    economy.gift(sender, creator, 100)
    economy.undo(economy.gift(sender, creator, 50).operation)


@pytest.mark.parametrize("by", ["day", "transfer"])
def test_bean_check_accepts_the_export(history, tmp_path, by):
    file = tmp_path / "ledger.beancount"
    call_command("export_ledger", by=by, output=file)

    text = file.read_text()
    assert " balance " in text
    assert "@" not in text.replace("@ ", "")  # no address of a person
    checked = bean_check(file)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("by", ["day", "transfer"])
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE wallets_transfer SET amount = amount + 1 WHERE code = 'recharge'",
        "UPDATE wallets_transfer SET amount = amount + 1 WHERE code = 'gift' AND day = "
        "(SELECT min(day) FROM wallets_transfer)",
        "DELETE FROM wallets_transfer WHERE code = 'undo'",
    ],
)
def test_one_damaged_transfer_makes_bean_check_refuse(history, owner, tmp_path, damage, by):
    owner.execute("SET session_replication_role = replica")
    assert owner.execute(damage).rowcount
    file = tmp_path / "ledger.beancount"
    call_command("export_ledger", by=by, output=file)
    checked = bean_check(file)
    assert checked.returncode != 0
    assert "Balance failed" in checked.stderr
