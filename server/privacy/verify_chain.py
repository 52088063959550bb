"""Whether the audit chain is whole, and still the one that was anchored outside: walks it once, holding a few entries at a time.

Found are entries that were edited, dropped, put in another order, cut off at the end, or at the beginning before
their time; an anchor finds even a chain that was made anew from end to end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.audit import START, AuditCutRow, AuditRow
from server.privacy.as_stored import entries_after, link_as_stored
from server.privacy.ledger import Line

AT_ONCE: Final = 2000
TOLERANCE: Final = timedelta(days=7)
"""So much later than its time an entry may have been anchored: nobody started the server again before."""
Fault = Literal["changed", "missing", "rewritten", "cut-off", "cut-early"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fault` and `position` say what is wrong and where it begins; None: nothing."""

    entries: int
    anchors: int
    unlinked: int
    fault: Fault | None = None
    position: int = 0


class Walk:
    """The state of one walk along the chain."""

    def __init__(self, position: int, link: str, anchors: Mapping[int, str]) -> None:
        self.position, self.link = position, link
        self.anchors = anchors
        self.entries = self.matched = 0
        self.fault: Fault | None = None

    def take(self, rows: Sequence[Any]) -> bool:
        """Goes along these entries; False at the first that does not fit."""
        for found, link, *entry in rows:
            self.position += 1
            if found != self.position:
                return self._wrong("missing")
            self.link = link_as_stored(self.link, *entry)
            if link != self.link:
                return self._wrong("changed")
            self.entries += 1
            if (told := self.anchors.get(found)) is not None:
                if told != link:
                    return self._wrong("rewritten")
                self.matched += 1
        return True

    def _wrong(self, fault: Fault) -> bool:
        self.fault = fault
        return False


async def verify(tx: AsyncConnection, ledger: Iterable[Line], kept: timedelta, now: datetime) -> Verdict:
    """Walks the chain from the last cut to its head. `kept`: how long entries have to be kept."""
    anchors = standing_anchors(ledger)
    cut = (await tx.execute(select(AuditCutRow).order_by(AuditCutRow.position.desc()).limit(1))).first()
    begin, link = (cut.position, cut.link) if cut else (0, START)
    walk = Walk(begin, link, {line.position: line.link for line in anchors})
    rows = await tx.stream(entries_after(tx, begin).execution_options(yield_per=AT_ONCE))
    async for batch in rows.partitions(AT_ONCE):
        if not walk.take(batch):
            break
    await rows.close()
    unlinked = await tx.scalar(select(func.count()).where(AuditRow.position.is_(None))) or 0
    fault, position = walk.fault, walk.position
    if fault is None and cut and _unproved(cut.position, cut.at, anchors, kept, now):
        fault, position = "cut-early", cut.position
    if fault is None and any(line.position > walk.position for line in anchors):
        fault, position = "cut-off", walk.position + 1
    return Verdict(walk.entries, walk.matched, unlinked, fault, position if fault else 0)


def standing_anchors(ledger: Iterable[Line]) -> list[Line]:
    """The anchors that count: a backup that was put back takes along those after it."""
    anchors: list[Line] = []
    for line in ledger:
        if line.kind == "restored":
            anchors = [one for one in anchors if one.position <= line.position]
        elif line.kind == "anchor":
            anchors.append(line)
    return anchors


def _unproved(position: int, at: datetime, anchors: Sequence[Line], kept: timedelta, now: datetime) -> bool:
    """Whether no anchor shows that what was cut at this time was old enough."""
    old = at - kept + TOLERANCE
    shown = any(one.position >= position and one.at <= old for one in anchors)
    return at > now or bool(anchors and not shown)
