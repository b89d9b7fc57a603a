"""How many sockets a process holds, in all and from one address."""

import ipaddress
from collections import Counter
from typing import Any

from django.conf import settings


class Admission:
    """Counts from the handshake on, so that sockets that never join count too."""

    def __init__(self) -> None:
        self.count = 0
        self.by_address: Counter[str] = Counter()

    def take(self, address: str) -> bool:
        """Whether one more may come; who was let in gives its place back once."""
        full = self.count >= settings.SOCKETS_PER_PROCESS
        if full or (address and self.by_address[address] >= settings.SOCKETS_PER_ADDRESS):
            return False
        self.count += 1
        self.by_address[address] += 1
        return True

    def give_back(self, address: str) -> None:
        self.count -= 1
        self.by_address[address] -= 1
        if not self.by_address[address]:
            del self.by_address[address]


def address_of(scope: dict[str, Any]) -> str:
    """Where a socket comes from; "" when that is not known, which is then not limited.

    A forwarded address is believed only behind the site's own proxy, and only the last one, which
    that proxy added itself. An IPv6 network of a household counts as one.
    """
    said = (scope.get("client") or ("",))[0] or ""
    if settings.SECURE_PROXY_SSL_HEADER:
        lines = [value for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
        said = lines[-1].decode("latin-1").rpartition(",")[2] if lines else ""
    try:
        address = ipaddress.ip_address(said.strip())
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
