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
FIREWALL = """table ip firewall {
  chain through { type filter hook forward priority 1;
    ct state established,related accept
    %(words)s accept
    drop
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

    def only(self, words: str) -> None:
        """A strict firewall before both people: what `words` (of nftables) say passes to the city, and answers come back."""
        rules = FIREWALL % {"words": words} if words else ""
        self.core.nft(f"table ip firewall\ndelete table ip firewall\n{rules}")

    def heal(self) -> None:
        """Whatever was done to the network is undone."""
        self.lose(0)
        self.only("")
        self._address(CITIZEN)

    def give_another_address(self) -> None:
        """The citizen's machine gets a new address, as a phone does that goes from Wi-Fi to the mobile network."""
        self._address(CITIZEN_LATER)

    def _address(self, address: str) -> None:
        if address in self.citizen.ip("-4 addr show dev eth0"):
            return
        self.citizen.ip("addr flush dev eth0")
        self.citizen.ip(f"addr add {address}/24 dev eth0")
        self.citizen.ip(f"route add default via {_gateway(address)}")


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
        gateway = _gateway(address)
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


def _gateway(address: str) -> str:
    return address.rsplit(".", 1)[0] + ".1"
