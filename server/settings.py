"""All settings of the server, read once from SPRECHZEIT_* and checked at start. No other file reads the environment."""

import base64
import json
import os
import re
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

DEMO_SECRET = "only-for-the-demo-city-never-in-production"  # noqa: S105


SCHEMES = {
    "database_url": ("sqlite+aiosqlite:///", "postgresql+asyncpg://"),
    "bucket": ("s3://",),
    "s3_endpoint": ("https://", "http://"),
    "redis_url": ("redis://", "rediss://", "unix://"),
    "smtp_url": ("smtp://", "smtps://"),
    "sms_url": ("https://", "http://"),
    "signaling_url": ("ws://", "wss://"),
    "seal_tsa_url": ("https://", "http://"),
}

ORIGIN = re.compile(r"https?://[a-zA-Z0-9.-]+(:[0-9]{1,5})?")


class SettingsRefused(Exception):
    """The settings can't be used; the message says which and why, never a secret's value."""


class Settings(BaseSettings):
    """Frozen settings. Secrets also come as files `SPRECHZEIT_<NAME>` in the folder SPRECHZEIT_SECRETS_DIR."""

    model_config = SettingsConfigDict(env_prefix="SPRECHZEIT_", frozen=True, extra="ignore")

    demo: bool = Field(False, description="Demo city: known passwords, demo duty, settings checks relaxed")
    host: str = Field("127.0.0.1", description="Address the HTTP server listens on")
    port: int = Field(8080, ge=0, le=65535, description="Port the HTTP server listens on")
    metrics_port: int = Field(0, ge=0, le=65535, description="Port of the metrics page; 0 = off")
    public_url: str = Field(
        "http://localhost:8080", description="Address under which citizens reach the server"
    )
    database_url: str = Field(
        "sqlite+aiosqlite:///var/sprechzeit.db", repr=False, description="SQLite or PostgreSQL (asyncpg)"
    )
    redis_url: str | None = Field(
        None, repr=False, description="Redis for notices between processes; without: in process"
    )
    data_dir: Path = Field(Path("var"), description="Folder for embedded versions (outbox)")
    ledger: Path | None = Field(
        None,
        description="File outside of database and backups: anchors of the audit, and deletions; "
        "without: in data_dir",
    )
    store: Path = Field(
        Path("var/documents"), description="Folder of sealed documents, or s3://bucket/prefix"
    )
    bucket: str = Field("", description="The bucket, if SPRECHZEIT_STORE is the folder of uploads under way")
    s3_endpoint: str = Field("", description="Address of the S3 service; without: Amazon's for the region")
    s3_region: str = Field("", description="Region of the bucket")
    s3_access_key: str = Field("", repr=False, description="Access key; without: as AWS's own tools find it")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="Secret key for that access key")
    smtp_url: str | None = Field(
        None, repr=False, description="smtp://user:password@host:25 or smtps://; without: file outbox"
    )
    mail_from: str = Field("termine@kempten.example", description="Sender of mails")
    sms_url: str | None = Field(None, repr=False, description="HTTP gateway for SMS; without: a folder")
    sms_token: SecretStr = Field(SecretStr(""), description="Bearer token for that gateway")
    sms_from: str = Field("Sprechzeit", max_length=20, description="Sender of text messages")
    sms_body: str = Field(
        '{"to": "{to}", "from": "{from}", "text": "{text}", "reference": "{reference}"}',
        description="What the gateway is sent, as JSON with these placeholders",
    )
    remind_hours: int = Field(
        24, ge=0, le=168, description="Reminders go out this long before the appointment; 0: none"
    )
    secret: SecretStr = Field(
        SecretStr(DEMO_SECRET), description="Key from which links and cookies are derived"
    )
    ticket_secret: SecretStr = Field(
        SecretStr(DEMO_SECRET), description="Key that signs room tickets, shared with signaling"
    )
    master_key: SecretStr = Field(
        SecretStr(base64.b64encode(DEMO_SECRET[:32].encode()).decode()),
        description="Base64 of 32 bytes that wrap every case's key",
    )
    master_key_version: int = Field(1, ge=1, description="Version written beside each wrapped key")
    previous_master_keys: SecretStr = Field(
        SecretStr(""), description="Older master keys while `sprechzeit rotate-keys` runs: 1:Base64,2:Base64"
    )
    signaling_url: str | None = Field(None, description="wss:// of separate signaling; without: embedded")
    turn_urls: str = Field("", description="Comma-separated turn:/turns: addresses")
    turn_secret: SecretStr = Field(SecretStr(""), description="coturn's static-auth-secret")
    city: str = Field("Stadt Kempten (Allgäu)", description="The city's name in pages and mails")
    phone: str = Field("0831 115", description="The city's telephone for people who can't go on online")
    privacy_officer: str = Field(
        "", max_length=300, description="How to reach the data-protection officer, as citizens read it"
    )
    assumption_day: bool = Field(True, description="15 August is a holiday in this municipality")
    hold_minutes: int = Field(
        10, ge=1, le=60, description="How long a time is held while the form is filled in"
    )
    freed_rest_minutes: str = Field(
        "5-45",
        pattern=r"^\d{1,4}-\d{1,4}$",
        description="A time given back is offered again after a random number of minutes; 0-0: at once",
    )
    offer_hours: int = Field(24, ge=1, le=168, description="How long an offer from the waiting list is kept")
    call_before_minutes: int = Field(
        180,
        ge=0,
        le=10080,
        description="Who has to get a new time at so short notice is called, not only written to",
    )
    activation_minutes: int = Field(
        60, ge=5, le=1440, description="How long an appointment waits for its confirmation by mail"
    )
    citizen_clients: str = Field(
        "", description="Comma-separated pages with a client of the citizen API; without: public_url"
    )
    embed_origins: str = Field(
        "",
        description="Comma-separated origins whose pages may show booking in a frame; without: nobody",
    )
    room_opens_minutes: int = Field(
        15, ge=0, le=120, description="Room opens this long before the appointment"
    )
    room_closes_minutes: int = Field(
        60, ge=0, le=240, description="Room closes this long after the appointment's end"
    )
    recorder: bool = Field(False, description="Whether there is a recorder at all; off: nothing is recorded")
    clamd: str = Field(
        "",
        description="Virus scanner: unix:/run/clamav/clamd.ctl or tcp://host:3310; without: nobody scans",
    )
    upload_limit_mb: int = Field(150, ge=1, le=500, description="Largest document")
    max_holds: int = Field(
        10, ge=1, le=10_000_000, description="Open holds per client address; buildings share one"
    )
    altcha_after: int = Field(
        20,
        ge=0,
        le=1_000_000,
        description="Times one client address may take in an hour before a proof of work is asked for; 0 = off",
    )
    max_per_contact: int = Field(
        5, ge=1, le=1000, description="Open appointments of one mail address or telephone"
    )
    max_per_contact_day: int = Field(
        5, ge=1, le=1000, description="Bookings of one mail address or telephone a day, cancelled ones too"
    )
    uncapped_contacts: str = Field(
        "", description="Comma-separated mail addresses without these limits, e.g. of a care home"
    )
    trusted_proxies: int = Field(
        0, ge=0, le=3, description="Proxies in front whose X-Forwarded-For is believed"
    )
    drain_seconds: int = Field(
        0,
        ge=0,
        le=300,
        description="After SIGTERM, /readyz says no for this long before the port closes; 0 with nginx",
    )
    stop_seconds: int = Field(
        3, ge=1, le=600, description="After SIGTERM, requests under way are given this long; 25 in deploy/"
    )
    seal_file: Path | None = Field(None, description="The city's seal (PKCS#12); without: nothing is signed")
    seal_password: SecretStr = Field(SecretStr(""), description="Password of that file")
    seal_earlier: Path | None = Field(None, description="PEM file of earlier seals, still confirmed")
    seal_tsa_url: str | None = Field(None, description="Time-stamp service for sealed forms; without: none")
    forms: Path | None = Field(None, description="YAML file of forms; without: those that come along")
    session_idle_minutes: int = Field(
        30, ge=1, le=480, description="Staff session ends after this long without use"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        folder = os.environ.get("SPRECHZEIT_SECRETS_DIR")
        files = (SecretsSettingsSource(settings_cls, secrets_dir=folder),) if folder else ()
        return (init_settings, env_settings, *files)

    @model_validator(mode="before")
    @classmethod
    def split_store(cls, values: dict[str, Any]) -> dict[str, Any]:
        """A bucket keeps whole files; what is still arriving grows in a folder below `data_dir`."""
        if not str(values.get("store", "")).startswith("s3://"):
            return values
        folder = Path(values.get("data_dir", "var")) / "arriving"
        return {**values, "bucket": values["store"], "store": folder}

    @model_validator(mode="after")
    def check(self) -> Self:
        if not urlsplit(self.public_url).hostname:
            raise ValueError("public_url must be a full address such as https://termine.example.de")
        self._check_neighbours()
        try:
            key = base64.b64decode(self.master_key.get_secret_value(), validate=True)
        except ValueError as error:
            raise ValueError("master_key must be Base64") from error
        if len(key) != 32:
            raise ValueError("master_key must be Base64 of exactly 32 bytes")
        try:
            lengths = {len(base64.b64decode(key, validate=True)) for key in self.older_master_keys.values()}
        except ValueError as error:
            raise ValueError("previous_master_keys must look like 1:Base64,2:Base64") from error
        if lengths - {32}:
            raise ValueError("previous_master_keys must be Base64 of exactly 32 bytes each")
        if not self.demo:
            self._refuse_demo_secrets()
        return self

    def _check_neighbours(self) -> None:
        """Addresses that no part of this program could use; what is at them is for `sprechzeit doctor`."""
        for name, schemes in SCHEMES.items():
            address = getattr(self, name)
            if address and not str(address).startswith(schemes):
                raise ValueError(f"{name} must begin with {' or '.join(schemes)}")
        if self.smtp_url and not urlsplit(self.smtp_url).hostname:
            raise ValueError("smtp_url must look like smtp://host:25 or smtps://host:465")
        for origin in self.embed_list:
            if not ORIGIN.fullmatch(origin):
                raise ValueError("embed_origins must look like https://www.example.de,https://example.de")
        try:
            json.loads(self.sms_body)
        except ValueError as error:
            raise ValueError("sms_body must be JSON") from error

    @property
    def uncapped(self) -> frozenset[str]:
        return frozenset(
            mail.strip().casefold() for mail in self.uncapped_contacts.split(",") if mail.strip()
        )

    @property
    def freed_rest(self) -> tuple[int, int]:
        shortest, _, longest = self.freed_rest_minutes.partition("-")
        return int(shortest), max(int(shortest), int(longest))

    @property
    def older_master_keys(self) -> dict[int, str]:
        """Older master keys by version; a part that can't be read was refused at start."""
        parts = [part for part in self.previous_master_keys.get_secret_value().split(",") if part.strip()]
        return {int(version): key for version, _, key in (part.strip().partition(":") for part in parts)}

    def _refuse_demo_secrets(self) -> None:
        for name in ("secret", "ticket_secret"):
            value: SecretStr = getattr(self, name)
            if value.get_secret_value() == DEMO_SECRET or len(value.get_secret_value()) < 32:
                raise ValueError(
                    f"{name} must be set to at least 32 random characters (SPRECHZEIT_{name.upper()})"
                )
        if base64.b64decode(self.master_key.get_secret_value()) == DEMO_SECRET[:32].encode():
            raise ValueError("master_key must be set (SPRECHZEIT_MASTER_KEY)")
        if self.turn_urls and not self.turn_secret.get_secret_value():
            raise ValueError("turn_urls needs turn_secret")

    @property
    def origin(self) -> str:
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def ledger_file(self) -> Path:
        return self.ledger or self.data_dir / "ledger.jsonl"

    @property
    def room_url(self) -> str:
        """Where browsers open their WebSocket."""
        if self.signaling_url:
            return self.signaling_url
        return self.origin.replace("http", "ws", 1) + "/signaling/v1"

    @property
    def client_pages(self) -> tuple[str, ...]:
        """Pages that carry a client of the citizen API; the first is where mails lead."""
        return tuple(url.strip() for url in self.citizen_clients.split(",") if url.strip())

    @property
    def embed_list(self) -> tuple[str, ...]:
        return tuple(origin.strip() for origin in self.embed_origins.split(",") if origin.strip())

    @property
    def turn_list(self) -> tuple[str, ...]:
        return tuple(url.strip() for url in self.turn_urls.split(",") if url.strip())
