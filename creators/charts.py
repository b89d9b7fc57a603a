"""The dashboard's chart: money earned by hour or by day."""

from datetime import time

from babel.dates import format_date, format_time
from django.conf import settings
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from creators.selectors.dashboard import Span, earned_by_day, earned_by_hour
from users.charts import Chart, Series
from wallets.money import Money, format_money


def earnings_chart(creator_id: int, span: Span) -> Chart:
    """By hour for one day, else by day."""
    locale = to_locale(get_language() or "en")
    if span.first == span.last:
        sums = earned_by_hour(creator_id, span.first)
        labels = [format_time(time(one.key), "short", locale=locale) for one in sums]
        title, label_name = _("Earned by the hour"), _("From")
    else:
        sums = earned_by_day(creator_id, span)
        labels = [format_date(one.key, "d MMM", locale=locale) for one in sums]
        title, label_name = _("Earned by the day"), _("Date")
    return Chart(
        title=title,
        unit=settings.BASE_CURRENCY,
        series=[Series(_("Earned"), [one.worth.money.minor for one in sums])],
        labels=labels,
        label_name=label_name,
        value_text=lambda minor: format_money(
            Money(minor, settings.BASE_CURRENCY), get_language() or "en"
        ),
        empty_text=_("Gifts that you receive will show here, as money."),
        name="earned",
    )
