"""What signaling can be told, frozen and checked once. Only `from_environment` reads the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SECRET_BYTES: Final = 32


class SettingsRefused(Exception):
    """The settings can't be used; the message says which and why, never a secret's value."""


@dataclass(frozen=True)
class SignalingSettings:
    """Times in seconds. Secrets are hidden in `repr`. Raises SettingsRefused."""

    ticket_secret: str = field(repr=False)
    allowed_origins: tuple[str, ...] = ()
    same_host_origin: bool = False
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)
    redis_url: str | None = field(default=None, repr=False)
    session_kept_s: float = 60.0
    idle_s: float = 1800.0
    hello_s: float = 2.0
    heartbeat_s: float = 10.0
    sweep_s: float = 1.0
    trusted_proxies: int = 0
    sockets_per_address: int = 500
    guests: int = 3
    rate_per_s: float = 100.0
    rate_burst: int = 200
    bad_messages: int = 16
    queue_messages: int = 512
    queue_chars: int = 1_048_576
    replay_messages: int = 64
    replay_chars: int = 131_072
    echo_slots: int = 4
    echo_s: float = 30.0

    def __post_init__(self) -> None:
        if len(self.ticket_secret.encode()) < SECRET_BYTES:
            raise SettingsRefused(f"SPRECHZEIT_TICKET_SECRET must be at least {SECRET_BYTES} bytes long")
        if self.turn_urls and not self.turn_secret:
            raise SettingsRefused("SPRECHZEIT_TURN_URLS needs SPRECHZEIT_TURN_SECRET")


def from_environment(environ: Mapping[str, str]) -> SignalingSettings:
    """Settings of the process of its own. A secret may stand in the file that `SPRECHZEIT_<NAME>_FILE` names, or in
    `SPRECHZEIT_<NAME>` (any case) of the folder SPRECHZEIT_SECRETS_DIR. Raises SettingsRefused."""
    origins = _list(environ.get("SPRECHZEIT_SIGNALING_ORIGINS", "")) or _list(
        environ.get("SPRECHZEIT_PUBLIC_URL", "").rstrip("/")
    )
    return SignalingSettings(
        ticket_secret=_secret(environ, "TICKET_SECRET"),
        allowed_origins=origins,
        turn_urls=_list(environ.get("SPRECHZEIT_TURN_URLS", "")),
        turn_secret=_secret(environ, "TURN_SECRET"),
        redis_url=_secret(environ, "REDIS_URL") or None,
        trusted_proxies=_proxies(environ),
    )


def port_from(environ: Mapping[str, str]) -> int:
    """The port that `python -m signaling` listens on. Raises SettingsRefused."""
    given = environ.get("SPRECHZEIT_SIGNALING_PORT", "8081")
    if not given.isdecimal() or int(given) > 65535:
        raise SettingsRefused("SPRECHZEIT_SIGNALING_PORT must be a number up to 65535")
    return int(given)


def _proxies(environ: Mapping[str, str]) -> int:
    given = environ.get("SPRECHZEIT_TRUSTED_PROXIES", "0")
    if not given.isdecimal() or int(given) > 9:
        raise SettingsRefused("SPRECHZEIT_TRUSTED_PROXIES must be a number up to 9")
    return int(given)


def _list(given: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in given.split(",") if part.strip())


def _secret(environ: Mapping[str, str], name: str) -> str:
    key = f"SPRECHZEIT_{name}"
    places = [Path(environ[f"{key}_FILE"])] if f"{key}_FILE" in environ else []
    if folder := environ.get("SPRECHZEIT_SECRETS_DIR"):
        places += [Path(folder) / key, Path(folder) / key.lower()]
    for place in places:
        if place.is_file():
            return place.read_text().strip()
    return environ.get(key, "")
