"""The document for operators lists the kinds of data as the register has them, no more and no less."""

from datetime import timedelta
from pathlib import Path

import pytest

from recordings_policy.classes import CLASSES
from server.app import make_app
from server.privacy.register import places
from server.privacy.words import rule_words

MODELS = make_app  # the composition root imports every model
DOCUMENT = Path(__file__).parents[2] / "docs" / "data-protection.md"


class German:
    def gettext(self, message: str) -> str:
        return message


def lines() -> list[str]:
    """The table as it has to stand in the document."""
    return [
        f"| `{one.key}` | {one.name} | {rule_words(German(), one, one.period)} | {one.longest // timedelta(days=1)} |"
        f" {', '.join(f'`{place.table}`' for place in places(one))} |"
        for one in CLASSES
    ]


@pytest.mark.criterion("J14")
def test_the_document_lists_the_kinds_of_data_as_the_register_has_them() -> None:
    written = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    assert written == lines(), "docs/data-protection.md should have:\n" + "\n".join(lines())
