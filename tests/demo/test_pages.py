"""The reader that the crawler judges with knows good from bad."""

import pytest

from tests.demo.pages import PageReader

AMOUNT = (
    '<span class="amount amount--coin" data-coins="49"><span class="amount__units">'
    '<svg class="icon"><use href="#coin"></use></svg>49 coins</span> '
    '<span class="amount__money">$0.49</span></span>'
)


@pytest.mark.parametrize(
    "good",
    [
        f"<main><p>You have {AMOUNT}.</p></main>",
        "<p>You are 49 coins ($0.49) short.</p>",
        '<img alt="1,200 coins ($12.00)">',
        f"<template>{AMOUNT.replace('$0.49', '')}</template>",
        "<table><tr><td>49</td><th>Coins</th></tr></table>",
        "<p>6 coin packs</p>",
        "<script>var a = '49 coins'</script><template>0 coins</template>",
        "<p>Every coin costs $0.01; coins are whole.</p>",
    ],
)
def test_an_amount_with_its_money_is_good(good):
    assert PageReader(good).bare_amounts == []


@pytest.mark.parametrize(
    "bad",
    [
        "<p>You have 49 coins.</p>",
        "<p>1,200 <b>coins</b> (a lot)</p>",
        '<button title="1 coin">x</button>',
        AMOUNT.replace("$0.49", ""),
        f"{AMOUNT} and 49 coins",
    ],
)
def test_an_amount_without_its_money_is_found(bad):
    assert len(PageReader(bad).bare_amounts) == 1


def test_links_amounts_and_words_are_read():
    page = PageReader(
        f'<a href="/a/">A<br>B</a><main id="m">Hello {AMOUNT}</main><a href="/x" download>x</a>'
    )
    assert page.links == ["/a/"]
    assert [(one.asset, one.units, one.money) for one in page.amounts] == [("coins", 49, "$0.49")]
    assert "Hello" in "".join(page.main)
