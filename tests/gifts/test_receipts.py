from gifts.receipts import LotPart, split

FEES = {"card": (290, 300_000), "offline": (0, 0)}


def part(**fields) -> LotPart:
    return LotPart(
        **{
            "gone": 0,
            "coins": 5,
            "lot_coins": 70,
            "price": 70,
            "tax": 12,
            "currency": "USD",
            "method": "card",
        }
        | fields
    )


def one(parts, diamonds: int, value: int = 7_000, currency: str = "USD"):
    found = split(parts, diamonds=diamonds, value_millionths=value, currency=currency, fees=FEES)
    assert found is not None
    assert found.paid == found.tax + found.fee + found.platform + found.creator
    return found


def test_gift_of_one_coin_shows_parts_of_a_cent() -> None:
    found = one([part(coins=1, method="offline")], diamonds=1)
    assert (found.paid, found.tax, found.fee, found.creator, found.platform) == (
        10_000,
        1_714,
        0,
        7_000,
        1_286,
    )
    assert found.fee_about is False


def test_fixed_fee_of_a_small_payment_is_a_loss_that_is_shown() -> None:
    # 70 coins for 70 cents: the fee is 2.9 % and 30 cents, 320,300 millionths in all.
    found = one([part(coins=70)], diamonds=70)
    assert found.fee == 320_300
    assert found.fee_about is True
    assert found.platform == 700_000 - 120_000 - 320_300 - 490_000 == -230_300


def test_receipts_of_a_whole_lot_add_up_to_its_price_and_tax() -> None:
    gone, paid, tax, fee = 0, 0, 0, 0
    for coins in (1, 3, 7, 2, 19, 1, 36, 1):
        found = one([part(gone=gone, coins=coins, price=71, tax=13)], diamonds=coins)
        gone, paid, tax, fee = gone + coins, paid + found.paid, tax + found.tax, fee + found.fee
    assert (gone, paid, tax) == (70, 710_000, 130_000)
    assert fee == 20_590 + 300_000  # 2.9 % of 710,000, and 30 cents


def test_fee_that_the_provider_reported_is_exact() -> None:
    found = one([part(coins=35, fee=33)], diamonds=35)
    assert (found.fee, found.fee_about) == (165_000, False)


def test_granted_coins_cost_the_platform_what_the_creator_gets() -> None:
    found = one([part(coins=10, price=0, tax=0, method="grant")], diamonds=10)
    assert (found.paid, found.fee, found.creator, found.platform) == (0, 0, 70_000, -70_000)


def test_coins_of_two_lots_are_summed() -> None:
    parts = [
        part(gone=65, coins=5),
        part(gone=0, coins=10, lot_coins=100, price=90, tax=0, method="offline"),
    ]
    found = one(parts, diamonds=15)
    assert found.paid == 50_000 + 90_000
    assert found.fee_about is True


def test_currencies_without_and_with_three_digits() -> None:
    yen = part(coins=1, lot_coins=7, price=100, tax=9, currency="JPY", method="offline")
    assert one([yen], diamonds=1, value=700_000, currency="JPY").paid == 14_285_714
    dinar = part(coins=1, lot_coins=7, price=100, tax=0, currency="KWD", method="offline")
    assert one([dinar], diamonds=1, value=7_000, currency="KWD").paid == 14_285


def test_coins_paid_in_another_currency_have_no_split() -> None:
    assert (
        split(
            [part(), part(currency="EUR")],
            diamonds=10,
            value_millionths=7_000,
            currency="USD",
            fees=FEES,
        )
        is None
    )
