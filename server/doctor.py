"""Looks at settings and neighbours before citizens do: each finding is a sentence for the operator."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import aiohttp
from sqlalchemy import text

from server.clock import SystemClock
from server.db import Database
from server.documents.bucket import open_store
from server.documents.scan import Clamd, ScannerAway
from server.errors import Unavailable
from server.migrations.run import is_current
from server.rooms.admit import signaling_settings
from server.settings import Settings, SettingsRefused
from server.signing.verify import seal_ends
from signaling.bus import open_bus
from signaling.messages import SUBPROTOCOL
from signaling.turn import ice_servers
from signaling.turn_probe import TurnTrouble, probe

ENDS_SOON = 42
OLD_SIGNATURES = timedelta(days=7)


@dataclass(frozen=True)
class Finding:
    good: bool
    text: str


async def examine(settings: Settings) -> list[Finding]:
    """All findings, the good ones too."""
    findings = [await _database(settings), _store(settings)]
    if settings.bucket:
        findings.append(await _bucket(settings))
    findings += [await _bus(settings), await _mail(settings)]
    findings.append(await _texts(settings))
    findings.append(await _scanner(settings))
    findings.append(_seal(settings))
    findings.append(_public(settings))
    findings.append(_proxies(settings))
    findings.append(await _signaling(settings))
    findings += await _turn(settings)
    return findings


async def _database(settings: Settings) -> Finding:
    try:
        db = Database(settings.database_url)
    except OSError as error:
        return Finding(False, f"Ordner der Datenbank: {error.strerror}")
    try:
        async with db.read() as tx:
            await tx.execute(text("SELECT 1"))
        current = await is_current(settings.database_url)
    except Unavailable as error:
        return Finding(False, f"Datenbank antwortet nicht ({type(error.__cause__).__name__})")
    finally:
        await db.close()
    return Finding(
        current, "Datenbank antwortet" + ("" if current else ", aber das Schema ist alt: sprechzeit migrate")
    )


def _store(settings: Settings) -> Finding:
    folder = settings.store
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Finding(False, f"Dokumentenablage {folder}: {error.strerror}")
    if not os.access(folder, os.W_OK):
        return Finding(False, f"Dokumentenablage {folder} ist nicht beschreibbar")
    return Finding(True, f"Dokumentenablage {folder} ist beschreibbar")


async def _bucket(settings: Settings) -> Finding:
    try:
        await asyncio.to_thread(open_store(settings).now)
    except Unavailable as error:
        return Finding(False, f"{settings.bucket} antwortet nicht ({type(error.__cause__).__name__})")
    except SettingsRefused as error:
        return Finding(False, str(error))
    return Finding(True, f"{settings.bucket} ist beschreibbar")


async def _bus(settings: Settings) -> Finding:
    if not settings.redis_url:
        return Finding(
            settings.signaling_url is None, "Ohne Redis: Server und Signaling laufen in einem Prozess"
        )
    bus = open_bus(settings.redis_url)
    await bus.start()
    good = await bus.ready()
    await bus.stop()
    return Finding(good, "Redis antwortet" if good else "Redis antwortet nicht")


async def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        return Finding(
            settings.demo, "Mails gehen in einen Ordner, nicht an Menschen (SPRECHZEIT_SMTP_URL fehlt)"
        )
    parts = urlsplit(settings.smtp_url)
    try:
        async with asyncio.timeout(5):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 25)
    except (OSError, TimeoutError):
        return Finding(False, "Der Mailserver antwortet nicht")
    writer.close()
    return Finding(True, "Der Mailserver antwortet")


async def _texts(settings: Settings) -> Finding:
    if not settings.sms_url:
        return Finding(True, "SMS gehen in einen Ordner, nicht an Menschen (SPRECHZEIT_SMS_URL fehlt)")
    parts = urlsplit(settings.sms_url)
    tls = parts.scheme == "https"
    try:
        async with asyncio.timeout(5):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or (443 if tls else 80))
    except (OSError, TimeoutError):
        return Finding(False, "Das SMS-Gateway antwortet nicht")
    writer.close()
    return Finding(tls or settings.demo, "Das SMS-Gateway antwortet" + ("" if tls else ", aber ohne TLS"))


def _seal(settings: Settings) -> Finding:
    """A seal that is over seals nothing; a new one takes weeks to get."""
    if settings.seal_file is None:
        return Finding(True, "Ohne Siegel (SPRECHZEIT_SEAL_FILE) kann nichts unterschrieben werden")
    try:
        ends = seal_ends(settings)
    except (OSError, ValueError) as error:
        return Finding(False, f"Das Siegel {settings.seal_file} ist nicht lesbar ({type(error).__name__})")
    left = (ends - SystemClock().now()).days if ends else 0
    if left < 0:
        return Finding(False, "Das Siegel ist abgelaufen")
    return Finding(left > ENDS_SOON, f"Das Siegel gilt noch {left} Tage")


async def _scanner(settings: Settings) -> Finding:
    """Asked for its signatures, and whether it takes the largest file that citizens may send."""
    if not settings.clamd:
        return Finding(settings.demo, "Niemand prüft Unterlagen auf Schadsoftware (SPRECHZEIT_CLAMD fehlt)")
    scanner = Clamd(settings.clamd)
    try:
        version = await scanner.version()
        scan = await scanner.scan(_nothing(settings.upload_limit_mb))
    except (ScannerAway, ValueError):
        return Finding(False, "Der Virenscanner antwortet nicht")
    program, _, signatures = version.partition("/")
    if not scan.whole:
        return Finding(
            False,
            f"Der Virenscanner ({program}) prüft keine Dateien von {settings.upload_limit_mb} MB: StreamMaxLength",
        )
    day = signatures.partition("/")[2]
    if day and _age(day) > OLD_SIGNATURES:
        return Finding(False, f"Der Virenscanner ({program}) kennt nur Schadsoftware bis {day}: freshclam")
    return Finding(True, f"Der Virenscanner antwortet ({version})")


async def _nothing(megabytes: int) -> AsyncIterator[bytes]:
    for _ in range(megabytes):
        yield bytes(1_000_000)


def _age(day: str) -> timedelta:
    """How old signatures of that day are; clamd writes days as asctime(3) does, in UTC."""
    try:
        written = datetime.strptime(day, "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        return timedelta(0)
    return SystemClock().now() - written


def _public(settings: Settings) -> Finding:
    https = settings.public_url.startswith("https:")
    return Finding(
        https or settings.demo, f"Öffentliche Adresse {settings.public_url}" + ("" if https else " ohne TLS")
    )


def _proxies(settings: Settings) -> Finding:
    """TLS ends elsewhere: without a word about proxies, everybody has the proxy's address, and limits hit them all."""
    if not settings.public_url.startswith("https:") or settings.trusted_proxies:
        return Finding(True, f"Proxys davor: {settings.trusted_proxies}")
    return Finding(
        False,
        "Alle Leute haben die Adresse des Proxys: SPRECHZEIT_TRUSTED_PROXIES sagt, wie viele davor stehen",
    )


