"""The lists of words that are not allowed: the operator's and the creators'."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models.functions import Now

from users import locks
from users.errors import AlreadySo, ListFull
from users.models import FilterWord
from users.texts.folding import fold

MOST_WORDS = {"operator": 5_000, "creator": 500}


def add_words(
    words: Iterable[str], *, owner_id: int | None, language: str = "", by_id: int
) -> list[FilterWord]:
    """Add words to the operator's list (no owner) or a creator's; those it holds stay.

    Locks the list. Raises AlreadySo when none is new and ListFull when they do not fit; then
    nothing is added.
    """
    new = {fold(word): " ".join(word.split())[:50] for word in words}
    new.pop("", None)
    with transaction.atomic():
        locks.lock_filter_list(owner_id)
        rows = FilterWord.objects.filter(owner=owner_id, removed=None)
        known = set(rows.filter(language=language).values_list("folded", flat=True))
        fresh = {folded: word for folded, word in new.items() if folded not in known}
        if not fresh:
            raise AlreadySo()
        most = MOST_WORDS["creator" if owner_id else "operator"]
        if rows.count() + len(fresh) > most:
            raise ListFull(most=most)
        return FilterWord.objects.bulk_create(
            [
                FilterWord(
                    owner_id=owner_id,
                    language=language,
                    word=word,
                    folded=folded[:100],
                    added_by_id=by_id,
                )
                for folded, word in fresh.items()
            ]
        )


def take_out(word_id: int, *, owner_id: int | None, by_id: int) -> None:
    """Take a word out of a list; its row stays. Raises AlreadySo when it is not in that list."""
    rows = FilterWord.objects.filter(pk=word_id, owner=owner_id, removed=None)
    if not rows.update(removed=Now(), removed_by=by_id):
        raise AlreadySo()
