"""Asks ClamAV's daemon about a file, as a stream (INSTREAM): nothing is written for it. What follows is in `checking.py`."""

import asyncio
import logging
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, Protocol

from server.errors import Unavailable

log = logging.getLogger("sprechzeit.documents")

PATIENCE_S: Final = 120.0
PASSING: Final = 256 * 1024
LONGEST_ANSWER: Final = 4_096


class ScannerAway(Unavailable):
    """Nobody can say now whether a file is clean; it waits."""


@dataclass(frozen=True, slots=True)
class Scan:
    """`found` names what was found, empty when nothing; `signatures` is what was looked for.

    `whole` is false when one of the scanner's limits was reached: nobody looked at the rest.
    """

    found: str
    signatures: str
    whole: bool = True


class Scanner(Protocol):
    """Raises ScannerAway."""

    async def scan(self, chunks: AsyncIterator[bytes]) -> Scan: ...


class NoScanner:
    """The embedded version: nobody looks for viruses. Files are decoded and drawn anew all the same."""

    def __init__(self) -> None:
        log.warning("documents are not scanned for viruses: SPRECHZEIT_CLAMD is not set")

    async def scan(self, chunks: AsyncIterator[bytes]) -> Scan:  # noqa: ARG002
        return Scan("", "none")


class Clamd:
    """clamd(8) at `address`: "unix:/run/clamav/clamd.ctl" or "tcp://host:3310"."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def scan(self, chunks: AsyncIterator[bytes]) -> Scan:
        signatures = await self.version()
        answer = await self._talk(b"zINSTREAM\0", chunks)
        said = answer.removeprefix("stream: ").strip()
        if said == "OK":
            return Scan("", signatures[:80])
        if "size limit exceeded" in said or said.startswith("Heuristics.Limits.Exceeded"):
            return Scan("", signatures[:80], whole=False)
        if said.endswith(" FOUND"):
            return Scan(said.removesuffix(" FOUND")[:80], signatures[:80])
        log.error("the virus scanner could not say: %s", said[:80])
        raise ScannerAway

    async def version(self) -> str:
        """Program, number and day of its signatures: "ClamAV 1.4.6/27843/Sat Nov 28 09:12:03 2026"; without any the program alone."""
        return (await self._talk(b"zVERSION\0", None)).strip()

    async def _talk(self, command: bytes, chunks: AsyncIterator[bytes] | None) -> str:
        try:
            async with asyncio.timeout(PATIENCE_S):
                reader, writer = await self._open()
                try:
                    writer.write(command)
                    asking = asyncio.create_task(reader.read(LONGEST_ANSWER))
                    if chunks is not None:
                        await _send(writer, chunks, asking)
                    return (await asking).rstrip(b"\0").decode("utf-8", "replace")
                finally:
                    writer.close()
        except (OSError, TimeoutError) as error:
            log.warning("virus scanner away: %s", type(error).__name__)
            raise ScannerAway from None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("unix:"):
            return await asyncio.open_unix_connection(self._address.removeprefix("unix:"))
        host, _, port = self._address.removeprefix("tcp://").rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port))


async def _send(
    writer: asyncio.StreamWriter, chunks: AsyncIterator[bytes], asking: "asyncio.Task[bytes]"
) -> None:
    try:
        async for chunk in chunks:
            for start in range(0, len(chunk), PASSING):
                part = chunk[start : start + PASSING]
                writer.write(struct.pack(">I", len(part)) + part)
                await writer.drain()
            if asking.done():  # it has said enough: too large, mostly
                return
        writer.write(struct.pack(">I", 0))
        await writer.drain()
    except ConnectionError:
        if not asking.done():
            await asyncio.wait({asking}, timeout=5)
        if not asking.done() or asking.exception() or not asking.result():
            raise


def open_scanner(address: str) -> Scanner:
    """The scanner that fits the setting SPRECHZEIT_CLAMD."""
    return Clamd(address) if address else NoScanner()
