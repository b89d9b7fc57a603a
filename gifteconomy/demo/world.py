"""Makes the demo world, stage by stage; run again after a kill, it goes on where it was."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, timedelta

import psycopg
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone
from redis.exceptions import RedisError

from creators.actions.streams import end_stream, start_stream
from creators.models import CreatorMail, Stream
from gifteconomy.demo.cast import CAST, LIVE_NOW
from gifteconomy.demo.history import History, close_until, sweep, terms_of
from gifteconomy.demo.models import World
from gifteconomy.demo.people import make_person
from gifteconomy.demo.plan import DAYS, Item, plan_world
from gifteconomy.demo.trouble import make_trouble
from gifts.models import Gift
from users import valkey
from users.models import User
from wallets.actions.checking import run_check
from wallets.actions.days import set_first_day
from wallets.models import Recharge, Transfer
from wallets.selectors.prices import rate_card

WORLD_LOCK = 7_301_900  # advisory: one process makes the world
LONGEST_SHOW = timedelta(hours=20)

Say = Callable[[str], None]


class DemoRefused(Exception):
    """No demo world can be made; the text says why."""


class NotEmpty(DemoRefused):
    """Somebody lives in this database already."""


def load_world(*, say: Say) -> bool:
    """Make the world, or finish one whose making was killed; False when it is there already, and
    then only its three rooms are kept live.

    Raises DemoRefused outside of a demo, and NotEmpty where there are people or transfers.
    """
    if not settings.DEMO:
        raise DemoRefused("DEMO is off: the people of the demo sign in without a password.")
    with _alone():
        world = World.objects.first() or _begin()
        if world.finished:
            keep_rooms_live()
            return False
        people = {}
        for person in CAST:
            people[person.handle] = make_person(person, began=world.began)
            say(person.name)
        _make_history(world, people, say=say)
        make_trouble(people, now=world.began)
        _finish(world, say=say)
    return True


def _begin() -> World:
    if User.objects.exists() or Transfer.objects.exists():
        raise NotEmpty("The database is not empty: it gets no demo world.")
    _forget_rooms()
    return World.objects.create(began=timezone.now().replace(second=0, microsecond=0))


def _make_history(world: World, people: dict[str, User], *, say: Say) -> None:
    began = world.began.astimezone(UTC)
    if not Transfer.objects.exists():
        set_first_day(began.date() - timedelta(days=DAYS))
    card = rate_card(at=began)
    shelf = [
        Item(gift.slug, gift.coins, gift.streakable)
        for gift in Gift.objects.filter(active=True).order_by("coins", "slug")
    ]
    moments = plan_world(began, shelf, terms_of(card))
    History(people=people, card=card, streams={}).carry_out(moments, say=say)


def keep_rooms_live() -> None:
    """The world goes on: who is to be live is, and nobody is for days without a pause."""
    old = timezone.now() - LONGEST_SHOW
    for host in LIVE_NOW:
        user = User.objects.get(handle=host.handle)
        live = Stream.objects.filter(place__creator=user.pk, state=Stream.State.LIVE).first()
        if live is not None and live.started < old:
            end_stream(place_id=live.pk)
            live = None
        if live is None:
            start_stream(user=user, title=host.titles[0])


def _finish(world: World, *, say: Say) -> None:
    say("closing the books")
    close_until(_today())
    sweep(timezone.now())
    # What would be mailed about these days was mailed then.
    Recharge.objects.filter(receipt_mailed=None).update(receipt_mailed=F("credited"))
    CreatorMail.objects.filter(sent=None).update(sent=F("created"))
    analyze()
    say("checking the books")
    run = run_check()
    if run.differences:
        raise DemoRefused(f"The books of the demo do not add up: {run.differences[:5]}")
    world.finished = timezone.now()
    world.save(update_fields=["finished"])


def analyze() -> None:
    """Fresh statistics, which only the owner of the tables can take: without them plans are those
    for empty tables."""
    if url := os.environ.get("DATABASE_OWNER_URL"):
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute("ANALYZE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _today() -> date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date")
        return cursor.fetchone()[0]


def _forget_rooms() -> None:
    """What Valkey still knows of the rooms of a world that was dropped."""
    client = valkey.client()
    try:
        for key in client.scan_iter("room:*"):
            client.delete(key)
    except RedisError:
        return


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time; another one that is killed lets go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [WORLD_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [WORLD_LOCK])
