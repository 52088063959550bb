"""Hosts of their own on this machine: network namespaces with links between them. What is on the links is elsewhere."""

import ctypes
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CLONE_NEWNET = 0x40000000
TOOLS = ("ip", "nft", "nsenter", "turnserver")


class Host:
    """One namespace. Its programs run behind `inside`; a socket made by `socket` stays in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = Path("/run/netns") / name

    def inside(self, *command: str) -> list[str]:
        return ["nsenter", f"--net={self.path}", "--", *command]

    def run(self, *command: str, given: str = "") -> str:
        """The output of a short program; RuntimeError with its words when it fails."""
        return _run(*self.inside(*command), given=given)

    def ip(self, words: str) -> str:
        return self.run("ip", *words.split())

    def has(self, device: str) -> bool:
        """Whether the host has a network device of that name."""
        return device in self.ip("-o link show").replace("@", ":").replace(":", " ").split()

    def nft(self, rules: str) -> None:
        self.run("nft", "-f", "-", given=rules)

    def socket(self, family: int = socket.AF_INET, kind: int = socket.SOCK_DGRAM) -> socket.socket:
        with self.entered():
            return socket.socket(family, kind)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """This thread is in the namespace meanwhile; nothing may be awaited there."""
        with Path("/proc/thread-self/ns/net").open() as home, self.path.open() as there:
            _set_namespace(there.fileno())
            try:
                yield
            finally:
                _set_namespace(home.fileno())

    def answers(self, address: str, port: int) -> bool:
        """Whether somebody listens there, seen from here."""
        with self.socket(kind=socket.SOCK_STREAM) as probe:
            probe.settimeout(0.5)
            return probe.connect_ex((address, port)) == 0


class ThisMachine(Host):
    """No namespace at all, for what needs no network of its own and no rights."""

    def __init__(self) -> None:
        super().__init__("here")

    def inside(self, *command: str) -> list[str]:
        return list(command)

    @contextmanager
    def entered(self) -> Iterator[None]:
        yield


class Hosts:
    """Makes hosts and links; `close` takes all of it away, whatever has happened."""

    def __init__(self) -> None:
        self._mark = f"sz{os.getpid()}{secrets.token_hex(2)}"
        self._made: list[Host] = []

    def host(self, name: str) -> Host:
        host = Host(f"{self._mark}-{name}")
        _run("ip", "netns", "add", host.name)
        self._made.append(host)
        host.ip("link set lo up")
        return host

    def link(self, one: Host, device: str, other: Host, other_device: str) -> None:
        """A cable between two hosts, up at both ends."""
        ends = ("name", device, "netns", one.name, "type", "veth", "peer")
        _run("ip", "link", "add", *ends, "name", other_device, "netns", other.name)
        one.ip(f"link set {device} up")
        other.ip(f"link set {other_device} up")

    def close(self) -> None:
        for host in reversed(self._made):
            subprocess.run(["ip", "netns", "del", host.name], capture_output=True, check=False)
        self._made.clear()


@contextmanager
def hosts() -> Iterator[Hosts]:
    """Skips, and says so, where the tools or the rights are missing; never in continuous integration."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    reason = f"not on this machine: {', '.join(missing)}" if missing else _forbidden()
    if reason and not os.environ.get("CI"):
        pytest.skip(f"NETWORK TESTS DO NOT RUN: {reason}")
    if reason:
        pytest.fail(f"network tests can not run: {reason}", pytrace=False)
    made = Hosts()
    try:
        yield made
    finally:
        made.close()


def _forbidden() -> str:
    name = f"sz-may-{os.getpid()}"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if tried.returncode == 0:
        subprocess.run(["ip", "netns", "del", name], check=True)
        return ""
    return f"network namespaces can not be made here ({tried.stderr.strip()}); they need root"


def _run(*command: str, given: str = "") -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}\n{given}")
    return done.stdout


def _set_namespace(descriptor: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
