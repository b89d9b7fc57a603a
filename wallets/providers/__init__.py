"""Ways of paying: each method's name and the provider that carries it out."""

from django.conf import settings

from wallets.errors import MethodUnknown
from wallets.providers.base import PaymentProvider
from wallets.providers.offline import OfflineProvider

METHODS: dict[str, PaymentProvider] = {"offline": OfflineProvider()}


def provider_of(method: str) -> PaymentProvider:
    """Who carries out this method, also one that is offered no more."""
    if method not in METHODS:
        raise MethodUnknown(method=method)
    return METHODS[method]


def methods_offered() -> dict[str, PaymentProvider]:
    """The methods that buyers can choose, in the operator's order."""
    return {method: provider_of(method) for method in settings.PAYMENT_METHODS}
