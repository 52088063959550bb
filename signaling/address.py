"""How many sockets one address may hold: enough for a whole building, not for a flood. Knows nobody's name and keeps nothing."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from typing import Final

IPV6_SITE: Final = 64


def address_of(peer: str, forwarded: str, proxies: int) -> str:
    """Whose socket this is; "" when that is not known: a proxy of which we were not told, or the office itself.

    `forwarded` is X-Forwarded-For, of which only the last `proxies` entries are believed.
    """
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    told = hops[-proxies] if 0 < proxies <= len(hops) else peer
    try:
        address = ip_address(told)
    except ValueError:
        return ""
    if not proxies and not address.is_global:
        return ""
    return str(ip_network((address, IPV6_SITE), strict=False)) if address.version == 6 else str(address)


class Crowd:
    """Who holds how many sockets at this moment."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._there: Counter[str] = Counter()

    @contextmanager
    def place(self, address: str) -> Iterator[bool]:
        """A place as long as the block lasts; False when there is none left."""
        if not address:
            yield True
            return
        self._there[address] += 1
        try:
            yield self._there[address] <= self._most
        finally:
            self._there[address] -= 1
            if not self._there[address]:
                del self._there[address]
