"""One committed database for all tests of a module: each test makes people and rooms of its own."""

from collections.abc import Iterator

import pytest

from gifteconomy.embedded.places import temporary_folder
from gifteconomy.embedded.valkey import ValkeyServer
from gifts.actions import roads
from tests.conftest import (
    as_maintainer,
    create_database,
    drop_database,
    empty_valkey,
    use_database,
)
from tests.environment import worker_database
from tests.live import Site
from wallets.check import ledger_check


@pytest.fixture(scope="module")
def module_db(django_db_setup, template_database, django_db_blocker) -> Iterator[str]:
    name = f"{worker_database()}_module"
    with as_maintainer() as connection:
        drop_database(connection, name)
        create_database(connection, name, template_database)
        empty_valkey()
        use_database(name)
        roads.forget()  # what this process knows is of other databases
        with django_db_blocker.unblock():
            yield name
        use_database(worker_database())
        empty_valkey()
        drop_database(connection, name)


@pytest.fixture
def economy(module_db: str) -> Iterator[None]:
    """A committed world whose books add up when the test ends."""
    yield
    assert ledger_check() == []


@pytest.fixture(scope="module")
def site(module_db: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The real site on the module's database."""
    site = Site(tmp_path_factory.mktemp("site"), {})
    try:
        site.start("web")
        yield site
    finally:
        for name in list(site.processes):
            site.kill(name)
    assert site.may_log_errors or "Traceback" not in site.log("web"), site.log("web")


@pytest.fixture
def own_valkey() -> Iterator[ValkeyServer]:
    """A Valkey of this test's own, in a folder that its account can reach."""
    with temporary_folder() as folder:
        server = ValkeyServer(folder)
        server.start()
        yield server
        server.stop()
