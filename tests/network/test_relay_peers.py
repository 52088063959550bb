"""The shipped coturn refuses every special-purpose peer, on both address families, and passes on what it may."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.network import special_addresses as special
from tests.network.namespaces import Host, hosts
from tests.network.relay import SHIPPED, Relay, relay
from tests.network.turn_client import IPV4, IPV6, PATIENCE_S, RefusedByTurn, TurnClient

# Public by their looks, but the namespaces lead nowhere: no packet leaves this machine.
RELAY = ("44.128.9.9", "2d00:1::9")
PEER = {"v4": "44.128.9.77", "v6": "2d00:1::77"}
# What an attacker hopes to reach: addresses of the relay's own machine and of the house behind it.
INNER = {
    "v4": ("100.64.0.5", "192.0.2.5", "198.18.0.5", "10.0.0.5", "169.254.169.254", "127.0.0.1"),
    "v6": ("64:ff9b::a00:5", "2002:a00:5::1", "100::5", "2001:db8::5", "fd00::5", "::1"),
}
PORT = 9_400
USUAL = """no-multicast-peers
denied-peer-ip=0.0.0.0-0.255.255.255
denied-peer-ip=10.0.0.0-10.255.255.255
denied-peer-ip=127.0.0.0-127.255.255.255
denied-peer-ip=169.254.0.0-169.254.255.255
denied-peer-ip=172.16.0.0-172.31.255.255
denied-peer-ip=192.168.0.0-192.168.255.255
denied-peer-ip=fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
denied-peer-ip=fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff
"""
families = pytest.mark.parametrize("family", ["v4", "v6"])


@dataclass
class House:
    """A host with many inner addresses, all of which answer, and the relay on it."""

    host: Host
    relay: Relay

    def client(self, family: str) -> TurnClient:
        client = self.relay.client(self.host)
        client.allocate(IPV4 if family == "v4" else IPV6)
        return client

    def listener(self, family: str, address: str = "") -> socket.socket:
        """Hears what comes to the port, at this or at any of the host's addresses."""
        ear = self.host.socket(socket.AF_INET if family == "v4" else socket.AF_INET6)
        ear.bind((address or ("0.0.0.0" if family == "v4" else "::"), PORT))
        ear.settimeout(PATIENCE_S)
        return ear


@contextmanager
def house(folder: Path, shipped: str = "") -> Iterator[House]:
    with hosts() as made:
        host = made.host("house")
        for address in (RELAY[0], PEER["v4"], *INNER["v4"][:-1]):
            host.ip(f"addr add {address}/32 dev lo")
        for address in (RELAY[1], PEER["v6"], *INNER["v6"][:-1]):
            host.ip(f"-6 addr add {address}/128 dev lo nodad")
        with relay(host, RELAY, folder, shipped) as running:
            yield House(host, running)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The relay as it is shipped."""
    with house(tmp_path_factory.mktemp("guarded")) as one:
        yield one


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The same relay with the list that guides give."""
    rest = re.sub(r"^(denied-peer-ip|no-multicast-peers).*\n", "", SHIPPED.read_text(), flags=re.MULTILINE)
    with house(tmp_path_factory.mktemp("usual"), rest + USUAL) as one:
        yield one


def granted(client: TurnClient, address: str) -> bool:
    """Whether the relay would speak to this address, by permission or by channel."""
    yes = False
    for ask in (lambda: client.permit(address), lambda: client.bind((address, PORT))):
        try:
            ask()
            yes = True
        except RefusedByTurn as refused:
            if refused.code != 403:
                raise
    return yes


def arrives(one: House, family: str, address: str) -> bool:
    """Whether data sent to this address by every way there is comes out, before data to the permitted peer does."""
    with one.client(family) as client, one.listener(family) as ear:
        client.permit(PEER[family])
        with suppress(RefusedByTurn):
            client.permit(address)
        client.send((address, PORT), b"inner")
        with suppress(RefusedByTurn):
            client.send_on(client.bind((address, PORT)), b"inner")
        client.send((PEER[family], PORT), b"allowed")
        heard = set()
        while b"allowed" not in heard:
            heard.add(ear.recv(100))
        return b"inner" in heard


