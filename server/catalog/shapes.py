"""The shapes of sites and services in the API. What they mean is in `model.py`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from server.catalog.model import Mode
from server.web.api import Model

Lang = Annotated[str, Field(max_length=12, pattern=r"^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})?$")]


class SiteOut(Model):
    """A building; `hours` maps mon … sun to spans of local time, a missing day is closed."""

    id: str
    name: str
    address: str
    hours: dict[str, list[tuple[str, str]]]


class ServicesQuery(Model):
    """`q`: everyday words; `lang`: de, de_LS, en, …"""

    q: Annotated[str, Field(max_length=200)] = ""
    lang: Lang | None = None


class ItemOut(Model):
    key: str
    name: str
    when: Literal["ahead", "bring"]
    required: bool


class StationOut(Model):
    key: str
    name: str
    fee_cents: int


class ServiceOut(Model):
    """A service in the asked language; `unit` is its office's name, `sites` are ids."""

    id: str
    name: str
    leika: str
    unit: str
    minutes: int
    modes: list[Mode]
    why_no_video: str | None = None
    fee_cents: int
    checklist: list[ItemOut]
    stations: list[StationOut]
    sites: list[str]
    max_count: int


class OfficeServiceOut(Model):
    """A service as the scheduler sees it: `video_possible` is the service's nature, `online_capable` the switch."""

    id: str
    name: str
    unit: str
    video_possible: bool
    online_capable: bool
    hidden: bool
    why_no_video: str | None = None


class SwitchBody(Model):
    online_capable: Annotated[bool, Field(strict=True)]


class ChangeOut(Model):
    """`table`: unit, site, service, closure. `what`: added, changed, hidden, removed."""

    table: str
    what: str
    id: str
    fields: list[str]


class CatalogueImportOut(Model):
    """`state`: previewed, applied, undone. `wrong`: a message for each bad line; then nothing can be taken over."""

    id: str
    name: str
    state: str
    by: str
    created_at: datetime
    applied_at: datetime | None = None
    undone_at: datetime | None = None
    wrong: list[str]
    changes: list[ChangeOut]
