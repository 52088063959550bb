"""The city's catalogue as that API sees it, pure: numbered offices and services, and what is done where.

Video has no building: it is an office of its own. A service that can be done by video has a child service for it.
How this is written out is in `listing.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.catalog.model import Catalogue, Mode, Service
from server.zms.ids import numbered

ONSITE_VARIANT, VIDEO_VARIANT = 1, 3


@dataclass(frozen=True, slots=True)
class Office:
    """Where somebody is served; `site` None is video."""

    id: int
    site: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A service in one way of doing it; `parent` is the service's own number where this is its video child."""

    id: int
    service: Service
    mode: Mode
    parent: int | None

    @property
    def offered(self) -> bool:
        return not self.service.hidden and self.mode in self.service.offered_modes

    @property
    def variant(self) -> int | None:
        if self.parent is not None:
            return VIDEO_VARIANT
        return ONSITE_VARIANT if self.mode == "onsite" and self.service.video else None


@dataclass(frozen=True)
class Directory:
    """Offices and services by number. Hidden services are known, so that what was booked can be named."""

    offices: dict[int, Office]
    choices: dict[int, Choice]
    office_of_site: dict[str | None, int]

    def offices_for(self, choice: Choice) -> list[int]:
        """Where this can be done."""
        if choice.mode == "video":
            return [self.office_of_site[None]]
        return [self.office_of_site[site] for site in choice.service.sites if site in self.office_of_site]

    def choice_for(self, service_id: str, mode: str) -> Choice | None:
        """The numbered service for what an appointment is about; the child where it is by video."""
        fits = [c for c in self.choices.values() if c.service.id == service_id and c.mode == mode]
        return max(fits, key=lambda choice: choice.parent is not None, default=None)

    def common_offices(self, choices: Sequence[Choice]) -> list[int]:
        """Where all of this can be done in one visit."""
        first, *others = (self.offices_for(choice) for choice in choices)
        return [office for office in first if all(office in other for other in others)]

    def may_go_together(self, one: Choice, other: Choice) -> bool:
        """Whether both can be done in one visit, as far as the two alone decide."""
        if one.mode != other.mode or other.service.id in one.service.excludes:
            return False
        return one.service.id not in other.service.excludes and bool(self.common_offices([one, other]))


def directory_of(catalogue: Catalogue) -> Directory:
    """Everything numbered."""
    office_ids = numbered("office", ["", *catalogue.sites])
    offices = {office_ids[site]: Office(office_ids[site], site) for site in catalogue.sites}
    video = office_ids[""]
    offices[video] = Office(video, None)
    choices = {choice.id: choice for choice in _choices(catalogue.services.values())}
    by_site: dict[str | None, int] = {office.site: office.id for office in offices.values()}
    return Directory(offices, choices, by_site)


def _choices(services: Iterable[Service]) -> Iterable[Choice]:
    services = list(services)
    ids = numbered("service", [name for s in services for name in (s.id, f"{s.id}/video")])
    for service in services:
        own = ids[service.id]
        yield Choice(own, service, "onsite" if "onsite" in service.modes else "video", None)
        if "video" in service.modes:
            yield Choice(ids[f"{service.id}/video"], service, "video", own)
