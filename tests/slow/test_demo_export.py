"""`bean-check`, a program that is not ours, adds the ledger of the demo world up."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.conftest import (
    CHECKOUT,
    as_maintainer,
    close_connections,
    create_database,
    drop_database,
    owner_url,
)
from tests.environment import with_path

pytestmark = pytest.mark.slow

BEAN_CHECK = Path(sys.executable).with_name("bean-check")
DAMAGE = """
    UPDATE wallets_transfer SET amount = amount + 1 WHERE id = (
        SELECT t.id FROM wallets_transfer t JOIN wallets_account a ON a.id = t.credit_account_id
        WHERE t.code = 'recharge' AND a.kind = 'wallet' ORDER BY t.id LIMIT 1)
"""


@pytest.fixture
def copied_database(demo_world) -> str:
    return demo_world.database


def export(database: str, file: Path, *, by: str) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "export_ledger", "--by", by, "--output", str(file)],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": with_path(os.environ["DATABASE_URL"], database)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def bean_check(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [BEAN_CHECK, "--no-cache", file], capture_output=True, text=True, timeout=300
    )


def test_the_demo_s_ledger_adds_up_and_a_damaged_copy_does_not(committed_db, tmp_path):
    for by in ("day", "transfer"):
        file = tmp_path / f"{by}.beancount"
        export(committed_db, file, by=by)
        text = file.read_text()
        assert text.count(" balance ") > 50
        assert "demo.example" not in text
        checked = bean_check(file)
        assert (checked.returncode, checked.stderr) == (0, "")

    copy = f"{committed_db}_copy"
    close_connections()
    with as_maintainer() as maintainer:
        create_database(maintainer, copy, committed_db)
        try:
            with psycopg.connect(owner_url(copy), autocommit=True) as owner:
                owner.execute("SET session_replication_role = replica")
                assert owner.execute(DAMAGE).rowcount == 1
            for by in ("day", "transfer"):
                export(copy, tmp_path / "damaged.beancount", by=by)
                checked = bean_check(tmp_path / "damaged.beancount")
                assert checked.returncode != 0
                assert "Balance failed" in checked.stderr
        finally:
            drop_database(maintainer, copy)
