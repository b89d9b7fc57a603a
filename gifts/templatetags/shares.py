"""What a gift looks like, and what its creator gets of it."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import get_language

from wallets.models import RateCard
from wallets.money import format_millionths

register = template.Library()


@register.simple_tag
def gift_art(slug: str) -> str:
    """The address of a gift's still."""
    return static(f"gifts/art/{slug}.svg")


@register.filter
def creator_share(coins: int, card: RateCard) -> str:
    """`{{ gift.coins|creator_share:rate_card }}`: exact, as one coin pays less than a cent."""
    millionths = coins * card.diamonds_per_coin * card.diamond_value_millionths
    return format_millionths(millionths, settings.BASE_CURRENCY, get_language() or "en")
