"""The text filter with the lists of the database: the operator's, and that of a place's creator."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max, Q

from users.errors import MessageNotAllowed
from users.models import FilterWord
from users.texts import WordList, why_not


def require_allowed(
    text: str, *, creator_id: int | None = None, languages: Collection[str] = (), **details: Any
) -> None:
    """Raises MessageNotAllowed with the kind of thing that is not allowed in this text.

    In a creator's place their list counts too, and of the operator's words those of the languages
    that are spoken there; none named means all. `details` go into the refusal.
    """
    if why := why_not_allowed(text, creator_id=creator_id, languages=languages):
        raise MessageNotAllowed(why=why, **details)


def why_not_allowed(
    text: str, *, creator_id: int | None = None, languages: Collection[str] = ()
) -> str | None:
    """As `require_allowed`, as a word (`users.texts.why_not`) or None. One cheap query."""
    if not text:
        return None
    return why_not(text, words=_words(creator_id, frozenset(languages)))


def _words(creator_id: int | None, languages: frozenset[str]) -> WordList:
    """What counts now: the lists are read again only when they have changed."""
    rows = FilterWord.objects.filter(Q(owner=None) | Q(owner=creator_id))
    stamp = rows.aggregate(n=Count("id"), newest=Max("id"), removed=Max("removed"))
    return _list_of(creator_id, languages, tuple(stamp.values()))


@lru_cache(maxsize=256)
def _list_of(creator_id: int | None, languages: frozenset[str], stamp: tuple[Any, ...]) -> WordList:
    rows = FilterWord.objects.filter(Q(owner=None) | Q(owner=creator_id), removed=None)
    if languages:
        rows = rows.filter(Q(language="") | Q(language__in=languages) | ~Q(owner=None))
    return WordList(rows.values_list("word", flat=True))


def listed(owner_id: int | None) -> list[FilterWord]:
    """The words of one list that count now, by language and alphabet."""
    rows = FilterWord.objects.filter(owner=owner_id, removed=None)
    return list(rows.order_by("language", "folded"))
