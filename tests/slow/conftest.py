"""The demo world, made once for all slow tests that look at it: each gets a copy."""

import pytest

from tests.conftest import (
    as_maintainer,
    create_database,
    drop_database,
    empty_valkey,
    use_database,
)
from tests.demo.world import World, load_demo
from tests.environment import worker_database


@pytest.fixture(scope="session")
def demo_world(django_db_setup, template_database, tmp_path_factory) -> World:
    """Never changed: a module whose `copied_database` is its database works on a copy."""
    world = World(f"{worker_database()}_demo", tmp_path_factory.mktemp("media"))
    with as_maintainer() as maintainer:
        drop_database(maintainer, world.database)
        create_database(maintainer, world.database, template_database)
    use_database(world.database)
    load_demo(world.media)
    use_database(worker_database())
    empty_valkey()
    return world
