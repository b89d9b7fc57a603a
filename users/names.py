"""What a handle may look like, and when two names look alike."""

import re
import unicodedata

from django.db import models
from django.utils.functional import cached_property

from users import reserved

SHORTEST, LONGEST = 3, 30
FORMAT = re.compile(rf"[A-Za-z0-9_]{{{SHORTEST},{LONGEST}}}", re.ASCII)

# Letters of other alphabets that are drawn like a Latin one. Handles hold ASCII only, but the name
# that people see beside the handle may be written in any alphabet.
DRAWN_ALIKE = """
    аa вb еe ѕs іi їi јj кk мm нh оo рp ԛq сc тt уy хx һh ԁd ԝw гr пn
    αa βb εe ιi κk νv οo ρp τt υu χx γy ηn ωw μu
    ıi ɩi łl øo đd ħh œoe æae ðd þp
"""
FOREIGN = str.maketrans({pair[0]: pair[1:] for pair in DRAWN_ALIKE.split()})
# Within the ASCII alphabet: what a quick eye takes for the other.
DIGITS = str.maketrans("0134578", "oleastb")
# Joiners of letters that are drawn as one.
JOINERS = "\u200c\u200d"
UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
PAIRS = (("rn", "m"), ("vv", "w"))


def skeleton(name: str) -> str:
    """The name as a quick eye sees it; two names with one skeleton look alike.

    Compatibility forms, accents, case, underscores and other marks go; 0 becomes o, 1 and i become
    l, rn becomes m, and letters of other alphabets become the Latin ones they are drawn like.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c)).translate(FOREIGN)
    plain = "".join(c for c in plain.translate(DIGITS) if c.isalnum()).replace("i", "l")
    for pair, letter in PAIRS:
        plain = plain.replace(pair, letter)
    return plain


class _Reserved:
    """The skeletons of the reserved words, made at the first question."""

    @cached_property
    def pages(self) -> frozenset[str]:
        return _skeletons(reserved.PAGES)

    @cached_property
    def staff_words(self) -> frozenset[str]:
        return _skeletons(reserved.STAFF_WORDS)

    @cached_property
    def staff_phrase(self) -> re.Pattern[str]:
        """Reserved words and nothing else, with at least one that speaks for the site."""
        staff = "|".join(self.staff_words | _skeletons(reserved.OFFICE_WORDS))
        filler = "|".join(_skeletons(reserved.FILLER_WORDS))
        return re.compile(f"^(?:{filler})*(?:{staff})(?:{filler}|{staff})*$")


def _skeletons(words: str) -> frozenset[str]:
    return frozenset(skeleton(word) for word in words.split())


_reserved = _Reserved()


def speaks_for_site(name: str) -> bool:
    """Whether the name makes its owner look like staff: `admin`, `Adm1n_anna`, `support-team-2`."""
    parts = [part.strip("0123456789") for part in re.split(r"[\W_]+", name)]
    whole = "".join(parts)
    if any(skeleton(part) in _reserved.staff_words for part in [*parts, name] if part):
        return True
    return any(_reserved.staff_phrase.match(skeleton(text)) is not None for text in (whole, name))


def is_reserved(handle: str) -> bool:
    """Whether nobody may take this handle: a page's name, or a name that speaks for the site."""
    bare = handle.strip("0123456789_")
    whole = {skeleton(handle), skeleton(bare)} if bare else {skeleton(handle)}
    return not _reserved.pages.isdisjoint(whole) or speaks_for_site(handle)


def handle_base(text: str) -> str:
    """The beginning of a suggested handle, out of an e-mail address or a name."""
    local = text.partition("@")[0].partition("+")[0]
    ascii_only = unicodedata.normalize("NFKD", local).encode("ascii", "ignore").decode()
    base = re.sub(r"[^A-Za-z0-9]+", "_", ascii_only).strip("_").lower()[: LONGEST - 5].rstrip("_")
    return base if len(base) >= SHORTEST and not is_reserved(base) else "viewer"


def printable(text: str, *, lines: bool = False) -> str:
    """Text without what is not seen but changes what is: controls, direction marks, line ends.

    The joiner inside emoji and Indic words stays. `lines` keeps line ends, two in a row at most.
    """
    kept = "".join(
        c
        for c in text.replace("\r\n", "\n")
        if c in JOINERS or (c == "\n" and lines) or unicodedata.category(c) not in UNSEEN
    )
    if not lines:
        return " ".join(kept.split())
    rows = [" ".join(row.split()) for row in kept.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()


class SkeletonField(models.CharField):
    """Always the skeleton of the handle beside it, also in bulk writes."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = skeleton(model_instance.handle)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, value)
        return value