@pytest.mark.criterion("K06")
@families
def test_a_permitted_peer_gets_data_and_answers(guarded: House, family: str) -> None:
    with guarded.client(family) as client, guarded.listener(family, PEER[family]) as peer:
        client.permit(PEER[family])
        channel = client.bind((PEER[family], PORT))
        client.send_on(channel, b"there")
        data, relayed = peer.recvfrom(100)
        assert data == b"there"
        assert relayed[0] == RELAY[0 if family == "v4" else 1]
        peer.sendto(b"and back", relayed)
        assert client.receive() == b"and back"


@pytest.mark.criterion("K06")
@families
def test_every_special_purpose_address_is_refused(guarded: House, family: str) -> None:
    blocks = special.IPV4 if family == "v4" else special.IPV6
    with guarded.client(family) as client:
        passed = [
            f"{name}: {address}"
            for name, block in blocks.items()
            for address in special.samples(block, 8)
            if granted(client, address)
        ]
    assert passed == []


@families
def test_the_addresses_beside_the_blocks_are_not(guarded: House, family: str) -> None:
    beside = special.BESIDE_IPV4 if family == "v4" else special.BESIDE_IPV6
    with guarded.client(family) as client:
        assert [address for address in beside.split() if not granted(client, address)] == []


@pytest.mark.criterion("K06")
@families
def test_nothing_comes_out_at_an_inner_address(guarded: House, family: str) -> None:
    assert [address for address in INNER[family] if arrives(guarded, family, address)] == []


def meet(host: Host, running: Relay) -> bytes:
    """Two people who both reach each other over the relay alone: what the second hears of the first."""
    with running.client(host) as one, running.client(host) as other:
        ones, others = one.allocate(), other.allocate()
        assert {ones[0], others[0]} == {RELAY[0]}
        other.permit(ones[0])
        one.send_on(one.bind(others), b"from relay to relay")
        return other.receive()


def test_two_people_on_the_relay_meet(guarded: House) -> None:
    assert meet(guarded.host, guarded.relay) == b"from relay to relay"


def test_two_people_on_a_relay_behind_a_nat_meet(tmp_path: Path) -> None:
    """With the two lines that the file names for that case."""
    inner = "10.0.0.9"
    lines = f"\nexternal-ip={RELAY[0]}/{inner}\nallowed-peer-ip={inner}\n"
    with hosts() as made:
        host = made.host("nat")
        host.ip(f"addr add {inner}/24 dev lo")
        with relay(host, [inner], tmp_path, SHIPPED.read_text() + lines) as running:
            assert meet(host, running) == b"from relay to relay"
            with running.client(host) as client:
                client.allocate()
                assert not granted(client, "10.0.0.5")


def test_the_other_family_is_no_way_around(guarded: House) -> None:
    with guarded.client("v4") as client:
        for address in ("::ffff:127.0.0.1", "::1", "64:ff9b::a00:5"):
            with pytest.raises(RefusedByTurn) as refused:
                client.permit(address)
            assert refused.value.code in (403, 443)


def test_there_is_no_relay_to_tcp_services(guarded: House) -> None:
    with guarded.relay.client(guarded.host, "tcp") as client, pytest.raises(RefusedByTurn) as refused:
        client.allocate(transport=b"\x06\0\0\0")
    assert refused.value.code in (400, 403, 442)


@families
def test_the_list_that_guides_give_lets_something_through(usual: House, family: str) -> None:
    """The control: without the longer list the same questions are answered otherwise, and data does come out."""
    assert not arrives(usual, family, INNER[family][4])
    assert all(arrives(usual, family, address) for address in INNER[family][:2])
    if family == "v6":
        with usual.client(family) as client:
            assert granted(client, "::ffff:10.0.0.5")
