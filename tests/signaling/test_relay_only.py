"""Where media goes through a relay, nothing of the clerk's own network passes signaling, whatever the clerk's browser says."""

import re
from pathlib import Path

import pytest

from tests.signaling.conftest import OpenOffice
from tests.signaling.people import Office, Person

SAMPLES = sorted((Path(__file__).parent / "sdp_samples").glob("*.sdp"))
TURN = {"turn_urls": ("turn:turn.example.de",), "turn_secret": "a-secret-shared-with-coturn-in-tests"}
RELAYED = "candidate:41 1 udp 41885439 44.128.9.9 50000 typ relay raddr 44.128.1.2 rport 61000 generation 0"
OWN = (
    "candidate:1 1 udp 2122260223 192.168.178.20 50001 typ host generation 0",
    "candidate:2 1 udp 1686052607 44.128.1.2 50001 typ srflx raddr 192.168.178.20 rport 50001",
    "candidate:3 1 tcp 1518280447 fd00::20 9 typ host tcptype active",
    "a=candidate:4 1 udp 1 3f2b.local 50001 typ host",
    "candidate:5 1 udp 1 44.128.1.2 50001 typ prflx typ relay",
)


def without_addresses(sdp: str) -> list[str]:
    return [line for line in sdp.splitlines() if "IN IP" not in line and "candidate:" not in line]


async def both(office: Office) -> tuple[Person, Person]:
    clerk, citizen = await office.enter("host"), await office.enter("guest")
    await citizen.hear("peer")
    return clerk, citizen


@pytest.mark.criterion("C06")
async def test_only_relayed_candidates_of_the_clerk_are_passed_on(open_office: OpenOffice) -> None:
    clerk, citizen = await both(await open_office(**TURN))
    for candidate in (*OWN, RELAYED, ""):
        await clerk.say("candidate", to=citizen.id, candidate=candidate)
    passed = [await citizen.hear("candidate"), await citizen.hear("candidate")]
    hidden = RELAYED.replace("raddr 44.128.1.2 rport 61000", "raddr 0.0.0.0 rport 0")
    assert [message["candidate"] for message in passed] == [hidden, ""]
    assert not [message for message in await citizen.settled() if message["type"] == "candidate"]
    assert not [message for message in await clerk.settled() if message["type"] == "error"]


@pytest.mark.criterion("C06")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.stem))
async def test_a_description_of_the_clerk_holds_no_address_of_its_own(
    open_office: OpenOffice, path: Path
) -> None:
    """The samples come from browsers that were not told to be relay-only."""
    clerk, citizen = await both(await open_office(**TURN))
    sample = path.read_bytes().decode()
    # Before admission no data channel: here it is the addresses in all sections that count.
    sdp = re.sub(
        r"m=application (\d+) \S+ \S+", r"m=audio \1 UDP/TLS/RTP/SAVPF 0", f"{sample}a={RELAYED}\r\n"
    )
    await clerk.say("description", to=citizen.id, kind="offer", sdp=sdp)
    heard = (await citizen.hear("description"))["sdp"]
    for address in ("192.0.2.", "2001:db8:", "44.128.1.2"):
        assert address not in heard
    assert "44.128.9.9" in heard
    assert without_addresses(heard) == without_addresses(sdp)


async def test_the_citizen_and_a_city_without_relay_are_passed_on_as_they_are(
    open_office: OpenOffice,
) -> None:
    clerk, citizen = await both(await open_office(**TURN))
    await citizen.say("candidate", to=clerk.id, candidate=OWN[0])
    assert (await clerk.hear("candidate"))["candidate"] == OWN[0]
    clerk, citizen = await both(await open_office())
    await clerk.say("candidate", to=citizen.id, candidate=OWN[0])
    assert (await citizen.hear("candidate"))["candidate"] == OWN[0]
