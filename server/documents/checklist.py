"""How far each item of an appointment's checklist is; a pure function of the list and the documents sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from server.catalog.model import Catalogue, ChecklistItem

ItemState = Literal["missing", "arriving", "checking", "accepted", "resend", "refused", "bring"]
ANSWERED = frozenset({"accepted", "resend", "refused"})


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """An item of the list and how far it is."""

    item: ChecklistItem
    state: ItemState


def items_of(catalogue: Catalogue, services: Iterable[tuple[str, int]]) -> list[ChecklistItem]:
    """What these services need, each item once; needed by one of them is needed."""
    found: dict[str, ChecklistItem] = {}
    for service_id, _count in services:
        service = catalogue.services.get(service_id)
        for item in service.checklist if service else ():
            before = found.get(item.key)
            if before is None or (item.required and not before.required):
                found[item.key] = item
    return list(found.values())


def checked(items: Iterable[ChecklistItem], documents: Sequence[tuple[str, str]]) -> list[CheckedItem]:
    """The state of each item; `documents` are (item, state), what mattered last at the end.

    Originals are to be brought, whatever was sent. For the others a file that came later answers a "please send
    again"; a file nobody has looked at yet keeps the item from being accepted. What is still on its way counts only
    where nothing else is there: it may never arrive.
    """
    return [
        CheckedItem(item, _state(item, [state for key, state in documents if key == item.key]))
        for item in items
    ]


def _state(item: ChecklistItem, states: list[str]) -> ItemState:
    if item.when == "bring":
        return "bring"
    whole = [state for state in states if state != "receiving"]
    if not whole:
        return "arriving" if states else "missing"
    if whole[-1] == "resend":
        return "resend"
    if whole[-1] == "refused":
        return "refused"
    if ANSWERED.issuperset(whole):
        return "accepted"
    return "checking"
