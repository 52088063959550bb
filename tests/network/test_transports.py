"""The relay is reached by UDP, TCP and TLS, with credentials that live as long as the appointment; two browsers talk through each."""

import time

import pytest
from playwright.async_api import Page

from signaling.settings import SignalingSettings
from signaling.turn import ice_servers
from tests.network.call import Call, until
from tests.network.internet import CITY
from tests.network.relay import PORTS, SECRET
from tests.network.turn_client import PATIENCE_S, Credential, RefusedByTurn, credential
from tests.network.world import World

PLAIN, TLS = PORTS
# What a firewall leaves open before both people ► how the browsers reach the relay then.
FIREWALLS = {
    "udp": f"meta l4proto {{ tcp, udp }} th dport {{ 8080, {PLAIN}, 49152-65535 }}",
    "tcp": f"tcp dport {{ 8080, {PLAIN} }}",
    "tls": f"tcp dport {{ 8080, {TLS} }}",
}
transports = pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])


def given_out(until: float, now: float) -> Credential:
    """What the office itself gives a browser."""
    settings = SignalingSettings("x" * 32, turn_urls=("turn:x",), turn_secret=SECRET)
    server = ice_servers(settings, "person", until, now)[0]
    return Credential(server["username"], server["credential"])


def error_of(world: World, transport: str, known: Credential) -> int:
    """The number with which an allocation is refused; 0: it was granted."""
    with world.turn.client(world.internet.citizen, transport, known) as client:
        try:
            client.allocate()
        except RefusedByTurn as refused:
            return refused.code
    return 0


@pytest.mark.criterion("C07")
@transports
def test_data_goes_through_the_relay_and_back(world: World, transport: str) -> None:
    peer = world.internet.core.socket()
    peer.bind(("44.128.2.1", 9_400))
    peer.settimeout(PATIENCE_S)
    known = given_out(time.time() + 60, time.time())
    with peer, world.turn.client(world.internet.citizen, transport, known) as client:
        relayed = client.allocate()
        assert relayed[0] == CITY
        channel = client.bind(("44.128.2.1", 9_400))
        client.send_on(channel, b"there")
        assert peer.recvfrom(100) == (b"there", relayed)
        peer.sendto(b"and back", relayed)
        assert client.receive() == b"and back"


@pytest.mark.criterion("C07")
@transports
def test_credentials_end_ten_minutes_after_the_room(world: World, transport: str) -> None:
    now = time.time()
    assert error_of(world, transport, given_out(now - 590, now)) == 0
    assert error_of(world, transport, given_out(now - 610, now)) == 401
    assert error_of(world, transport, credential("another secret", now + 600)) == 401
    assert error_of(world, transport, Credential(f"{int(now + 600)}:person", "guessed")) == 401
    lasting = Credential(f"{int(now + 90_000)}:person", given_out(now, now).password)
    assert error_of(world, transport, lasting) == 401


def test_one_credential_does_not_use_up_the_relay(world: World) -> None:
    """The quota ends somebody's allocations; the next person still gets one."""
    known = credential(SECRET, time.time() + 600, "greedy")
    clients = []
    try:
        for _ in range(60):
            clients.append(world.turn.client(world.internet.citizen, "udp", known))
            try:
                clients[-1].allocate()
            except RefusedByTurn as refused:
                assert refused.code == 486  # noqa: PT017  how many come before does not matter
                break
        assert 10 < len(clients) < 60
        assert error_of(world, "udp", credential(SECRET, time.time() + 600, "modest")) == 0
    finally:
        for client in clients:
            client.close()


async def carried_by(page: Page, protocol: str) -> None:
    """How this browser reaches the relay on the way that carries the call, once the best way has been found."""

    async def found() -> bool:
        using = await page.evaluate("""async () => {
          const connection = window.connections.find((one) => one.connectionState === 'connected');
          const reports = new Map([...((await connection?.getStats()) ?? [])]);
          const transport = [...reports.values()].find((report) => report.type === 'transport');
          const local = reports.get(reports.get(transport?.selectedCandidatePairId)?.localCandidateId);
          return local && (local.relayProtocol ?? 'none');
        }""")
        return bool(using == protocol)

    await until(found)


@pytest.mark.browser
@pytest.mark.criterion("C07")
@transports
async def test_a_call_passes_a_firewall(meeting: Call, transport: str) -> None:
    meeting.internet.only(FIREWALLS[transport])
    await meeting.meet()
    await carried_by(meeting.clerk.page, transport)
    await carried_by(meeting.citizen.page, {"udp": "none"}.get(transport, transport))
