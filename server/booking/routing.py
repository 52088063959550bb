"""The heart, pure: from a wish and the duties' free ticks to offers with their reasons. No database, no clock.

1. Video wanted or accepted and possible: home-office duties of trained clerks, then desks that take video.
2. Nothing free there, or presence wanted or needed: duties at a desk, grouped by site.
3. The answer always says why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from server.catalog.model import Catalogue, Mode, Service, in_language
from server.errors import BadInput, ServicesExclude

LONGEST_VISIT_MINUTES = 180
WishMode = Literal["video", "onsite", "any"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a citizen asks for, checked against the catalogue: it makes sense, whether or not a time is free.

    Clerks who speak `language` come first; with `must_speak` no others come.
    """

    services: tuple[tuple[Service, int], ...]
    mode: WishMode
    site: str | None
    language: str | None
    channel: str = "online"
    must_speak: bool = False

    @property
    def ticks(self) -> int:
        return sum(service.minutes * count for service, count in self.services) // 5

    @property
    def minutes(self) -> int:
        return self.ticks * 5

    @property
    def prep_ticks(self) -> int:
        """Kept free before the visit; several services are prepared for together."""
        return max(service.prep_minutes for service, _ in self.services) // 5

    @property
    def buffer_ticks(self) -> int:
        return max(service.buffer_minutes for service, _ in self.services) // 5

    @property
    def claimed_ticks(self) -> int:
        """All that the visit takes of a duty: preparation, the visit itself, the buffer after it."""
        return self.prep_ticks + self.ticks + self.buffer_ticks

    @property
    def step_ticks(self) -> int:
        """Start times lie on a grid of ten or fifteen minutes from midnight."""
        return 3 if self.minutes % 15 == 0 or self.minutes % 10 else 2

    @property
    def service_ids(self) -> frozenset[str]:
        return frozenset(service.id for service, _ in self.services)

    @property
    def video(self) -> bool:
        return all(service.video for service, _ in self.services)

    @property
    def onsite(self) -> bool:
        return all("onsite" in service.modes for service, _ in self.services) and bool(self.sites)

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites at which every service of the wish is done."""
        first, *others = (service.sites for service, _ in self.services)
        return tuple(site for site in first if all(site in sites for sites in others))

    def lead(self, mode: Mode) -> timedelta:
        """How long before its start a time can still be had; what begins this very minute is too late for all."""
        soonest = self.prep_ticks * 5 + 1
        return timedelta(minutes=max(soonest, *(s.lead_minutes.get(mode, 0) for s, _ in self.services)))


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be had. `site` is None for video."""

    start: datetime
    end: datetime
    mode: Mode
    site: str | None

    def as_json(self) -> dict[str, Any]:
        slot: dict[str, Any] = {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "mode": self.mode,
        }
        return {**slot, "site": self.site} if self.site else slot


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    slots: Sequence[Slot]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the offer looks as it does; `text` is a German message id."""

    code: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offers:
    days: list[Day]
    next_video: datetime | None
    next_onsite: dict[str, datetime]
    reasons: list[Reason]
    spoken: str | None = None


def wish_of(
    catalogue: Catalogue,
    services: Iterable[tuple[str, int]],
    mode: WishMode = "any",
    site: str | None = None,
    language: str | None = None,
    channel: str = "online",
    must_speak: bool = False,
) -> Wish:
    """The wish in the catalogue's terms; `BadInput` or `ServicesExclude` where it can't be met at all."""
    counts: dict[str, int] = {}
    for service_id, count in services:
        counts[service_id] = counts.get(service_id, 0) + count
    if not counts:
        raise BadInput("Bitte wählen Sie mindestens ein Anliegen.")
    chosen = tuple((_known(catalogue, service_id), count) for service_id, count in counts.items())
    _check_counts(chosen)
    _check_combination(chosen)
    if site is not None and site not in catalogue.sites:
        raise BadInput("Diesen Standort gibt es nicht.")
    spoken = None if language is None or language.startswith("de") else language
    wish = Wish(chosen, mode, site, spoken, channel, must_speak)
    _check_feasible(wish)
    return wish


def _known(catalogue: Catalogue, service_id: str) -> Service:
    service = catalogue.services.get(service_id)
    if service is None:
        raise BadInput("Dieses Anliegen gibt es nicht.")
    return service


def _check_counts(chosen: tuple[tuple[Service, int], ...]) -> None:
    for service, count in chosen:
        if not 1 <= count <= service.max_count:
            raise BadInput(
                "Für dieses Anliegen sind 1 bis {most} Personen in einem Termin möglich.",
                params={"most": service.max_count},
            )


def _check_combination(chosen: tuple[tuple[Service, int], ...]) -> None:
    ids = {service.id for service, _ in chosen}
    if any(service.excludes & ids for service, _ in chosen):
        raise ServicesExclude


def _check_feasible(wish: Wish) -> None:
    if not (wish.video or wish.onsite):
        raise ServicesExclude
    if wish.minutes > LONGEST_VISIT_MINUTES:
        raise ServicesExclude("Das ist für einen Termin zu viel. Bitte teilen Sie die Anliegen auf.")
    if wish.site is not None and wish.mode != "video" and wish.onsite and wish.site not in wish.sites:
        raise BadInput("Dieses Anliegen wird an diesem Standort nicht erledigt.")


def modes_to_search(wish: Wish, video_is_free: bool) -> tuple[Mode, ...]:
    """Which modes the answer shows, given whether any video time is free in the span asked for."""
    if wish.mode == "onsite" and wish.onsite:
        return ("onsite",)
    if wish.video and wish.mode == "video" and (video_is_free or not wish.onsite):
        return ("video",)
    modes: tuple[Mode, ...] = ("video", "onsite")
    return tuple(mode for mode in modes if (wish.video if mode == "video" else wish.onsite))


def reasons_for(
    wish: Wish,
    language: str,
    *,
    video_is_free: bool,
    anything_free: bool,
    next_video: datetime | None,
    more_later: bool = False,
) -> list[Reason]:
    """Why video is not offered, or why nothing is, in the order in which a citizen would ask."""
    reasons = []
    if wish.mode != "onsite" and not wish.video:
        reasons.extend(_why_in_person(wish, language))
    elif wish.mode != "onsite" and not video_is_free:
        reasons.append(_no_video_left(next_video))
    if wish.mode == "onsite" and not wish.onsite:
        reasons.append(Reason("video-only", "Dieses Anliegen wird nur per Video beraten."))
    if more_later:
        text = "Weitere Zeiten werden nach und nach freigegeben, zu verschiedenen Stunden. Schauen Sie bitte wieder herein."
        reasons.append(Reason("more-later", text))
    if not anything_free:
        reasons.append(
            Reason("nothing-free", "In diesem Zeitraum ist nichts frei. Bitte wählen Sie einen anderen.")
        )
    return reasons


def _why_in_person(wish: Wish, language: str) -> list[Reason]:
    reasons = []
    for service, _ in wish.services:
        if "video" not in service.modes:
            text = in_language(service.why_no_video, language) or "Dieses Anliegen braucht Ihre Anwesenheit."
            reasons.append(Reason("in-person-only", "{why}", {"why": text, "service": service.id}))
        elif not service.online_capable:
            text = "Die Stadt bietet dieses Anliegen zurzeit nicht per Video an."
            reasons.append(Reason("video-switched-off", text, {"service": service.id}))
    return reasons


def _no_video_left(next_video: datetime | None) -> Reason:
    if next_video is None:
        return Reason("no-video-left", "Zurzeit ist keine Videozeit frei. Sie können vor Ort kommen.")
    text = (
        "In diesem Zeitraum ist keine Videozeit frei, die nächste am {date}. Sie können auch vor Ort kommen."
    )
    return Reason("no-video-left", text, {"date": next_video})
