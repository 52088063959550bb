"""What must fit between the lines of a catalogue file: names that exist, nothing twice, reasons given. Pure.

Works on the values as written, whatever their shape, so that these faults are told together with all others.
"""

from collections.abc import Iterator
from typing import Any

from server.catalog.lines import Place
from server.catalog.online_check import refusals

Fault = tuple[Place, str]
Entry = dict[Any, Any]


def cross_check(values: Entry) -> Iterator[Fault]:
    """Every fault with its place, e.g. (("services", 3, "sites", 0), "den Standort „x“ gibt es nicht")."""
    for kind, key in (("units", "id"), ("sites", "id"), ("stations", "key"), ("services", "id")):
        yield from _twice(values, kind, key)
    yield from _closures(values)
    units, services = _known(values, "units", "id"), _known(values, "services", "id")
    for name in sorted(units & services):
        yield ("services",), f"„{name}“ kann nicht zugleich Amt und Dienstleistung sein"
    for number, service in _entries(values, "services"):
        place = ("services", number)
        if isinstance(service.get("unit"), str) and service["unit"] not in units:
            yield (*place, "unit"), f"das Amt „{service['unit']}“ gibt es nicht"
        yield from _unknown(service, place, "sites", _known(values, "sites", "id"), "den Standort")
        yield from _unknown(service, place, "stations", _known(values, "stations", "key"), "die Station")
        yield from _unknown(service, place, "excludes", services | units, "die Dienstleistung oder das Amt")
        yield from _modes(service, place)
        yield from _online(service, place)
        yield from _doubled_items(service, place)


def _modes(service: Entry, place: tuple[int | str, ...]) -> Iterator[Fault]:
    modes = service.get("modes")
    if not isinstance(modes, list):
        return
    if len(modes) != len({str(mode) for mode in modes}):
        yield (*place, "modes"), "dieselbe Art steht zweimal in „modes“"
    if "video" not in modes and not service.get("why_no_video"):
        yield place, "ohne „video“ muss „why_no_video“ sagen, warum"
    if "video" in modes and service.get("why_no_video"):
        yield (*place, "why_no_video"), "„why_no_video“ steht nur, wo „video“ nicht geht"
    if "onsite" in modes and not service.get("sites"):
        yield place, "für „onsite“ muss „sites“ mindestens einen Standort nennen"
    if service.get("id") in _texts(service.get("excludes")):
        yield (*place, "excludes"), "eine Dienstleistung kann sich nicht selbst ausschließen"


def _online(service: Entry, place: tuple[int | str, ...]) -> Iterator[Fault]:
    """A file can't put online what the scheduler could not."""
    modes = _texts(service.get("modes"))
    if "video" not in modes or service.get("online_capable", True) is not True:
        return
    brought = [
        str(item.get("key"))
        for _, item in _entries(service, "checklist")
        if item.get("when") == "bring" and item.get("required", True) is True
    ]
    identity, signature = str(service.get("identity", "none")), str(service.get("signature", "none"))
    for finding in refusals(modes, identity, signature, brought):
        yield place, f"nicht per Video möglich: {finding.text.format(**finding.params)}"


def _doubled_items(service: Entry, place: tuple[int | str, ...]) -> Iterator[Fault]:
    for position, (number, key) in enumerate(keys := list(_keys(service, "checklist", "key"))):
        if key in {other for _, other in keys[:position]}:
            yield (*place, "checklist", number, "key"), f"„{key}“ gibt es in dieser Liste schon"
    for name in ("sites", "stations", "excludes"):
        items = _texts(service.get(name))
        if len(items) != len(set(items)):
            yield (*place, name), f"in „{name}“ steht etwas zweimal"


def _closures(values: Entry) -> Iterator[Fault]:
    seen = set()
    sites = _known(values, "sites", "id")
    for number, closure in _entries(values, "closures"):
        site, day = closure.get("site"), closure.get("day")
        if isinstance(site, str) and site not in sites:
            yield ("closures", number, "site"), f"den Standort „{site}“ gibt es nicht"
        if (str(site), str(day)) in seen:
            yield ("closures", number), "dieser Schließtag steht schon da"
        seen.add((str(site), str(day)))


def _twice(values: Entry, kind: str, key: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, name in _keys(values, kind, key):
        if name in seen:
            yield (kind, number, key), f"„{name}“ gibt es schon"
        seen.add(name)


def _unknown(
    service: Entry, place: tuple[int | str, ...], name: str, known: set[str], what: str
) -> Iterator[Fault]:
    for number, item in enumerate(_list(service.get(name))):
        if isinstance(item, str) and item not in known:
            yield (*place, name, number), f"{what} „{item}“ gibt es nicht"


def _entries(values: Entry, kind: str) -> Iterator[tuple[int, Entry]]:
    for number, entry in enumerate(_list(values.get(kind))):
        if isinstance(entry, dict):
            yield number, entry


def _keys(values: Entry, kind: str, key: str) -> Iterator[tuple[int, str]]:
    for number, entry in _entries(values, kind):
        if isinstance(entry.get(key), str):
            yield number, entry[key]


def _known(values: Entry, kind: str, key: str) -> set[str]:
    return {name for _, name in _keys(values, kind, key)}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [item for item in _list(value) if isinstance(item, str)]
