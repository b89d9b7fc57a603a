"""Amounts in templates: never coins without money."""

import pytest
from django.template import Context, Template
from django.utils import translation

from wallets.money import Money


def render(source, **context):
    return Template("{% load money %}" + source).render(Context(context))


def test_coins_stand_beside_their_money_value():
    html = render("{{ price|coins }}", price=1_200)
    assert 'data-coins="1200"' in html
    assert "</svg>1,200 coins</span>" in html
    assert '<span class="amount__money">$12.00</span>' in html
    assert 'aria-hidden="true"' in html


def test_one_coin_is_singular():
    assert render("{{ price|coins_text }}", price=1) == "1 coin ($0.01)"
    assert render("{{ price|coins_text }}", price=-1) == "-1 coin (-$0.01)"
    assert render("{{ price|coins_text }}", price=0) == "0 coins ($0.00)"


def test_diamonds_are_valued_at_their_rate():
    html = render("{{ earned|diamonds:7000 }}", earned=401)
    assert 'data-diamonds="401"' in html
    assert "</svg>401 diamonds</span>" in html
    assert '<span class="amount__money">$2.80</span>' in html
    assert render("{{ earned|diamonds_text:7000 }}", earned=1) == "1 diamond ($0.00)"


def test_diamonds_of_several_values_take_their_sum():
    html = render("{{ earned|diamonds_worth:value }}", earned=500, value=Money(333, "USD"))
    assert "500 diamonds" in html
    assert "$3.33" in html


def test_money_and_minor_units():
    assert render("{{ tax|money }}", tax=Money(167, "EUR")) == "€1.67"
    assert render('{{ tax|minor:"JPY" }}', tax=167) == "¥167"
    assert render("{{ price|coins_money }}", price=70) == "$0.70"
    assert render("{{ viewers|number }}", viewers=12_345) == "12,345"


def test_amounts_follow_the_readers_locale():
    with translation.override("de"):
        assert render("{{ price|coins_text }}", price=1_200).endswith("(12,00\xa0$)")
        assert render("{{ viewers|number }}", viewers=12_345) == "12.345"


@pytest.mark.parametrize("amount", [12.5, "12", None, True])
def test_what_is_not_a_whole_number_is_an_error_and_not_a_price(amount):
    with pytest.raises(TypeError, match="is not a whole number"):
        render("{{ price|coins }}", price=amount)
