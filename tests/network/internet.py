"""A small Internet: the city's house, a clerk's home behind its router, a citizen, and the core between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.network.namespaces import Host, Hosts, hosts

# Public by their looks, but the namespaces lead nowhere: no packet leaves this machine.
CITY = "44.128.9.9"
HOME = "44.128.1.2"  # what the world sees of the clerk's home
CLERK = "192.168.178.20"
CITIZEN, CITIZEN_LATER = "44.128.2.20", "44.128.3.20"
# In the core, as on a bad line: the machines themselves notice nothing but silence.
LOSS = """table ip outage {
  chain through { type filter hook forward priority 0;
    iifname "to-citizen" %(share)s drop
    oifname "to-citizen" %(share)s drop
  }
}"""
MASQUERADE = """table ip home {
  chain out { type nat hook postrouting priority 100; oifname "wan" masquerade; }
  chain through { type filter hook forward priority 0; ct state established,related accept; iifname "wan" drop; }
}"""


@dataclass
class Internet:
    """`citizen` and `clerk` are the machines on which their browsers run; `city` is the server's."""

    city: Host
    clerk: Host
    home: Host
    citizen: Host
    core: Host

    def lose(self, percent: int) -> None:
        """That share of the packets is lost from now on on the citizen's line, each way; 0: none, 100: an outage."""
        share = "" if percent == 100 else f"numgen random mod 100 < {percent}"
        rules = LOSS % {"share": share} if percent else ""
        self.core.nft(f"table ip outage\ndelete table ip outage\n{rules}")

    def give_another_address(self) -> None:
        """The citizen's machine gets a new address, as a phone does that goes from Wi-Fi to the mobile network."""
        self.citizen.ip("addr flush dev eth0")
        self.citizen.ip(f"addr add {CITIZEN_LATER}/24 dev eth0")
        self.citizen.ip("route add default via 44.128.3.1")


@contextmanager
def internet() -> Iterator[Internet]:
    """Built anew, and gone afterwards."""
    with hosts() as made:
        yield _build(made)


def _build(made: Hosts) -> Internet:
    names = ("city", "clerk", "home", "citizen", "core")
    city, clerk, home, citizen, core = (made.host(name) for name in names)
    ends = (("home", home, HOME, "wan"), ("citizen", citizen, CITIZEN, "eth0"), ("city", city, CITY, "eth0"))
    for name, host, address, device in ends:
        gateway = address.rsplit(".", 1)[0] + ".1"
        made.link(core, f"to-{name}", host, device)
        core.ip(f"addr add {gateway}/24 dev to-{name}")
        host.ip(f"addr add {address}/24 dev {device}")
        host.ip(f"route add default via {gateway}")
    core.ip("addr add 44.128.3.1/24 dev to-citizen")
    made.link(home, "lan", clerk, "eth0")
    home.ip("addr add 192.168.178.1/24 dev lan")
    clerk.ip(f"addr add {CLERK}/24 dev eth0")
    clerk.ip("route add default via 192.168.178.1")
    for router in (core, home):
        router.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
    home.nft(MASQUERADE)
    return Internet(city, clerk, home, citizen, core)
