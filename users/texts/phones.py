"""Numbers of phones in a text: with spaces, in words, in the digits of any alphabet."""

import re
import unicodedata
from collections.abc import Iterator

# Digits in words, in the languages that are written most; accents are gone when they are looked up.
DIGIT_WORDS = """
    0 zero oh null nul cero noll nolla ноль нуль sifir
    1 one eins uno une um uma un ein один раз bir ett
    2 two zwei zwo dos deux due dois duas два iki tva
    3 three drei tres trois tre три uc
    4 four vier cuatro quatre quattro quatro четыре dort fyra
    5 five funf fuenf cinco cinq cinque пять bes fem
    6 six sechs seis sei meia шесть alti sex
    7 seven sieben siete sept sette sete семь yedi sju
    8 eight acht ocho huit otto oito восемь sekiz atta
    9 nine neun nueve neuf nove девять dokuz nio
"""
TIMES = {"double": 2, "doppel": 2, "doble": 2, "triple": 3, "treble": 3}
# Letters that stand for digits in a run that is mostly digits.
DIGIT_LETTERS = str.maketrans("olisbz", "011582")

DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./\-]\d{1,2}[./\-](?:19|20)\d\d|(?:19|20)\d\d[./\-]\d{1,2}[./\-]\d{1,2})(?!\d)"
)
TIME = re.compile(r"(?<!\d)\d{1,2}[:h]\d{2}(?::\d{2})?(?!\d)")
# 1,000,000 and 1.000.000 and 1'000'000 and 1 000 000: thousands, when they are round or a list.
THOUSANDS = re.compile(r"(?<![\d+])\d{1,3}(?:([,.' ])\d{3})(?:\1\d{3}){0,4}(?![,.' ]?\d)")
DECIMAL = re.compile(r"(?<![\d.+])\d{1,4}\.\d{1,30}(?![\d.\-])")
MONEY = re.compile(r"[$€£¥₽₺₹₩] ?\d[\d., ]{0,20}|(?<![\d.,])\d[\d.,]{0,20} ?[$€£¥₽₺₹₩]")
RUN = re.compile(r"[+(]?\d(?:[\d\s\-./()+_*~,;|]{0,3}\d)*")
CALLS = re.compile(
    r"\b(?:call|phone|tel|telefon|telefono|telefone|telephone|mobile|handy|cell|whats ?app|wapp|"
    r"viber|signal|sms|text me|ring me|ruf|anrufen|llama|llamame|appelle|chiama|ligue|звони|"
    r"позвони|тел|ara)\b"
)
SHORTEST, SHORTEST_AFTER_CALL, LONGEST = 9, 7, 15


def _digit_words() -> dict[str, str]:
    words: dict[str, str] = {}
    digit = ""
    for word in DIGIT_WORDS.split():
        if word.isdigit():
            digit = word
        else:
            words.setdefault(word, digit)
    return words


DIGIT_OF = _digit_words()


def has_phone(folded: str) -> bool:
    """Whether a folded text gives a number to call."""
    text = _in_digits(folded)
    calls = CALLS.search(text) is not None
    for pattern in (DATE, TIME, MONEY, DECIMAL):
        text = pattern.sub(" § ", text)
    text = THOUSANDS.sub(_without_round, text)
    return any(_is_phone(run.group(), calls=calls) for run in RUN.finditer(text))


def _without_round(match: re.Match[str]) -> str:
    """Thousands go where they can be nothing else; groups by spaces or dots may be a phone's."""
    groups = re.split(r"[,.' ]", match.group())
    round_number = groups[-1] == "000"
    return " § " if match[1] in ",'" or round_number or len(groups) == 2 else match.group()


def _in_digits(folded: str) -> str:
    """The text with digits of other alphabets, and digits in words, as plain digits."""
    plain = "".join(_plain_digit(sign) for sign in folded)
    return " ".join(_spoken(plain.split(" ")))


def _plain_digit(sign: str) -> str:
    if sign.isascii() or not sign.isdecimal():
        return sign
    return str(unicodedata.decimal(sign))


def _spoken(words: list[str]) -> Iterator[str]:
    times = 1
    for word in words:
        bare = word.strip(".,;-_/()")
        parts = bare.split("-") if "-" in bare else [bare]
        if bare in TIMES:
            times = TIMES[bare]
        elif all(part in DIGIT_OF for part in parts):
            yield " ".join(DIGIT_OF[part] * times for part in parts)
            times = 1
        else:
            yield _mostly_digits(word)
            times = 1


def _mostly_digits(word: str) -> str:
    """O66O-l2E is not left as letters: a run of digits with a few letters drawn alike."""
    digits = sum(sign.isdigit() for sign in word)
    alike = word.translate(DIGIT_LETTERS)
    if digits >= 2 and not any(sign.isalpha() for sign in alike):
        return alike
    return word


def _is_phone(run: str, *, calls: bool) -> bool:
    groups = re.findall(r"\d+", run)
    digits = "".join(groups)
    if not (SHORTEST_AFTER_CALL if calls else 7) <= len(digits) <= LONGEST:
        return _long(digits, groups)
    if _counts(groups) or len(set(digits)) == 1:
        return False
    if calls or run.startswith("+") or (run.startswith("00") and len(digits) >= SHORTEST):
        return True
    if all(len(group) <= 2 for group in groups):
        # Scores and lottery numbers have two digits as well; a number of a phone begins with 0.
        single = sum(len(group) == 1 for group in groups)
        one_by_one = single >= 5 and len(set(re.findall(r"\D+", run.strip("+(")))) == 1
        return one_by_one or (digits[0] == "0" and len(digits) >= SHORTEST)
    if len(digits) < SHORTEST:
        return run.startswith("(") and len(digits) >= 7
    if "," in run or ";" in run:
        return False  # a list of numbers
    return len(groups) <= 5


def _long(digits: str, groups: list[str]) -> bool:
    """Two numbers in a row, or one among much else: whole groups of nine and more digits."""
    return len(digits) > LONGEST and any(SHORTEST <= len(group) <= LONGEST for group in groups)


def _counts(groups: list[str]) -> bool:
    """One two three, or the countdown."""
    numbers = [int(group) for group in groups]
    steps = {after - before for before, after in zip(numbers, numbers[1:], strict=False)}
    return len(numbers) >= 3 and len(steps) == 1
