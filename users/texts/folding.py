"""A text as a quick eye reads it: one form for all the ways of writing the same word."""

import unicodedata
from functools import lru_cache

from users.texts.lookalikes import ALWAYS, OTHERS, TO_LATIN

# Signs that nobody sees: besides the categories, fillers that count as letters or spaces.
UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Marks over letters that change no word, by their blocks. Vowel signs of Indian and South-East
# Asian scripts are marks as well, and make the word: they stay.
MARKS = (
    *(range(0x0300, 0x0370), range(0x0483, 0x048A), range(0x0591, 0x05C8)),
    *(range(0x0610, 0x061B), range(0x064B, 0x0660), range(0x0670, 0x0671)),
    *(range(0x06D6, 0x06EE), range(0x1AB0, 0x1B00), range(0x1DC0, 0x1E00)),
    *(range(0x20D0, 0x2100), range(0xFE00, 0xFE10), range(0xFE20, 0xFE30)),
    range(0xE0100, 0xE01F0),
)
TATWEEL = "\u0640"
LINE_ENDS = "\n\r\t\v\f\x85"
# Some forms of NFKC have forms again once they are small letters.
ROUNDS = 4
TURNING = "\u202b\u202e\u2067"
# Letters without any likeness: who writes one writes in that alphabet.
UNMISTAKABLE = frozenset("бгджзийлпфцчшщъыьэюяґђљњћџγδθλξπσςφψω")


def fold(text: str) -> str:
    """Compatibility forms, case, marks, unseen signs and look-alikes gone; spaces single.

    Folding what is folded changes nothing.
    """
    for _ in range(ROUNDS):
        folded = _fold_once(text)
        if folded == text:
            break
        text = folded
    return text


def _fold_once(text: str) -> str:
    spaced = "".join(" " if sign in LINE_ENDS else sign for sign in text)
    seen = "".join(sign for sign in spaced if not _is_unseen(sign))
    wide = unicodedata.normalize("NFKC", seen).casefold()
    marked = unicodedata.normalize("NFD", wide)
    plain = unicodedata.normalize("NFC", "".join(s for s in marked if not _is_mark(s)))
    words = plain.translate(ALWAYS).split()
    return " ".join(_of_one_alphabet(word) for word in words)


@lru_cache(maxsize=4096)
def _is_unseen(sign: str) -> bool:
    return sign in UNSEEN or unicodedata.category(sign) in UNSEEN_CATEGORIES


@lru_cache(maxsize=4096)
def _is_mark(sign: str) -> bool:
    return sign == TATWEEL or any(ord(sign) in block for block in MARKS)


def _of_one_alphabet(word: str) -> str:
    """A word that mixes Latin with letters drawn alike is Latin."""
    if word.isascii():
        return word
    latin = any("a" <= sign <= "z" for sign in word)
    return word.translate(TO_LATIN) if latin and any(s in OTHERS for s in word) else word


def as_latin(folded: str) -> str:
    """A folded text whose other letters all look Latin, read as Latin; else the text itself.

    What is written in its own alphabet has letters that look like nothing Latin nearly always.
    """
    foreign = {sign for sign in folded if sign.isalpha() and not sign.isascii()}
    if not foreign or not foreign <= OTHERS.keys() or not foreign.isdisjoint(UNMISTAKABLE):
        return folded
    return folded.translate(TO_LATIN)


def turned(text: str) -> str:
    """What is read where marks turn a text around; "" where there are none."""
    return text[::-1] if any(mark in text for mark in TURNING) else ""
