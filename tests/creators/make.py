"""Creators and streams that tests start from."""

from datetime import UTC, date, datetime
from itertools import count

from django.utils import timezone

from creators.models import Creator, Place, Stream
from users.models import User
from wallets.models import RateCard

_numbers = count()
LETTERS = "abcdeghjkmnpqrtuvwxy"


def make_rate_card(
    *, series: int = 1, value_millionths: int = 7_000, starts: datetime | None = None
) -> RateCard:
    return RateCard.objects.get_or_create(
        starts=starts or datetime(2020, 1, 1, tzinfo=UTC),
        defaults={
            "diamonds_per_coin": 1,
            "diamond_value_millionths": value_millionths,
            "series": series,
        },
    )[0]


def make_person(**fields) -> User:
    number, letters = next(_numbers), ""
    for _ in range(6):
        number, rest = divmod(number, len(LETTERS))
        letters += LETTERS[rest]
    fields.setdefault("handle", f"person_{letters}")
    fields.setdefault("email", f"{letters}@example.org")
    fields.setdefault("date_of_birth", date(1990, 5, 17))
    return User.objects.create_user(**fields)


def make_creator(user: User | None = None, state: str = Creator.State.APPROVED) -> Creator:
    return Creator.objects.create(
        user=user or make_person(),
        state=state,
        rate_card=make_rate_card(),
        rules_version="1",
        accepted_at=timezone.now(),
        approved_at=timezone.now() if state == Creator.State.APPROVED else None,
    )


def make_stream(creator: Creator | None = None, title: str = "Evening songs") -> Stream:
    place = Place.objects.create(creator=creator or make_creator(), kind=Place.Kind.STREAM)
    return Stream.objects.create(place=place, title=title, started=timezone.now())
