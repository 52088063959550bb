"""What is shipped for installation says nothing that is not so: compose file, image, systemd units, secrets."""

import re
import shutil
import socket
import subprocess
import sys
import tomllib
import urllib.request
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.settings import Settings
from signaling.settings import from_environment
from tests.neighbours.nginx import TEMPLATE, VARIABLE, filled
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.office.seeding import outside_the_loop, seed
from tests.office.served import ROOT, as_environment

DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OPERATOR = {"SERVER_NAME": "termine.example.de", "TURN_NAME": "turn.example.de"}
OPERATOR |= {"OFFICE_ADDRESS": "192.0.2.10", "TURN_ADDRESS": "192.0.2.11"}


def known_settings() -> set[str]:
    rows = re.findall(r"^\| `(SPRECHZEIT_\w+)`", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
    return set(rows)


def filled_in(value: object) -> str:
    """As compose does it with the operator's `.env`."""
    return re.sub(r"\$\{(\w+)\}", lambda found: OPERATOR[found[1]], str(value))


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets") / "secrets"
    made = run_secrets(folder)
    assert made.returncode == 0, made.stderr
    return folder


def run_secrets(
    folder: Path, smtp: str = "smtps://user:password@mail.example.de:465"
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [DEPLOY / "secrets.sh", folder],
        env={"PATH": "/usr/bin:/bin", "SMTP_URL": smtp},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_container_runs_without_rights_and_without_a_disk_of_its_own() -> None:
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["user"].split(":")[0].isdecimal(), name
        assert "privileged" not in service, name
        if name != "coturn":
            assert service["user"].split(":")[0] != "0", name
            assert "cap_add" not in service, name
        assert service["healthcheck"], name
        for published in service.get("ports", []):
            assert name == "nginx", published
    assert "--proc-user=nobody" in SERVICES["coturn"]["command"][0]


def test_every_image_is_named_with_its_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    images = [service["image"] for service in SERVICES.values()]
    images += re.findall(r"^FROM (\S+)", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    for image in images:
        assert re.search(r":\d+\.\d+", image), image
    assert {SERVICES[name]["image"] for name in ("server1", "signaling1", "migrate")} == {
        f"sprechzeit:{version}"
    }


def test_every_setting_and_every_secret_that_is_named_exists() -> None:
    texts = [
        DEPLOY / "compose.yml",
        DEPLOY / "Containerfile",
        DEPLOY / "env.example",
        DEPLOY / "secrets.sh",
        *UNITS,
    ]
    for text in texts:
        named = set(re.findall(r"SPRECHZEIT_[A-Z][A-Z_]*", text.read_text()))
        assert not named - known_settings(), text.name
    for name, service in SERVICES.items():
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name
    from_operator = set(re.findall(r"(?<!\$)\$\{(\w+)\}", (DEPLOY / "compose.yml").read_text()))
    assert from_operator == set(
        re.findall(r"^([A-Z_]+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE)
    ) & set(OPERATOR)


def test_signaling_gets_neither_the_database_nor_the_master_key() -> None:
    for name in ("signaling1", "signaling2"):
        assert set(SERVICES[name]["secrets"]) == {
            "SPRECHZEIT_TICKET_SECRET",
            "SPRECHZEIT_TURN_SECRET",
            "SPRECHZEIT_REDIS_URL",
        }
        assert "data" not in SERVICES[name]["networks"]
        assert SERVICES[name]["environment"]["SPRECHZEIT_TRUSTED_PROXIES"] == "1", (
            "people behind nginx are not one"
        )
    text = (DEPLOY / "systemd" / "sprechzeit-signaling@.service").read_text()
    assert not re.search("MASTER_KEY|DATABASE_URL|SPRECHZEIT_SECRET:", text)


def test_nginx_is_given_every_variable_and_the_addresses_that_the_processes_have() -> None:
    environment = SERVICES["nginx"]["environment"]
    assert set(VARIABLE.findall(TEMPLATE.read_text())) == set(environment) - {"NGINX_ENVSUBST_OUTPUT_DIR"}
    for variable, name, port in (
        ("SERVER_1", "server1", "SPRECHZEIT_PORT"),
        ("SERVER_2", "server2", "SPRECHZEIT_PORT"),
        ("SIGNALING_1", "signaling1", "SPRECHZEIT_SIGNALING_PORT"),
        ("SIGNALING_2", "signaling2", "SPRECHZEIT_SIGNALING_PORT"),
    ):
        service = SERVICES[name]
        address = service["networks"]["office"]["ipv4_address"]
        assert environment[variable] == f"{address}:{service['environment'][port]}"
        assert f":{service['environment'][port]}/readyz" in service["healthcheck"]["test"][-1]


def test_the_unit_fills_in_the_template_as_these_tests_do(tmp_path: Path) -> None:
    unit = (DEPLOY / "systemd" / "sprechzeit-nginx.service").read_text()
    script = re.findall(r'^ExecStartPre=/bin/sh -c "(.+)"$', unit, re.MULTILINE)[0].replace("$$", "$")
    script = script.replace("/etc/sprechzeit/nginx.conf.template", str(TEMPLATE))
    variables = {name: f"<{name}>" for name in VARIABLE.findall(TEMPLATE.read_text())} | {
        "RUN_DIR": str(tmp_path)
    }
    subprocess.run(["/bin/sh", "-c", script], env={**variables, "PATH": "/usr/bin:/bin"}, check=True)
    assert (tmp_path / "nginx.conf").read_text() == filled(variables)


def test_whoever_is_being_served_when_a_process_stops_is_served_to_the_end() -> None:
    server = SERVICES["server1"]
    longest = int(server["environment"]["SPRECHZEIT_STOP_SECONDS"])
    assert longest >= 25
    assert int(server["stop_grace_period"].removesuffix("s")) > longest + 10
    unit = (DEPLOY / "systemd" / "sprechzeit-server@.service").read_text()
    (given,), (stop,) = re.findall(r"STOP_SECONDS=(\d+)", unit), re.findall(r"TimeoutStopSec=(\d+)", unit)
    assert int(stop) > int(given) + 10


def test_the_secrets_are_made_once_and_open_every_process(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {path.name for path in secrets.iterdir()} == {
        Path(one["file"]).name for one in COMPOSE["secrets"].values()
    }
    before = {path.name: path.read_text() for path in secrets.iterdir()}
    assert run_secrets(secrets).returncode == 0
    assert {path.name: path.read_text() for path in secrets.iterdir()} == before
    assert (secrets.stat().st_mode & 0o777, (secrets / "SPRECHZEIT_SECRET").stat().st_mode & 0o777) == (
        0o700,
        0o444,
    )
    given = {name: filled_in(value) for name, value in SERVICES["server1"]["environment"].items()}
    for name, value in {**given, "SPRECHZEIT_SECRETS_DIR": str(secrets)}.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.public_url == "https://termine.example.de"
    assert settings.room_url == "wss://termine.example.de/signaling/v1"
    assert settings.database_url.endswith(f":{before['POSTGRES_PASSWORD'].strip()}@postgres:5432/sprechzeit")
    assert settings.smtp_url == "smtps://user:password@mail.example.de:465"
    shared = {name: filled_in(value) for name, value in SERVICES["signaling1"]["environment"].items()}
    signaling = from_environment({**shared, "SPRECHZEIT_SECRETS_DIR": str(secrets)})
    assert signaling.ticket_secret == settings.ticket_secret.get_secret_value()
    assert signaling.turn_urls == settings.turn_list
    assert signaling.allowed_origins == (settings.origin,)


def test_without_a_mail_server_no_secrets_are_called_complete(tmp_path: Path) -> None:
    asked = run_secrets(tmp_path / "secrets", smtp="")
    assert asked.returncode == 1
    assert "SMTP_URL=" in asked.stderr


def test_redis_runs_on_its_file_and_lets_in_whoever_has_the_address(secrets: Path, tmp_path: Path) -> None:
    port = free_port()
    program = shutil.which("redis-server")
    assert program is not None
    command = [program, str(secrets / "redis.conf"), "--port", str(port), "--bind", "127.0.0.1"]
    server = Neighbour(command, tmp_path / "redis.log", cwd=tmp_path)
    try:
        server.wait_until(partial(port_answers, port))
        password = (secrets / "SPRECHZEIT_REDIS_URL").read_text().split("@")[0].rpartition(":")[2]
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(b"PING\r\n")
            assert line.recv(99).startswith(b"-NOAUTH")
            line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            assert line.makefile("rb").readline() == b"+OK\r\n"
    finally:
        server.stop()


def test_every_place_in_coturns_configuration_is_filled_in(secrets: Path, tmp_path: Path) -> None:
    script = SERVICES["coturn"]["command"][0].replace("$$", "$").partition("&& exec")[0]
    script = script.replace("/run/secrets/SPRECHZEIT_TURN_SECRET)", f"{secrets}/SPRECHZEIT_TURN_SECRET)")
    script = script.replace("/etc/coturn/turnserver.conf.shipped", str(DEPLOY / "coturn" / "turnserver.conf"))
    script = script.replace("/run/coturn/", f"{tmp_path}/")
    environment = {name: filled_in(value) for name, value in SERVICES["coturn"]["environment"].items()}
    subprocess.run(["/bin/sh", "-c", script], env={**environment, "PATH": "/usr/bin:/bin"}, check=True)
    set_ = [
        line for line in (tmp_path / "turnserver.conf").read_text().splitlines() if not line.startswith("#")
    ]
    assert not [line for line in set_ if "TURN-" in line]
    assert f"static-auth-secret={(secrets / 'SPRECHZEIT_TURN_SECRET').read_text().strip()}" in set_
    assert "realm=turn.example.de" in set_
    assert "relay-ip=192.0.2.11" in set_


def test_what_the_image_holds_is_enough_to_serve_pages_and_scripts(tmp_path: Path) -> None:
    """The image's own steps, without a container: copy what it copies, start what it starts, write nothing beside it."""
    image, data = tmp_path / "image", tmp_path / "data"
    text = (DEPLOY / "Containerfile").read_text().rpartition("\nFROM ")[2]
    for sources, target in re.findall(
        r"^COPY (?!--from=lib)(?:--from=client /build/)?(.+) (\S+)$", text, re.MULTILINE
    ):
        for source in sources.split():
            place = image / target if target != "./" else image / source
            copy = partial(shutil.copytree, ignore=shutil.ignore_patterns("__pycache__"))
            place.parent.mkdir(parents=True, exist_ok=True)
            (copy if (ROOT / source).is_dir() else shutil.copyfile)(ROOT / source, place)
    data.mkdir()
    port, database = free_port(), f"sqlite+aiosqlite:///{data}/city.db"
    outside_the_loop(seed(database, datetime.now(UTC)))
    environment = {
        **as_environment(database, data, port, {}),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": "",
    }
    before = sorted(image.rglob("*"))
    server = Neighbour(
        [sys.executable, "-m", "server", "serve"], tmp_path / "log", env=environment, cwd=image
    )
    try:
        server.wait_until(partial(port_answers, port), within_s=60)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
            style = re.findall(r'href="(/static/assets/[^"]+\.css)"', answer.read().decode())[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{style}", timeout=20) as answer:
            assert answer.status == 200
    finally:
        server.stop()
    assert sorted(image.rglob("*")) == before
    for unused in ("tests", "docs", "deploy", "var"):
        assert not (image / unused).exists()


def test_the_units_are_understood_and_confined(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text()
        rights = "CAP_NET_BIND_SERVICE" if "nginx" in unit.name else ""
        for wanted in (
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            f"CapabilityBoundingSet={rights}\n",
            "PrivateDevices=yes",
        ):
            assert wanted in text, (unit.name, wanted)
        assert re.search("DynamicUser=yes|User=sprechzeit|User=www-data", text)
        if program := shutil.which("systemd-analyze"):
            known = tmp_path / unit.name
            known.write_text(
                re.sub(r"^ExecStart(Post)?=\S+", r"ExecStart\1=/bin/true", text, flags=re.MULTILINE)
            )
            checked = subprocess.run([program, "verify", known], capture_output=True, text=True, check=False)
            assert unit.name.split("@")[0] not in checked.stderr, checked.stderr
            rated = subprocess.run(
                [program, "security", "--offline=true", "--threshold=20", known],
                capture_output=True,
                text=True,
                check=False,
            )
            assert rated.returncode == 0, rated.stdout[-2000:]
