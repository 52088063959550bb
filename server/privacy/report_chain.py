"""`sprechzeit audit verify`: the verdict on the audit chain in words. The walk is in `verify_chain.py`."""

from collections.abc import Sequence
from pathlib import Path

from recordings_policy.classes import AUDIT
from server.clock import SystemClock
from server.db import Database
from server.privacy.ledger import Line, lines_of
from server.privacy.rules import shortest_approved
from server.privacy.verify_chain import Fault, Verdict, verify

WORDS: dict[Fault, str] = {
    "changed": "Eintrag {position} ist nicht mehr der, der verkettet wurde.",
    "missing": "Eintrag {position} fehlt.",
    "rewritten": "Bei Eintrag {position} steht außerhalb ein anderer Anker: die Kette wurde neu geschrieben.",
    "cut-off": "Ab Eintrag {position} fehlt das Ende: außerhalb stehen Anker von späteren Einträgen.",
    "cut-early": "Bis Eintrag {position} wurde gelöscht, und kein Anker belegt, dass die Frist um war.",
}


async def examine(database_url: str, ledgers: Sequence[Path]) -> Verdict:
    """Walks the whole chain, with the anchors of these files."""
    lines: list[Line] = [line for path in ledgers for line in lines_of(path)]
    db = Database(database_url)
    try:
        async with db.read() as tx:
            return await verify(tx, lines, await shortest_approved(tx, AUDIT), SystemClock().now())
    finally:
        await db.close()


def in_words(verdict: Verdict) -> str:
    if verdict.fault:
        return "✗ " + WORDS[verdict.fault].format(position=verdict.position)
    words = f"✓ {verdict.entries} Einträge, die Kette ist ganz. {verdict.anchors} Anker außerhalb stimmen."
    if not verdict.anchors:
        words += " Ohne Anker bleibt unbemerkt, wenn alles neu geschrieben wurde: SPRECHZEIT_LEDGER."
    return words + (f" {verdict.unlinked} warten auf ihren Platz." if verdict.unlinked else "")
