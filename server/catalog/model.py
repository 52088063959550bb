"""Tables of what the city offers, and the frozen values the rest of the house works with.

`name`, `description` and `why_no_video` are texts by language: {"de": …, "de_LS": …, "en": …}.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Literal

from sqlalchemy import JSON, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.holds import holds
from server.db import Base

Mode = Literal["video", "onsite"]
Texts = Mapping[str, str]


class UnitRow(Base):
    """An office within the city (Amt), by which services are grouped."""

    __tablename__ = "unit"
    __data__ = holds(nothing="id position name")

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int]
    name: Mapped[dict[str, str]] = mapped_column(JSON)


class SiteRow(Base):
    """A building with function times, e.g. {"mon": [["07:30", "17:00"]]}; no key means closed."""

    __tablename__ = "site"
    __data__ = holds(nothing="id position name address hours")

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300))
    hours: Mapped[dict[str, list[list[str]]]] = mapped_column(JSON)


class ClosureRow(Base):
    """A closing day of one site, or of all (site_id null)."""

    __tablename__ = "closure"
    __data__ = holds(nothing="id site_id day reason")

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(200))


IDENTITY = ("none", "seen", "presence")
SIGNATURE = ("none", "simple", "handwritten")


class ServiceRow(Base):
    """A service. `modes` is what the service allows; `online_capable` is the scheduler's switch for video.

    `activation`: booked only once the link in a mail was opened. `prep_minutes` and `buffer_minutes` are kept free
    before and after. `identity`: none, "seen" (an identity card held into the camera will do) or "presence" (the
    law wants the person). `signature`: none, "simple" (in the call), or "handwritten" (on paper, in the house).
    """

    __tablename__ = "service"
    __data__ = holds(
        nothing=(
            "id position unit_id leika name description synonyms minutes modes online_capable "
            "why_no_video fee_cents max_count excludes sites stations checklist lead_minutes hidden "
            "activation prep_minutes buffer_minutes identity signature"
        ),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    leika: Mapped[str] = mapped_column(String(14))
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    description: Mapped[dict[str, str]] = mapped_column(JSON)
    synonyms: Mapped[list[str]] = mapped_column(JSON)
    minutes: Mapped[int]
    modes: Mapped[list[str]] = mapped_column(JSON)
    online_capable: Mapped[bool]
    why_no_video: Mapped[dict[str, str]] = mapped_column(JSON)
    fee_cents: Mapped[int]
    max_count: Mapped[int]
    excludes: Mapped[list[str]] = mapped_column(JSON)
    sites: Mapped[list[str]] = mapped_column(JSON)
    stations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    lead_minutes: Mapped[dict[str, int]] = mapped_column(JSON)
    hidden: Mapped[bool]
    activation: Mapped[bool] = mapped_column(default=False)
    prep_minutes: Mapped[int] = mapped_column(default=0)
    buffer_minutes: Mapped[int] = mapped_column(default=0)
    identity: Mapped[str] = mapped_column(String(12), default="none")
    signature: Mapped[str] = mapped_column(String(12), default="none")


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """Something the citizen needs: sent ahead (`ahead`) or brought as an original (`bring`)."""

    key: str
    name: Texts
    when: Literal["ahead", "bring"]
    required: bool


@dataclass(frozen=True, slots=True)
class Station:
    """A step on the way through the house, e.g. photo booth before the desk."""

    key: str
    name: Texts
    fee_cents: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the rules see it. `video` is true only where it is allowed and switched on."""

    id: str
    unit: str
    leika: str
    name: Texts
    description: Texts
    synonyms: tuple[str, ...]
    minutes: int
    modes: tuple[Mode, ...]
    online_capable: bool
    why_no_video: Texts
    fee_cents: int
    max_count: int
    excludes: frozenset[str]
    sites: tuple[str, ...]
    stations: tuple[Station, ...]
    checklist: tuple[ChecklistItem, ...]
    lead_minutes: Mapping[str, int]
    hidden: bool
    activation: bool = False
    prep_minutes: int = 0
    buffer_minutes: int = 0
    identity: str = "none"
    signature: str = "none"

    @property
    def video(self) -> bool:
        return "video" in self.modes and self.online_capable

    @property
    def offered_modes(self) -> tuple[Mode, ...]:
        return tuple(mode for mode in self.modes if mode != "video" or self.online_capable)


@dataclass(frozen=True, slots=True)
class Site:
    """A building; `hours[0]` is Monday: spans of local time in which it is open to the public."""

    id: str
    name: str
    address: str
    hours: tuple[tuple[tuple[time, time], ...], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    id: str
    name: Texts


@dataclass(frozen=True, slots=True)
class ReleasePart:
    """A share (per cent) of a place's capacity for one channel, released so many days before.

    What is left of it `late` hours before the duty is open to all (None: it stays the channel's own).
    """

    share: int
    channel: str
    days: int
    late: int | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the city offers at one moment, in the order of the file it came from.

    `release` are the plans by place (a site, "home", or "*" for all others); without one everything is open.
    """

    units: Mapping[str, Unit]
    sites: Mapping[str, Site]
    services: Mapping[str, Service]
    closures: frozenset[tuple[str | None, date]]
    release: Mapping[str, tuple[ReleasePart, ...]] = field(default_factory=dict)

    def plan_of(self, site: str | None) -> tuple[ReleasePart, ...] | None:
        """The release plan of this site, or of the home office (None)."""
        return (self.release.get(site or "home") or self.release.get("*")) if self.release else None


def in_language(texts: Texts, language: str) -> str:
    """The text in this language, else in German."""
    return texts.get(language) or texts.get("de", "")
