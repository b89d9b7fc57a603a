"""What every page shows of a wallet."""

from typing import Any

from django.http import HttpRequest

from wallets.selectors.balances import coins_of


def purse(request: HttpRequest) -> dict[str, Any]:
    """The coins of whoever is signed in, for the bar above every page but those of staff."""
    match = request.resolver_match
    if not request.user.is_authenticated or (match and match.app_name == "admin"):
        return {}
    return {"wallet_coins": coins_of(request.user.pk)}
