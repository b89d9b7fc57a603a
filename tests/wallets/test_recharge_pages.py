"""Buying coins through the pages: what they show, refuse and lead to. No script runs here."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.make import make_user
from tests.wallets.recharging import bought, order, pay, payment_of
from wallets.actions.crediting import credit_recharge
from wallets.actions.receipts import mail_receipt
from wallets.check import ledger_check
from wallets.models import Account, OfflinePayment, Recharge, Switch, Transfer
from wallets.money import Money
from wallets.selectors.balances import coins_of
from wallets.tasks import settle_recharge, sweep_recharges

PAGE = "/wallet/recharge/"


@pytest.fixture
def buyer(committed_db):
    yield make_user("mirabelle", country="AT")
    assert ledger_check() == []


@pytest.fixture
def client(buyer):
    client = Client()
    client.force_login(buyer)
    return client


def field(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found.group(1)


def ask(client: Client, query: str = "", **changed):
    """Send the form of the page as a browser does."""
    page = client.get(f"{PAGE}?{query}")
    html = page.content.decode()
    said = {name: field(html, name) for name in ("key", "country", "next", "gift", "method")} | {
        "choice": "70",
        "consent": "on",
    }
    return client.post(f"{PAGE}?{query}", {k: v for k, v in (said | changed).items() if v != ""})


def nothing_ordered(buyer) -> bool:
    return (
        not Recharge.objects.exists() and not Transfer.objects.exists() and coins_of(buyer.pk) == 0
    )


def test_a_buyer_goes_from_a_room_to_pay_and_back(client, buyer):
    query = urlencode({"need": 37, "next": "/live/mira/?tab=chat", "gift": "tulip"})
    html = client.get(f"{PAGE}?{query}").content.decode()
    assert "Exactly what is missing" in html
    assert '<input type="radio" name="choice" value="37" checked>' in html
    assert "$0.37" in html
    assert "$0.06 of it is tax." in html
    assert "The prices contain 20% tax for Austria." in html
    assert "Every coin costs $0.01" in html

    to_payment = ask(client, query, choice="37")
    assert to_payment.status_code == 302
    payment_page = to_payment.url
    html = client.get(payment_page).content.decode()
    assert "Pay $0.37" in html
    assert "37 coins" in html

    to_return = client.post(payment_page, {"do": "pay"})
    back = client.get(to_return.url)
    assert back.url == "/live/mira/?tab=chat&gift=tulip"
    assert coins_of(buyer.pk) == 37
    recharge = Recharge.objects.get()
    wallet = client.get("/wallet/").content.decode()
    assert "37 coins ($0.37) are in your wallet." in wallet
    assert f"Receipt {recharge.receipt}" in wallet
    again = client.get(to_return.url)
    assert again.url == "/live/mira/?tab=chat&gift=tulip"
    assert coins_of(buyer.pk) == 37


def test_less_than_the_method_takes_becomes_the_smallest_purchase_and_says_why(client):
    html = client.get(f"{PAGE}?need=3").content.decode()
    assert "The smallest purchase" in html
    assert "You are 3 coins ($0.03) short" in html
    assert '<input type="radio" name="choice" value="10" checked>' in html


def test_an_odd_need_shows_the_packs(client):
    for need in ("", "0", "-5", "1.5", "abc", "9" * 40, "²"):
        page = client.get(PAGE, {"need": need})
        assert page.status_code == 200
        assert b"Exactly what is missing" not in page.content
        assert b'name="choice" value="7000"' in page.content


def test_the_country_changes_the_tax_and_not_the_price(client):
    html = client.get(f"{PAGE}?country=HU").content.decode()
    assert "27% tax for Hungary" in html
    assert "$0.15 of it is tax." in html
    assert "70 coins" in html
    ask(client, "country=HU")
    recharge = Recharge.objects.get()
    assert (recharge.tax_country, recharge.price, recharge.tax) == ("HU", 70, 15)
    html = client.get(PAGE).content.decode()
    assert "27% tax for Hungary" in html
    assert "No tax is charged for Kenya" in client.get(f"{PAGE}?country=KE").content.decode()


def test_another_number_can_be_bought(client, buyer):
    ask(client, choice="other", other="123")
    assert Recharge.objects.get().coins == 123


@pytest.mark.parametrize(
    ("changed", "status", "text"),
    [
        ({"choice": "other", "other": ""}, 422, "Please say how many coins you want."),
        ({"choice": "other", "other": "-5"}, 422, "greater than or equal to 1"),
        ({"choice": "other", "other": "1.5"}, 422, "Enter a whole number."),
        ({"choice": "12.5"}, 422, "Please choose how many coins you want."),
        ({"choice": "²"}, 422, "Please choose how many coins you want."),
        ({"choice": ""}, 422, "Please choose how many coins you want."),
        ({"choice": "9"}, 422, 'data-refusal="amount"'),
        ({"choice": "50001"}, 409, 'data-refusal="limit"'),
        ({"consent": ""}, 422, 'data-refusal="consent"'),
        ({"country": "ZZ"}, 422, 'data-refusal="country"'),
        ({"method": "shells"}, 422, 'data-refusal="method"'),
    ],
)
def test_wrong_forms_are_refused_in_words(db, client_of, changed, status, text):
    client, buyer = client_of
    answer = ask(client, **changed)
    assert answer.status_code == status
    html = answer.content.decode()
    assert text in html
    assert nothing_ordered(buyer)


@pytest.fixture
def client_of(db):
    buyer = make_user()
    client = Client()
    client.force_login(buyer)
    return client, buyer


def test_refusals_lead_on(client, buyer):
    buyer.date_of_birth = timezone.localdate() - timedelta(days=365 * 17)
    buyer.save()
    html = client.get(f"{PAGE}?need=37").content.decode()
    assert 'data-refusal="age"' in html
    assert ask(client).status_code == 403
    buyer.date_of_birth = timezone.localdate() - timedelta(days=365 * 30)
    buyer.save()

    Account.objects.filter(owner=buyer).update(can_credit=False)
    assert ask(client).status_code == 403
    Account.objects.filter(owner=buyer).update(can_credit=True)

    Switch.objects.filter(name="recharges").update(stopped=True, message="Back at noon.")
    html = client.get(f"{PAGE}?next=/live/mira/").content.decode()
    assert "Back at noon." in html
    assert '<a href="/live/mira/">Back</a>' in html
    assert ask(client).status_code == 503
    assert "Back at noon." in client.get("/wallet/").content.decode()
    assert nothing_ordered(buyer)


def test_the_payment_page_is_the_payers_alone(client, buyer):
    to_payment = ask(client)
    other = Client()
    other.force_login(make_user())
    assert other.get(to_payment.url).status_code == 404
    assert other.post(to_payment.url, {"do": "pay"}).status_code == 404
    assert Client().get(to_payment.url).status_code == 302
    assert client.get("/wallet/payment/made-up/").status_code == 404
    order_page = f"/wallet/recharges/{Recharge.objects.get().public_id}/"
    for page in ("", "return/", "receipt/"):
        assert other.get(order_page + page).status_code == 404
    assert other.post(order_page + "resume/").status_code == 404
    assert OfflinePayment.objects.get().state == "waiting"
    assert coins_of(buyer.pk) == 0


def test_declined_left_and_odd_wishes(client, buyer):
    query = "need=37&next=/live/mira/&gift=tulip"
    declined = ask(client, query, choice="37").url
    assert client.post(declined, {"do": "steal"}).status_code == 302
    state_page = client.get(client.post(declined, {"do": "decline"}).url).url
    html = client.get(state_page).content.decode()
    assert "The payment was declined. Nothing was taken" in html
    assert "/wallet/recharge/?need=37&amp;next=%2Flive%2Fmira%2F&amp;gift=tulip" in html
    assert 'href="/live/mira/?gift=tulip"' in html
    client.post(declined, {"do": "pay"})
    assert b"This payment is over." in client.get(declined).content

    left = ask(client, query, choice="37").url
    html = client.get(client.get(client.post(left, {"do": "leave"}).url).url).content.decode()
    assert "You left without paying." in html
    assert coins_of(buyer.pk) == 0
    assert not Transfer.objects.exists()


def test_a_double_click_orders_once(client):
    html = client.get(PAGE).content.decode()
    said = {name: field(html, name) for name in ("key", "country", "method")}
    said |= {"choice": "70", "consent": "on"}
    assert client.post(PAGE, said).url == client.post(PAGE, said).url
    assert Recharge.objects.count() == 1
    other = client.post(PAGE, said | {"choice": "350"})
    assert other.status_code == 409
    assert b'data-refusal="repeat_differs"' in other.content
    assert field(other.content.decode(), "key") != said["key"]
    assert Recharge.objects.count() == 1


def test_a_waiting_page_goes_on_when_the_money_came(client, buyer):
    recharge = order(buyer)
    page = f"/wallet/recharges/{recharge.public_id}/"
    assert recharge.reference in client.get(page).content.decode()
    asking = {"HTTP_HX_REQUEST": "true"}
    assert client.get(page, **asking).status_code == 204
    assert client.post(f"{page}resume/").url.startswith("/wallet/payment/")
    pay(recharge)
    settle_recharge(recharge.pk)
    answer = client.get(page, **asking)
    assert answer["HX-Redirect"] == f"{page}return/"
    assert client.get(f"{page}return/").url == f"{page}receipt/"


def test_staff_confirm_in_production(client, buyer, settings):
    settings.OFFLINE_CONFIRMED_BY_STAFF = True
    payment_page = ask(client).url
    html = client.get(payment_page).content.decode()
    assert "Our staff confirm this payment" in html
    assert 'value="pay"' not in html
    client.post(payment_page, {"do": "pay"})
    client.post(payment_page, {"do": "decline"})
    assert OfflinePayment.objects.get().state == "waiting"
    assert coins_of(buyer.pk) == 0


def test_the_receipt_is_a_page_and_a_mail(client, buyer):
    recharge = bought(buyer, 1_000)
    html = client.get(f"/wallet/recharges/{recharge.public_id}/receipt/").content.decode()
    for text in (f"Receipt {recharge.receipt}", "$10.00", "$8.33", "$1.67", "Tax, 20%, Austria"):
        assert text in html
    assert "1,000 coins ($10.00)" in html

    mail_receipt(recharge.pk)
    mail_receipt(recharge.pk)
    sweep_recharges()
    assert len(mail.outbox) == 1
    sent = mail.outbox[0]
    assert sent.to == [buyer.email]
    assert recharge.receipt in sent.subject
    for text in ("Tax, 20%, Austria: $1.67", "Paid: $10.00", "Your wallet has 1,000 coins"):
        assert text in sent.body
    assert "$8.33" in sent.alternatives[0][0]


def test_the_sweep_credits_and_mails_what_nobody_came_back_for(buyer):
    recharge = order(buyer)
    pay(recharge)
    Recharge.objects.filter(pk=recharge.pk).update(check_at=timezone.now())
    sweep_recharges()
    assert coins_of(buyer.pk) == 70
    assert len(mail.outbox) == 1


def test_a_payment_that_does_not_fit_is_explained(client, buyer):
    recharge = order(buyer)
    pay(recharge, 50)
    state_page = client.get(f"/wallet/recharges/{recharge.public_id}/return/").url
    assert "not what was ordered" in client.get(state_page).content.decode()
    assert coins_of(buyer.pk) == 0


def test_paying_is_for_people_who_signed_in(db):
    for page in (PAGE, "/wallet/"):
        assert Client().get(page).url == f"/accounts/login/?next={page}"
    assert Client().get("/wallet/balance.json").status_code == 401


def test_an_amount_is_received_as_money(buyer):
    recharge = order(buyer)
    assert payment_of(recharge).amount == Money(70, "USD").minor
    assert credit_recharge(recharge.pk, by="return").state == Recharge.State.SENT
