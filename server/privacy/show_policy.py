"""The policy on recordings as parts of a page: heading, paragraphs and one table. Knows only what POLICY.md uses."""

import re
from collections.abc import Iterator

from recordings_policy.policy_text import TEXT

Part = tuple[str, list[list[str]]]
MARKS = re.compile(r"\*\*|`")


def parts(text: str = TEXT) -> Iterator[Part]:
    """("paragraph", [[words]]) or ("table", rows of cells); the heading is left to the page."""
    for block in text.strip().split("\n\n"):
        lines = block.splitlines()
        if block.startswith("|"):
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
            yield "table", [[_plain(cell) for cell in row] for row in rows if not set(row[0]) <= {"-"}]
        elif not block.startswith("#"):
            yield "paragraph", [[_plain(" ".join(lines))]]


def _plain(text: str) -> str:
    return MARKS.sub("", text)
