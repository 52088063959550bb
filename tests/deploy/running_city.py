"""The small city as it is deployed: nginx, two servers, two signaling processes, PostgreSQL, Redis; all real."""

import asyncio
import datetime as dt
import ipaddress
import ssl
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.neighbours.nginx import Nginx
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.neighbours.sockets import held_by
from tests.office.seeding import outside_the_loop, seed
from tests.office.served import ROOT, as_environment

Kind = Literal["server", "signaling"]
FOR_SIGNALING = ("TICKET_SECRET", "PUBLIC_URL", "TURN_URLS", "TURN_SECRET", "REDIS_URL", "TRUSTED_PROXIES")


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths = folder / "tls.pem", folder / "tls.key"
    paths[0].write_bytes(certificate.public_bytes(pem))
    paths[1].write_bytes(private)
    return paths


@dataclass
class Process:
    """One process of the city, on a port that it keeps over restarts."""

    command: list[str]
    environment: dict[str, str]
    port: int
    log: Path
    running: Neighbour | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        self.begin()
        self.wait()

    def begin(self) -> None:
        self.running = Neighbour(self.command, self.log, env=self.environment, cwd=ROOT)

    def wait(self) -> None:
        assert self.running is not None
        self.running.wait_until(partial(port_answers, self.port), within_s=60)

    def stop(self) -> None:
        if self.running is not None:
            self.running.stop(within_s=40)

    async def restart(self, *, kill: bool = False) -> None:
        """Ends it, politely or as a power cut would, and returns when it answers again.

        Begun in the test's own thread: a child dies with the thread that started it.
        """
        await asyncio.to_thread(self.kill if kill else self.stop)
        await self.come_back()

    async def come_back(self) -> None:
        self.begin()
        await asyncio.to_thread(self.wait)

    def kill(self) -> None:
        assert self.running is not None
        self.running.kill()

    def lines(self) -> set[str]:
        """The other ends of the connections that people have to this process now, as the kernel lists them."""
        assert self.running is not None
        held = held_by(self.running.pid)
        found = set()
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            _, local, remote, state, *_ = line.split()
            established, ours = state == "01", int(local.split(":")[1], 16) == self.port
            if established and ours and f"socket:[{line.split()[9]}]" in held:
                found.add(remote)
        return found


@dataclass
class RunningCity:
    folder: Path
    nginx: Nginx
    certificate: Path
    server: list[Process] = field(default_factory=list)
    signaling: list[Process] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.nginx.url

    @property
    def processes(self) -> list[Process]:
        return [*self.server, *self.signaling]

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def stop(self) -> None:
        self.nginx.stop()
        for process in self.processes:
            if process.running:
                process.running.ask_to_stop()
        for process in self.processes:
            process.stop()


def run_city(database_url: str, redis_url: str, folder: Path, **changes: Any) -> RunningCity:
    """Starts it all; the caller stops it."""
    outside_the_loop(seed(database_url, datetime.now(UTC), duty_now=True))
    certificate, key = make_certificate(folder)
    nginx = Nginx(folder, certificate, key)
    city = RunningCity(folder, nginx, certificate)
    public = {
        "public_url": nginx.url,
        "signaling_url": nginx.url.replace("https", "wss") + "/signaling/v1",
        "redis_url": redis_url,
        "trusted_proxies": 1,
        "room_opens_minutes": 120,
        "stop_seconds": 25,
        **changes,
    }
    for number in range(2):
        port = free_port()
        environment = as_environment(database_url, folder, port, public)
        command = [sys.executable, "-m", "server", "serve"]
        city.server.append(Process(command, environment, port, folder / f"server{number}.log"))
    shared = {
        f"SPRECHZEIT_{name}": city.server[0].environment.get(f"SPRECHZEIT_{name}") for name in FOR_SIGNALING
    }
    for number in range(2):
        port = free_port()
        environment = {name: value for name, value in shared.items() if value}
        environment["SPRECHZEIT_SIGNALING_PORT"] = str(port)
        command = [sys.executable, "-m", "signaling"]
        city.signaling.append(Process(command, environment, port, folder / f"signaling{number}.log"))
    try:
        for process in city.processes:
            process.begin()
        for process in city.processes:
            process.wait()
        first, second = city.server
        one, other = city.signaling
        nginx.start((first.address, second.address), (one.address, other.address))
    except BaseException:
        city.stop()
        raise
    return city
