"""Lists of words, and finding them in a text however they are spelled.

Whole words are compared, never parts of words, so that no town and no name is refused for the
letters in it. Stretched, spaced and masked letters and look-alikes are the same word.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from users.texts.folding import as_latin, fold
from users.texts.lookalikes import HIDING_SIGNS, LEET_DIGITS, LEET_SIGNS

LEET = str.maketrans(LEET_DIGITS | LEET_SIGNS)
# 1 and | are drawn like i and like l.
LEET_L = str.maketrans({"1": "l", "|": "l", "!": "l"})
ENDS = ".,;:!?…\"'()[]«»„“”"
APOSTROPHES = "'’ʼ`´‘"
MOST_MASKED = 8  # words of a text in which single letters are hidden: each is held against a list
STRETCHED = 3
EXCESS = 2


class WordList:
    """Words and phrases, folded; made once and asked often."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: set[str] = set()
        # Phrases by their first word, squeezed.
        self._phrases: dict[str, list[tuple[str, ...]]] = {}
        self._squeezed: dict[str, list[str]] = {}
        self._by_length: dict[int, list[str]] = {}
        for word in words:
            self._add(word)

    def _add(self, word: str) -> None:
        folded = fold(word)
        for form in {folded, as_latin(folded)}:
            phrase = tuple(part for part in map(_bare, form.split()) if part)
            if len(phrase) > 1:
                self._phrases.setdefault(_squeeze(phrase[0]), []).append(phrase)
            elif phrase:
                self._words.add(phrase[0])
                self._squeezed.setdefault(_squeeze(phrase[0]), []).append(phrase[0])
                self._by_length.setdefault(len(phrase[0]), []).append(phrase[0])

    def __bool__(self) -> bool:
        return bool(self._words or self._phrases)

    def holds_one_of(self, folded: str) -> bool:
        """Whether a word of the list stands in a folded text, whole."""
        if not self:
            return False
        return any(self._is_in(form) for form in {folded, as_latin(folded)})

    def _is_in(self, text: str) -> bool:
        words = text.split()
        if any(self._is_listed(form) for form in self._single_forms(words)):
            return True
        return bool(self._phrases) and self._has_phrase(words)

    def _single_forms(self, words: list[str]) -> Iterator[str]:
        for word in words:
            yield from forms(word)
        for joined in spaced_out(words):
            yield from forms(joined)
        masked = [word for word in words if any(sign in HIDING_SIGNS for sign in word)]
        for word in masked[:MOST_MASKED]:
            yield from self._unmasked(word)

    def _is_listed(self, word: str) -> bool:
        if word in self._words:
            return True
        return any(is_stretched(word, one) for one in self._squeezed.get(_squeeze(word), ()))

    def _unmasked(self, word: str) -> Iterator[str]:
        """Listed words that a word with hidden letters can be: the first letter is always shown."""
        shown = word.strip(ENDS).translate(LEET)
        letters = sum(sign.isalpha() for sign in shown)
        if letters < 2 or len(shown) - letters > letters:
            return
        for one in self._by_length.get(len(shown), ()):
            if all(a == b or a in HIDING_SIGNS for a, b in zip(shown, one, strict=True)):
                yield one

    def _has_phrase(self, words: list[str]) -> bool:
        spelled = [word for word in map(_spellings, words) if any(word)]
        for at, first in enumerate(spelled):
            found = {phrase for form in first for phrase in self._phrases.get(_squeeze(form), ())}
            for phrase in found:
                said = spelled[at : at + len(phrase)]
                if len(said) == len(phrase) and all(map(_is_one_of, said, phrase)):
                    return True
        return False


def _is_one_of(spellings: Iterable[str], listed: str) -> bool:
    squeezed = _squeeze(listed)
    return any(
        form == listed or (_squeeze(form) == squeezed and is_stretched(form, listed))
        for form in spellings
    )


def forms(word: str) -> Iterator[str]:
    """What one run of signs without spaces can be read as."""
    seen = set()
    bare = word.strip(ENDS)
    for part in (*_parts(word), *_parts(bare), _joined(word), _joined(bare)):
        for form in _spellings(part):
            if form and form not in seen:
                seen.add(form)
                yield form


@lru_cache(maxsize=8192)
def _spellings(word: str) -> tuple[str, ...]:
    """The word as it stands, with its digits read as letters, with i and l exchanged."""
    plain = _bare(word)
    letters = sum(sign.isalpha() for sign in word)
    digits = sum(sign.isdigit() for sign in word)
    if letters == len(word) or letters < 1 or digits > letters:
        return (plain,)
    leet = "".join(sign for sign in word.translate(LEET) if sign.isalnum())
    other = "".join(sign for sign in word.translate(LEET_L).translate(LEET) if sign.isalnum())
    return (plain, leet, other)


def _parts(word: str) -> list[str]:
    """The words that signs part: "well/known" is two."""
    parts, current = [], ""
    for sign in word:
        if sign.isalnum() or sign in LEET_SIGNS:
            current += sign
        elif current:
            parts.append(current)
            current = ""
    return [*parts, current] if current else parts


def _joined(word: str) -> str:
    """The word without the signs between its letters; an apostrophe parts what it stands in."""
    if any(sign in APOSTROPHES for sign in word):
        return ""
    return "".join(sign for sign in word if sign.isalnum() or sign in LEET_SIGNS)


def _bare(word: str) -> str:
    return "".join(sign for sign in word if sign.isalnum())


def spaced_out(words: list[str]) -> Iterator[str]:
    """Letters that stand one by one, put together: "w o r d", "w. o. r. d", "ww o rr d"."""
    run: list[str] = []
    for word in [*words, "the end"]:
        shown = word.strip(ENDS) or word
        bare = "".join(sign for sign in shown if sign.isalnum() or sign in LEET_SIGNS)
        if 1 <= len(bare) <= 3 and len(set(bare)) == 1:
            run.append(bare)
            continue
        if len(run) >= 3:
            # A word of one letter may stand before or after: "I am a b a d ...".
            yield from ("".join(run), "".join(run[1:]), "".join(run[:-1]))
        run = []


def is_stretched(word: str, listed: str) -> bool:
    """Whether this is the listed word with letters drawn out; both are the same when squeezed."""
    excess, longest = 0, 0
    for written, meant in zip(_runs(word), _runs(listed), strict=True):
        if written < meant:
            return False
        excess += written - meant
        longest = max(longest, written if written > meant else 0)
    return longest >= STRETCHED or excess >= EXCESS


def _squeeze(word: str) -> str:
    return "".join(a for a, b in zip(word, f" {word}", strict=False) if a != b)


def _runs(word: str) -> list[int]:
    runs: list[int] = []
    before = ""
    for sign in word:
        if sign == before:
            runs[-1] += 1
        else:
            runs.append(1)
        before = sign
    return runs