async def _signaling(settings: Settings) -> Finding:
    """Whether the address that browsers are given leads to something that speaks our protocol."""
    if settings.signaling_url is None:
        return Finding(True, "Signaling läuft im Server")
    if settings.public_url.startswith("https:") and not settings.signaling_url.startswith("wss:"):
        return Finding(
            False, "SPRECHZEIT_SIGNALING_URL muss mit wss:// beginnen, wenn die Seiten mit https:// kommen"
        )
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as session:
            socket = await session.ws_connect(
                settings.signaling_url, protocols=(SUBPROTOCOL,), headers={"Origin": settings.origin}
            )
            good = socket.protocol == SUBPROTOCOL
            await socket.close()
    except aiohttp.WSServerHandshakeError as error:
        return Finding(
            False, f"Unter {settings.signaling_url} antwortet kein Signaling (Status {error.status})"
        )
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return Finding(False, f"Unter {settings.signaling_url} antwortet niemand ({type(error).__name__})")
    return Finding(good, f"Signaling antwortet unter {settings.signaling_url}")


async def _turn(settings: Settings) -> list[Finding]:
    """Every way to the relay is gone, with a credential of a minute."""
    if not settings.turn_list:
        return [Finding(settings.demo, "Ohne TURN ist die Adresse des Home-Office sichtbar")]
    now = SystemClock().now().timestamp()
    server = ice_servers(signaling_settings(settings), "doctor", now - 540, now)[0]
    # One after the other: a coturn that has just started refuses some of several people who come at once.
    return [await _relay(url, server["username"], server["credential"]) for url in settings.turn_list]


async def _relay(url: str, username: str, credential: str) -> Finding:
    try:
        probed = await probe(url, username, credential)
    except TurnTrouble as trouble:
        why = "das Geheimnis passt nicht" if trouble.code == 401 else f"Fehler {trouble.code}"
        return Finding(False, f"TURN unter {url} gibt keinen Zugang: {why}")
    except ssl.SSLError as error:
        return Finding(False, f"TURN unter {url}: das Zertifikat gilt nicht ({error.reason or 'TLS'})")
    except ValueError:
        return Finding(False, f"„{url}“ ist keine Adresse eines TURN-Servers (turn:… oder turns:…)")
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return Finding(False, f"TURN unter {url} antwortet nicht")
    if probed.open_to:
        return Finding(False, f"TURN unter {url} führt ins eigene Haus: {', '.join(probed.open_to)}")
    return Finding(True, f"TURN unter {url} vermittelt über {probed.relayed[0]}")
