"""When most was given in a stream, as a chart."""

from babel.dates import format_time
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from gifts.summaries import StreamFacts
from users.charts import Chart, Series
from wallets.money import format_money, price_of_coins


def stream_chart(facts: StreamFacts) -> Chart:
    """Money that viewers paid for the gifts of each part of a stream, a minute or longer."""
    locale = to_locale(get_language() or "en")
    zone = timezone.get_current_timezone()
    return Chart(
        title=_("When gifts came"),
        unit=settings.BASE_CURRENCY,
        series=[Series(_("Given"), [one.coins for one in facts.minutes])],
        labels=[
            format_time(m.begins.astimezone(zone), "short", locale=locale) for m in facts.minutes
        ],
        label_name=_("From"),
        value_text=lambda coins: format_money(price_of_coins(coins), get_language() or "en"),
        empty_text=_("No gifts came in this stream."),
        name="stream",
    )
