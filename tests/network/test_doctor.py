"""`sprechzeit doctor` asks the relay for an allocation by every way there is, and says in words what is wrong with it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.neighbours.process import free_port
from tests.network.namespaces import ThisMachine
from tests.network.relay import SECRET, SHIPPED, Relay, relay
from tests.office import nursery
from tests.office.served import ROOT, as_environment

LOOPBACK = ("127.0.0.1",)


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    """The shipped relay on the loopback, which it relays from and never to."""
    ports = (free_port(), free_port())
    with relay(ThisMachine(), LOOPBACK, tmp_path_factory.mktemp("near"), ports=ports) as running:
        yield running


def doctor(folder: Path, **changes: str) -> list[str]:
    """What it says of TURN."""
    database_url = f"sqlite+aiosqlite:///{folder}/none.sqlite3"
    environment = as_environment(database_url, folder, free_port(), changes)
    done = nursery.run(["doctor"], {**os.environ, **environment}, ROOT)
    assert "Traceback" not in done.stderr
    return [line for line in done.stdout.splitlines() if "TURN" in line]


def test_a_relay_that_serves_is_found_well_by_every_way(
    near: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(near.authority))
    said = doctor(tmp_path, turn_urls=",".join(near.urls), turn_secret=SECRET)
    assert said == [f"✓ TURN unter {url} vermittelt über 127.0.0.1" for url in near.urls]


def test_what_is_wrong_is_said_in_words(near: Relay, tmp_path: Path) -> None:
    udp, tcp, tls = near.urls
    said = doctor(tmp_path, turn_urls=f"{udp},{tcp},{tls}", turn_secret="another secret")
    assert said[:2] == [
        f"✗ TURN unter {url} gibt keinen Zugang: das Geheimnis passt nicht" for url in (udp, tcp)
    ]
    assert said[2].startswith(f"✗ TURN unter {tls}: das Zertifikat gilt nicht")
    nobody = f"turn:127.0.0.1:{free_port()}?transport=tcp"
    said = doctor(tmp_path, turn_urls=f"{nobody},https://turn.example.de", turn_secret=SECRET)
    assert said == [
        f"✗ TURN unter {nobody} antwortet nicht",
        "✗ „https://turn.example.de“ ist keine Adresse eines TURN-Servers (turn:… oder turns:…)",
    ]


def test_a_relay_that_leads_into_the_house_is_named(tmp_path: Path) -> None:
    lines = SHIPPED.read_text().splitlines(keepends=True)
    careless = "".join(line for line in lines if not line.startswith("denied-peer-ip=10."))
    ports = (free_port(), free_port())
    with relay(ThisMachine(), LOOPBACK, tmp_path / "careless", careless, ports) as running:
        said = doctor(tmp_path, turn_urls=running.urls[0], turn_secret=SECRET)
    assert said == [f"✗ TURN unter {running.urls[0]} führt ins eigene Haus: 10.0.0.1"]
