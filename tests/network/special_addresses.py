"""The blocks of addresses that no relay may speak to (IANA's registries, multicast, and what is deprecated), and samples of each."""

import random
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

IPV4 = {
    "this host": "0.0.0.0/8",
    "private use (10)": "10.0.0.0/8",
    "shared address space": "100.64.0.0/10",
    "loopback": "127.0.0.0/8",
    "link local": "169.254.0.0/16",
    "cloud metadata": "169.254.169.254/32",
    "private use (172)": "172.16.0.0/12",
    "IETF protocol assignments": "192.0.0.0/24",
    "documentation (192.0.2)": "192.0.2.0/24",
    "AS112": "192.31.196.0/24",
    "AMT": "192.52.193.0/24",
    "6to4 relay anycast": "192.88.99.0/24",
    "private use (192.168)": "192.168.0.0/16",
    "AS112, delegated": "192.175.48.0/24",
    "benchmarking": "198.18.0.0/15",
    "documentation (198.51.100)": "198.51.100.0/24",
    "documentation (203.0.113)": "203.0.113.0/24",
    "multicast": "224.0.0.0/4",
    "reserved": "240.0.0.0/4",
    "limited broadcast": "255.255.255.255/32",
}
IPV6 = {
    "unspecified": "::/128",
    "loopback": "::1/128",
    "IPv4-compatible": "::/96",
    "IPv4-mapped": "::ffff:0:0/96",
    "mapped loopback": "::ffff:127.0.0.0/104",
    "mapped private": "::ffff:10.0.0.0/104",
    "mapped link local": "::ffff:169.254.0.0/112",
    "IPv4-translated": "::ffff:0:0:0/96",
    "NAT64": "64:ff9b::/96",
    "NAT64 of 10/8": "64:ff9b::a00:0/104",
    "NAT64 of 127/8": "64:ff9b::7f00:0/104",
    "NAT64, local": "64:ff9b:1::/48",
    "discard only": "100::/64",
    "dummy prefix": "100:0:0:1::/64",
    "outside global unicast, below": "1000::/4",
    "IETF protocol assignments": "2001::/23",
    "Teredo": "2001::/32",
    "benchmarking": "2001:2::/48",
    "AMT": "2001:3::/32",
    "AS112": "2001:4:112::/48",
    "ORCHID": "2001:10::/28",
    "ORCHIDv2": "2001:20::/28",
    "drone identifiers": "2001:30::/28",
    "documentation (2001:db8)": "2001:db8::/32",
    "6to4": "2002::/16",
    "6to4 of 10/8": "2002:a00::/24",
    "6to4 of 127.0.0.1": "2002:7f00:1::/48",
    "AS112, delegated": "2620:4f:8000::/48",
    "6bone": "3ffe::/16",
    "documentation (3fff)": "3fff::/20",
    "outside global unicast, above": "4000::/3",
    "segment routing": "5f00::/16",
    "unique local": "fc00::/7",
    "link local": "fe80::/10",
    "site local": "fec0::/10",
    "multicast": "ff00::/8",
}
# The addresses that lie just beside a block, and some of the everyday Internet: a relay that refuses them is too narrow.
BESIDE_IPV4 = (
    "1.0.0.0 9.9.9.9 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 "
    "169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0 "
    "192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 203.0.112.255 203.0.114.0 223.255.255.255"
)
BESIDE_IPV6 = (
    "2000:: 2000:ffff:ffff:ffff:: 2001:200:: 2001:db7:ffff:: 2001:db9:: 2001:4860:4860::8888 2003:: 2620:4f:7fff:: "
    "2620:4f:8001:: 2a00:1450:4001:80b::200e 3ffd:ffff:ffff:: 3fff:1000:: 3fff:ffff:ffff:ffff::"
)


def samples(block: str, count: int) -> Iterator[str]:
    """First and last address, some with all-zero or all-one tails, the others drawn (the same in every run)."""
    network: IPv4Network | IPv6Network = ip_network(block)
    size = network.num_addresses
    offsets = {0, size - 1}
    for bits in range(8, network.max_prefixlen - network.prefixlen, 8):
        offsets |= {size - (1 << bits), (1 << bits) - 1, size - 1 & ~((1 << bits) - 1)}
    drawn = random.Random(block)
    offsets |= {drawn.randrange(size) for _ in range(count)}
    for offset in sorted(offsets):
        yield str(network[offset])
