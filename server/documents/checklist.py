"""How far each item of an appointment's checklist is; a pure function of the list and the documents sent."""

from collections.abc import Iterable, Sequence
from typing import Literal

from server.catalog.model import ChecklistItem, Service

ItemState = Literal["missing", "checking", "accepted", "resend", "refused", "bring"]
ANSWERED = frozenset({"accepted", "resend", "refused"})


def items_of(services: Iterable[Service]) -> list[ChecklistItem]:
    """What these services need, each item once; needed by one of them is needed."""
    found: dict[str, ChecklistItem] = {}
    for service in services:
        for item in service.checklist:
            before = found.get(item.key)
            if before is None or (item.required and not before.required):
                found[item.key] = item
    return list(found.values())


def item_states(
    services: Iterable[Service], documents: Sequence[tuple[str, str]]
) -> list[tuple[str, ItemState]]:
    """(key, state) of each item; `documents` are (item, state), oldest first.

    Originals are to be brought, whatever was sent. For the others the newest file answers an older "please send
    again"; a file nobody has looked at yet keeps the item from being accepted.
    """
    return [
        (item.key, _state(item, [state for key, state in documents if key == item.key]))
        for item in items_of(services)
    ]


def _state(item: ChecklistItem, states: list[str]) -> ItemState:
    if item.when == "bring":
        return "bring"
    if not states:
        return "missing"
    if states[-1] == "resend":
        return "resend"
    if states[-1] == "refused":
        return "refused"
    return "accepted" if ANSWERED.issuperset(states) else "checking"
