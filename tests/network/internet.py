"""A small Internet: the city's house, a clerk's home behind its router, a citizen, and the core between them."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.neighbours.process import Neighbour
from tests.network.namespaces import Host, Hosts, hosts

ROOT = Path(__file__).parents[2]
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
    made: Hosts

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

    @contextmanager
    def slow_line(self, milliseconds: int, folder: Path) -> Iterator[None]:
        """The citizen's cable is replaced by one that takes so long each way, until the block ends."""
        self.citizen.ip("link del eth0")
        ends = (self.citizen.name, "eth0", self.core.name, "to-citizen")
        command = [sys.executable, "-m", "tests.network.forwarder", str(milliseconds), *ends]
        cable = Neighbour(command, folder / "cable.log", cwd=ROOT)
        try:
            cable.wait_until(lambda: all(one.has(device) for one, device in self._line))
            self._plug_in()
            yield
        finally:
            cable.stop()
            while any(one.has(device) for one, device in self._line):
                time.sleep(0.01)
            self.made.link(self.core, "to-citizen", self.citizen, "eth0")
            self._plug_in()

    @property
    def _line(self) -> tuple[tuple[Host, str], ...]:
        return (self.citizen, "eth0"), (self.core, "to-citizen")

    def _plug_in(self) -> None:
        for host, device in self._line:
            host.ip(f"link set {device} up")
        for address in (CITIZEN, CITIZEN_LATER):
            self.core.ip(f"addr add {_gateway(address)}/24 dev to-citizen")
        self._address(CITIZEN)

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
    made.link(core, "to-citizen", citizen, "eth0")
    for name, host, address, device in (("home", home, HOME, "wan"), ("city", city, CITY, "eth0")):
        gateway = _gateway(address)
        made.link(core, f"to-{name}", host, device)
        core.ip(f"addr add {gateway}/24 dev to-{name}")
        host.ip(f"addr add {address}/24 dev {device}")
        host.ip(f"route add default via {gateway}")
    made.link(home, "lan", clerk, "eth0")
    home.ip("addr add 192.168.178.1/24 dev lan")
    clerk.ip(f"addr add {CLERK}/24 dev eth0")
    clerk.ip("route add default via 192.168.178.1")
    for router in (core, home):
        router.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
    home.nft(MASQUERADE)
    net = Internet(city, clerk, home, citizen, core, made)
    net._plug_in()
    return net


def _gateway(address: str) -> str:
    return address.rsplit(".", 1)[0] + ".1"
