"""The one text filter: chat, messages with gifts, comments, names, what people say of themselves.

    why_not("see example dot com", words=WordList([...]))     # "link"

`users.selectors.filtering` asks it with the lists of the database.

What is refused for everybody: addresses of the web and of mail, numbers of phones, offers of coins
from elsewhere, and the words of the operator's list; in a creator's place the creator's list too.
The work is linear in the text's length, and the length is bounded.
"""

from users.texts.folding import as_latin, fold, turned
from users.texts.links import has_link, has_mail, plain_dots
from users.texts.offers import offers_coins
from users.texts.phones import has_phone
from users.texts.words import LEET, WordList

LONGEST = 2_000


def why_not(text: str, *, words: WordList | None = None) -> str | None:
    """What kind of thing in a text is not allowed, or None.

    One of `long link mail phone offer word`; never which word of a list it was.
    """
    if len(text) > LONGEST:
        return "long"
    for reading in filter(None, (text, turned(text))):
        if why := _why_not(reading, words):
            return why
    return None


def _why_not(text: str, words: WordList | None) -> str | None:
    folded = fold(text)
    if words and any(words.holds_one_of(form) for form in {folded, fold(_drawn(text))}):
        return "word"
    latin = " ".join(as_latin(word) for word in folded.split())
    # Addresses and numbers whose signs stand one by one are put together first.
    for reading in {folded, latin, _close_up(latin)}:
        dotted = plain_dots(reading)
        if has_mail(dotted):
            return "mail"
        if has_link(dotted, text):
            return "link"
    if has_phone(folded):
        return "phone"
    offered = (latin, *_readings(latin))
    return "offer" if any(offers_coins(reading) for reading in offered) else None


def _drawn(text: str) -> str:
    """A capital I within a word of small letters is read as an l."""
    read: list[str] = []
    for sign in text:
        small = bool(read) and read[-1].islower()
        read.append("l" if sign == "I" and small else sign)
    return "".join(read)


def _readings(folded: str) -> tuple[str, ...]:
    """As letters, where digits and signs stand for them: `ch3ap c0ins`, and `c h e a p`."""
    words = [_as_letters(word) for word in folded.split()]
    bare = " ".join("".join(s for s in word if s.isalnum() or s in "%.,") for word in words)
    return (bare, _close_up(bare))


def _as_letters(word: str) -> str:
    letters = sum(sign.isalpha() for sign in word)
    return word.translate(LEET) if 2 * letters >= len(word) and letters else word


def _close_up(text: str) -> str:
    """Words of one sign each are put together, three and more in a row."""
    done: list[str] = []
    run: list[str] = []
    for word in [*text.split(), ""]:
        if len(word) == 1:
            run.append(word)
            continue
        done += ["".join(run)] if len(run) >= 3 else run
        run = []
        done.append(word)
    return " ".join(done).strip()
