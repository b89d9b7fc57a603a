"""The rate limiter: exact under threads, shared, and with a stated answer when Valkey is away."""

import threading
import time

import pytest

from users import limits, valkey
from users.errors import TooFast, Unavailable


@pytest.fixture
def bucket(request):
    """A name of this test alone."""
    name = f"test-{request.node.name}-{time.monotonic_ns()}"
    yield name
    for key in valkey.client().scan_iter(f"limit:{name}*"):
        valkey.client().delete(key)


def taken_by_threads(take, threads: int, tries: int) -> int:
    passed, start = [], threading.Barrier(threads)

    def work() -> None:
        start.wait()
        for _ in range(tries):
            try:
                take()
                passed.append(1)
            except TooFast:
                pass

    running = [threading.Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return len(passed)


def test_as_many_pass_as_the_bucket_holds(bucket):
    for _ in range(3):
        limits.hit(bucket, "anna", rate=3, per_seconds=3600)
    with pytest.raises(TooFast) as refused:
        limits.hit(bucket, "anna", rate=3, per_seconds=3600)
    assert 1195 <= refused.value.details["wait_seconds"] <= 1200
    limits.hit(bucket, "bert", rate=3, per_seconds=3600)


def test_the_bucket_fills_again_evenly(bucket):
    for _ in range(2):
        limits.hit(bucket, 1, rate=2, per_seconds=1)
    with pytest.raises(TooFast):
        limits.hit(bucket, 1, rate=2, per_seconds=1)
    time.sleep(0.55)
    limits.hit(bucket, 1, rate=2, per_seconds=1)
    with pytest.raises(TooFast):
        limits.hit(bucket, 1, rate=2, per_seconds=1)


def test_a_cost_takes_several_or_nothing(bucket):
    limits.hit(bucket, 1, rate=5, per_seconds=3600, cost=4)
    with pytest.raises(TooFast):
        limits.hit(bucket, 1, rate=5, per_seconds=3600, cost=2)
    limits.hit(bucket, 1, rate=5, per_seconds=3600, cost=1)


def test_asking_what_is_left_takes_nothing(bucket):
    for _ in range(5):
        limits.require_left(bucket, 1, rate=1, per_seconds=3600)
    limits.hit(bucket, 1, rate=1, per_seconds=3600)
    with pytest.raises(TooFast):
        limits.require_left(bucket, 1, rate=1, per_seconds=3600)
    limits.forget(bucket, 1)
    limits.require_left(bucket, 1, rate=1, per_seconds=3600)


def test_threads_never_take_more_than_the_bucket_holds(bucket):
    passed = taken_by_threads(lambda: limits.hit(bucket, 1, rate=20, per_seconds=3600), 8, 20)
    assert passed == 20


def test_asking_and_taking_apart_would_let_too_many_through(bucket):
    """The negative control: the same bucket, but asked and taken in two steps."""

    def ask_then_take() -> None:
        limits.require_left(bucket, 1, rate=20, per_seconds=3600)
        name = limits._name(bucket, 1)
        full_at = int(valkey.client().get(name) or time.time() * 1_000_000)
        valkey.client().set(name, full_at + 180_000_000, ex=3600)

    passed = taken_by_threads(ask_then_take, 8, 20)
    assert passed > 20


def test_a_bucket_leaves_nothing_behind(bucket):
    limits.hit(bucket, 1, rate=2, per_seconds=60)
    assert 0 < valkey.client().pttl(limits._name(bucket, 1)) <= 60_001


async def test_async_and_sync_share_a_bucket(bucket):
    await limits.ahit(bucket, 1, rate=2, per_seconds=3600)
    limits.hit(bucket, 1, rate=2, per_seconds=3600)
    with pytest.raises(TooFast):
        await limits.ahit(bucket, 1, rate=2, per_seconds=3600)


async def test_without_valkey_it_is_open_unless_asked_to_be_closed(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limits.hit("away", 1, rate=1, per_seconds=60)
    limits.hit("away", 1, rate=1, per_seconds=60)
    await limits.ahit("away", 1, rate=1, per_seconds=60)
    with pytest.raises(Unavailable):
        limits.hit("away", 1, rate=1, per_seconds=60, closed=True)
    with pytest.raises(Unavailable):
        limits.require_left("away", 1, rate=1, per_seconds=60, closed=True)
