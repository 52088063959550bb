"""The tests' files lie in memory only where that has room for all of them."""

import os
import tempfile
from pathlib import Path

import pytest

from tests import scratch

PLENTY = 10**12


def filesystem(free: int, flags: int = 0) -> os.statvfs_result:
    return os.statvfs_result((4096, 4096, 0, 0, free // 4096, 0, 0, 0, flags, 255))


@pytest.mark.parametrize(
    ("free", "flags", "available", "roomy"),
    [
        (8 * 2**30, 0, PLENTY, True),
        (64 * 2**20, 0, PLENTY, False),
        (8 * 2**30, os.ST_NOEXEC, PLENTY, False),
        (8 * 2**30, 0, 2**30, False),
    ],
    ids=["plenty", "as small as in a container", "starts no programs", "little memory left"],
)
def test_memory_is_used_where_there_is_plenty(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, flags: int, available: int, *, roomy: bool
) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _path: filesystem(free, flags))
    assert scratch.is_roomy(tmp_path, available) is roomy


def test_where_there_is_no_such_folder_it_is_not_used(tmp_path: Path) -> None:
    assert not scratch.is_roomy(tmp_path / "none", PLENTY)
    assert scratch.available_memory(tmp_path / "none") == 0


def test_who_has_chosen_a_place_keeps_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(scratch, "is_roomy", lambda *_: True)
    scratch.use_memory()
    assert tempfile.gettempdir() == str(tmp_path)
