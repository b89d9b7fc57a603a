"""Countries, by their two letters, in the reader's language."""

from functools import cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

# Territories of CLDR that are no country whose tax a buyer could pay.
NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def is_country(code: str) -> bool:
    return code in _names("en")


def country_name(code: str) -> str:
    return _names(get_language() or "en").get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """Every country as (code, name), by name."""
    return sorted(_names(get_language() or "en").items(), key=lambda item: item[1].casefold())


@cache
def _names(language: str) -> dict[str, str]:
    try:
        territories = Locale.parse(language.replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        territories = Locale.parse("en").territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
    }
