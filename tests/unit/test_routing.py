"""The rules of routing as tables: what a wish means, which modes an answer shows, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.booking.routing import Reason, Wish, WishMode, modes_to_search, reasons_for, wish_of
from server.catalog.model import Catalogue, Mode, Service, Site, Unit
from server.errors import BadInput, Refusal, ServicesExclude

CLOSED: Any = ((),) * 7


def service(
    id_: str, minutes: int = 30, modes: tuple[Mode, ...] = ("video", "onsite"), **other: Any
) -> Service:
    fields: dict[str, Any] = {
        "unit": "amt",
        "leika": "99012008000000",
        "name": {"de": id_},
        "description": {},
        "synonyms": (),
        "online_capable": "video" in modes,
        "why_no_video": {},
        "fee_cents": 0,
        "max_count": 4,
        "excludes": frozenset(),
        "sites": ("rathaus",),
        "stations": (),
        "checklist": (),
        "lead_minutes": {},
        "hidden": False,
        **other,
    }
    return Service(id=id_, minutes=minutes, modes=modes, **fields)


SERVICES = [
    service("both"),
    service("quick", 10),
    service("desk", 15, ("onsite",), why_no_video={"de": "Fingerabdrücke.", "en": "Fingerprints."}),
    service("desk2", 15, ("onsite",)),
    service("remote", 20, ("video",), sites=()),
    service("off", online_capable=False),
    service("bau", sites=("bauamt",), excludes=frozenset({"desk"}), lead_minutes={"video": 60}),
    service("long", 60, lead_minutes={"video": 120, "onsite": 30}),
]
CITY = Catalogue(
    units={"amt": Unit("amt", {"de": "Amt"})},
    sites={name: Site(name, name, name, CLOSED) for name in ("rathaus", "bauamt")},
    services={one.id: one for one in SERVICES},
    closures=frozenset(),
)
SOON = datetime(2027, 3, 1, 9, tzinfo=UTC)


def wish(*ids: str, mode: WishMode = "any", site: str | None = None, language: str | None = None) -> Wish:
    return wish_of(CITY, [(id_, 1) for id_ in ids], mode, site, language)


@pytest.mark.parametrize(
    ("services", "refusal"),
    [
        ([], BadInput),
        ([("nothing", 1)], BadInput),
        ([("both", 0)], BadInput),
        ([("both", 5)], BadInput),
        ([("both", 2), ("both", 3)], BadInput),  # named twice: five persons together
        ([("bau", 1), ("desk", 1)], ServicesExclude),
        ([("desk", 1), ("bau", 1)], ServicesExclude),  # whichever comes first
        ([("bau", 1), ("both", 1), ("off", 1)], ServicesExclude),  # neither video for all nor a common site
        ([("desk", 1), ("remote", 1)], ServicesExclude),
        ([("long", 4)], ServicesExclude),  # 240 minutes
    ],
)
@pytest.mark.criterion("A05")
def test_wishes_that_can_not_be_met_are_refused(
    services: list[tuple[str, int]], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        wish_of(CITY, services)


@pytest.mark.parametrize(
    ("services", "minutes"),
    [([("both", 1)], 30), ([("both", 2), ("desk", 1)], 75), ([("quick", 4)], 40), ([("long", 3)], 180)],
)
@pytest.mark.criterion("A05")
def test_durations_add_up(services: list[tuple[str, int]], minutes: int) -> None:
    assert wish_of(CITY, services).minutes == minutes


@pytest.mark.parametrize(
    ("ids", "video", "onsite", "sites"),
    [
        (["both"], True, True, ("rathaus",)),
        (["desk"], False, True, ("rathaus",)),
        (["remote"], True, False, ()),
        (["off"], False, True, ("rathaus",)),
        (["both", "desk"], False, True, ("rathaus",)),
        (["both", "bau"], True, False, ()),  # no site does both, but video does
    ],
)
def test_a_visit_can_be_done_where_every_service_of_it_can(
    ids: list[str], video: bool, onsite: bool, sites: tuple[str, ...]
) -> None:
    asked = wish(*ids)
    assert (asked.video, asked.onsite, asked.sites) == (video, onsite, sites)


@pytest.mark.parametrize(
    ("ids", "site", "mode", "refused"),
    [
        (["both"], "rathaus", "onsite", False),
        (["both"], "bauamt", "onsite", True),
        (["both"], "bauamt", "video", False),  # the site does not matter by video
        (["both"], "nowhere", "video", True),
        (["bau"], "bauamt", "any", False),
    ],
)
def test_a_site_must_exist_and_do_the_services(
    ids: list[str], site: str, mode: WishMode, refused: bool
) -> None:
    if refused:
        with pytest.raises(BadInput):
            wish(*ids, mode=mode, site=site)
    else:
        assert wish(*ids, mode=mode, site=site).site == site


@pytest.mark.parametrize(
    ("given", "kept"), [(None, None), ("de", None), ("de_LS", None), ("en", "en"), ("tr", "tr")]
)
def test_german_is_spoken_by_everybody(given: str | None, kept: str | None) -> None:
    assert wish("both", language=given).language == kept


@pytest.mark.parametrize(
    ("ids", "video", "onsite"), [(["bau"], 60, 1), (["long"], 120, 30), (["both", "long"], 120, 30)]
)
def test_the_longest_lead_of_all_services_counts(ids: list[str], video: int, onsite: int) -> None:
    asked = wish(*ids)
    assert (asked.lead("video"), asked.lead("onsite")) == (
        timedelta(minutes=video),
        timedelta(minutes=onsite),
    )


@pytest.mark.parametrize(
    ("minutes", "step"), [(10, 2), (20, 2), (40, 2), (15, 3), (30, 3), (45, 3), (25, 3), (5, 3)]
)
def test_start_times_lie_on_ten_or_fifteen_minutes(minutes: int, step: int) -> None:
    assert Wish(((service("any", minutes), 1),), "any", None, None).step_ticks == step


ON, OFF = True, False
MODES: list[tuple[str, WishMode, bool, tuple[Mode, ...]]] = [
    # service, wished, video is free ► shown
    ("both", "any", ON, ("video", "onsite")),
    ("both", "any", OFF, ("video", "onsite")),
    ("both", "video", ON, ("video",)),
    ("both", "video", OFF, ("video", "onsite")),  # nothing left at home: the desks are shown instead
    ("both", "onsite", ON, ("onsite",)),
    ("desk", "any", OFF, ("onsite",)),
    ("desk", "video", OFF, ("onsite",)),
    ("desk", "onsite", OFF, ("onsite",)),
    ("remote", "any", ON, ("video",)),
    ("remote", "video", OFF, ("video",)),
    ("remote", "onsite", ON, ("video",)),
    ("off", "video", OFF, ("onsite",)),
]


@pytest.mark.criterion("B02")
@pytest.mark.parametrize(("id_", "mode", "video_is_free", "shown"), MODES)
def test_which_modes_an_answer_shows(
    id_: str, mode: WishMode, video_is_free: bool, shown: tuple[Mode, ...]
) -> None:
    assert modes_to_search(wish(id_, mode=mode), video_is_free) == shown


REASONS: list[tuple[str, WishMode, bool, bool, list[str]]] = [
    # service, wished, video is free, anything is free ► reasons in order
    ("both", "any", ON, ON, []),
    ("both", "any", OFF, ON, ["no-video-left"]),
    ("both", "video", OFF, OFF, ["no-video-left", "nothing-free"]),
    ("both", "onsite", OFF, ON, []),
    ("desk", "any", OFF, ON, ["in-person-only"]),
    ("desk", "onsite", OFF, ON, []),
    ("desk", "video", OFF, OFF, ["in-person-only", "nothing-free"]),
    ("off", "any", OFF, ON, ["video-switched-off"]),
    ("remote", "onsite", ON, ON, ["video-only"]),
    ("remote", "any", ON, ON, []),
]


@pytest.mark.criterion("B02")
@pytest.mark.parametrize(("id_", "mode", "video", "anything", "codes"), REASONS)
def test_the_answer_always_says_why(
    id_: str, mode: WishMode, video: bool, anything: bool, codes: list[str]
) -> None:
    found = _reasons(wish(id_, mode=mode), video, anything)
    assert [reason.code for reason in found] == codes


def _reasons(asked: Wish, video: bool, anything: bool, language: str = "de") -> list[Reason]:
    return reasons_for(asked, language, video_is_free=video, anything_free=anything, next_video=SOON)


def test_presence_is_explained_per_service_in_the_readers_language() -> None:
    found = _reasons(wish("desk", "desk2", "both"), OFF, ON, "en")
    assert [reason.params for reason in found] == [
        {"why": "Fingerprints.", "service": "desk"},
        {"why": "Dieses Anliegen braucht Ihre Anwesenheit.", "service": "desk2"},
    ]


def test_the_next_video_time_is_told_where_there_is_one() -> None:
    (told,) = reasons_for(wish("both"), "de", video_is_free=False, anything_free=True, next_video=SOON)
    (untold,) = reasons_for(wish("both"), "de", video_is_free=False, anything_free=True, next_video=None)
    assert told.params == {"date": SOON}
    assert "{date}" in told.text
    assert untold.params == {}
