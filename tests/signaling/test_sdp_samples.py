"""What Firefox and Chromium really say passes the protocol's checks; recorded by record_sdp.py."""

from pathlib import Path

import pytest

from signaling.fields import candidate
from signaling.sdp import is_description, known

SAMPLES = Path(__file__).parent / "sdp_samples"


def read(path: Path) -> str:
    return path.read_bytes().decode("ascii")


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.sdp")), ids=lambda path: str(path.stem))
def test_a_description_of_a_real_browser_is_taken(path: Path) -> None:
    description = read(path)
    assert is_description(description)
    assert known(description) == description


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.txt")), ids=lambda path: str(path.stem))
def test_a_candidate_of_a_real_browser_is_taken(path: Path) -> None:
    lines = read(path).splitlines()
    assert lines
    assert [line for line in lines if not candidate(line)] == []
