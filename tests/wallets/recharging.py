"""Orders of coins as tests place and pay them, through the public actions and the provider."""

from itertools import count
from typing import Any

from users.models import User
from wallets.actions.crediting import credit_recharge
from wallets.actions.recharges import start_recharge
from wallets.models import Account, OfflinePayment, Recharge, Transfer
from wallets.money import Money
from wallets.providers import offline
from wallets.selectors.balances import coins_of

_keys = count(1)


def order(buyer: User, coins: int = 70, **asked: Any) -> Recharge:
    """An order whose payment is open at the provider."""
    asked = {
        "country": "AT",
        "method": "offline",
        "consent": True,
        "key": f"order-{next(_keys)}",
    } | asked
    started = start_recharge(buyer=buyer, coins=coins, **asked)
    started.recharge.refresh_from_db()
    return started.recharge


def payment_of(recharge: Recharge) -> OfflinePayment:
    return OfflinePayment.objects.get(key=recharge.public_id)


def pay(recharge: Recharge, minor: int | None = None, currency: str = "") -> None:
    """The provider receives the money: what was ordered, or another sum."""
    offline.receive(
        payment_of(recharge),
        Money(recharge.price if minor is None else minor, currency or recharge.currency),
    )


def bought(buyer: User, coins: int = 70, **asked: Any) -> Recharge:
    """Coins that were ordered, paid for and delivered."""
    recharge = order(buyer, coins, **asked)
    pay(recharge)
    return credit_recharge(recharge.pk, by="return")


def balances() -> dict[str, int]:
    """Every account that is not at 0: `kind:ref:asset`, with the owner's id before a user's."""
    return {
        f"{account.owner_id or ''}{account}": account.balance
        for account in Account.objects.all()
        if account.balance
    }


def nothing_moved(buyer: User) -> bool:
    return coins_of(buyer.pk) == 0 and not Transfer.objects.exists()
