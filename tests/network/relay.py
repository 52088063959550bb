"""A real coturn on a host of its own, started from the shipped file with only its values in capitals filled in."""

import datetime as dt
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.neighbours.process import Neighbour
from tests.network.namespaces import Host
from tests.network.turn_client import PATIENCE_S, Credential, TurnClient, credential

SHIPPED = Path(__file__).parents[2] / "deploy" / "coturn" / "turnserver.conf"
SECRET = "turn-secret-of-the-network-tests-0123456789"
NAME = "turn.sprechzeit.test"
PORTS = (3478, 443)


@dataclass
class Relay:
    """`address` is where it is reached and where it relays."""

    host: Host
    address: str
    server: Neighbour
    authority: Path
    ports: tuple[int, int] = PORTS

    @property
    def urls(self) -> tuple[str, str, str]:
        place = f"[{self.address}]" if ":" in self.address else self.address
        return (
            f"turn:{place}:{self.ports[0]}?transport=udp",
            f"turn:{place}:{self.ports[0]}?transport=tcp",
            f"turns:{place}:{self.ports[1]}?transport=tcp",
        )

    def client(self, at: Host, transport: str = "udp", known: Credential | None = None) -> TurnClient:
        """Somebody at `at` who is connected, with a credential of the next hour."""
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        plain = at.socket(family, kind)
        plain.settimeout(PATIENCE_S)
        plain.connect((self.address, self.ports[transport == "tls"]))
        if transport == "tls":
            context = ssl.create_default_context(cafile=str(self.authority))
            plain = context.wrap_socket(plain, server_hostname=NAME)
        return TurnClient(plain, known or credential(SECRET, time.time() + 3600))

    def serves(self) -> bool:
        """Whether both doors are open: TLS, and UDP, which opens last."""
        try:
            with self.client(self.host, "tls") as over_tls, self.client(self.host) as over_udp:
                return all(client.greets() for client in (over_tls, over_udp))
        except OSError:
            return False


@contextmanager
def relay(
    host: Host, addresses: Sequence[str], folder: Path, shipped: str = "", ports: tuple[int, int] = PORTS
) -> Iterator[Relay]:
    """Runs until the block ends. `shipped` may be another file's text, for controls."""
    folder.mkdir(parents=True, exist_ok=True)
    authority, certificate, key = _certificate(folder, addresses)
    values = {
        "TURN-NAME": NAME,
        "TURN-SECRET": SECRET,
        "TURN-CERTIFICATE": str(certificate),
        "TURN-KEY": str(key),
    }
    text = shipped or SHIPPED.read_text()
    for name, value in values.items():
        text = text.replace(name, value)
    for name in ("listening-ip", "relay-ip"):
        text = text.replace(f"{name}=TURN-ADDRESS", "\n".join(f"{name}={one}" for one in addresses))
    for name, shipped_port, port in zip(("listening-port", "tls-listening-port"), PORTS, ports, strict=True):
        text = text.replace(f"\n{name}={shipped_port}", f"\n{name}={port}")
    file = folder / "turnserver.conf"
    file.write_text(text)
    beside = ("--log-file=stdout", f"--pidfile={folder / 'turn.pid'}", f"--db={folder / 'turn.db'}")
    command = host.inside("turnserver", "-c", str(file), *beside)
    server = Neighbour(command, folder / "turn.log", cwd=folder)
    running = Relay(host, addresses[0], server, authority, ports)
    try:
        server.wait_until(running.serves)
        yield running
    finally:
        server.stop()


def _certificate(folder: Path, addresses: Sequence[str]) -> tuple[Path, Path, Path]:
    """Authority, certificate and key of the relay, made for this run."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    alternatives: list[x509.GeneralName] = [x509.DNSName(NAME)]
    alternatives += [x509.IPAddress(ip_address(one)) for one in addresses]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "turn.pem", folder / "turn.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, certificate, private
