"""One set of words: the table in messages.py, PROTOCOL.md, the shared samples and the room's handlers agree."""

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args

import pytest

from signaling import closing
from signaling.fields import BadMessage, ErrorCode
from signaling.hub import Hub
from signaling.messages import CLIENT, FIELDS, SERVER, EndReason, Guest, Hello, Peer, Snapshot
from signaling.room import Room
from signaling.wire import encode, parse

ROOT = Path(__file__).parents[2]
PROTOCOL = (ROOT / "signaling/PROTOCOL.md").read_text()
SAMPLES: dict[str, list[dict[str, Any]]] = json.loads((ROOT / "tests/contract/messages.json").read_text())
BY_TYPE = {shape.type: shape for shape in SERVER}


def section(title: str) -> dict[str, str]:
    """First cell ► the rest, of the table under a heading of PROTOCOL.md."""
    text = PROTOCOL.partition(f"## {title}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([a-z_-]+)` \| (.*) \|$", text, re.MULTILINE))


def words(cell: str) -> set[str]:
    return set(re.findall(r"`([a-z_-]+)`", cell))


def test_the_protocol_lists_every_client_message_with_its_fields_and_right() -> None:
    table = section("What a client may say")
    assert list(table) == list(CLIENT)
    for name, row in CLIENT.items():
        said, needs, _ = (cell.strip() for cell in table[name].split("|", 2))
        assert set(row.checks) == words(said) - {"offer", "answer"}, name
        assert (f"`{row.right}`" if row.right else "") in needs
        assert bool(row.right) == needs.startswith("right"), name


def test_the_protocol_lists_every_server_message_with_its_fields() -> None:
    table = section("What the server says")
    assert list(table) == [shape.type for shape in SERVER]
    for shape in SERVER:
        said = table[shape.type].split(" |")[0]
        values = set(get_args(EndReason)) if shape.type == "ended" else set()
        assert words(said) - values == {wire for _, wire in FIELDS[shape]}, shape.type


def test_the_protocol_lists_every_error_and_close_code() -> None:
    codes = PROTOCOL.partition("Codes of `error`:")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z-]+)`", codes)) == set(get_args(ErrorCode))
    used = {
        value
        for name, value in vars(closing).items()
        if name.isupper() and type(value) is int and value > 1000
    }
    listed = {int(code) for code in re.findall(r"^\| (\d{4}) \|", PROTOCOL, re.MULTILINE)}
    assert used | {4409, 4410} == listed


def test_every_row_of_the_table_has_its_handler() -> None:
    for row in CLIENT.values():
        assert callable(getattr(Hub if row.make is Hello else Room, row.handler))


@pytest.mark.parametrize("sample", SAMPLES["client"], ids=lambda sample: sample["type"])
def test_client_samples_are_read_whole(sample: dict[str, Any]) -> None:
    row, message = parse(json.dumps(sample))
    assert row.type == sample["type"]
    for name in sample.keys() - {"type"}:
        assert getattr(message, name) == sample[name]


@pytest.mark.parametrize("sample", SAMPLES["client"], ids=lambda sample: sample["type"])
def test_client_samples_with_a_field_more_less_or_wrong_are_refused(sample: dict[str, Any]) -> None:
    wrong = [{**sample, "extra": 1}]
    for name in CLIENT[sample["type"]].required:
        wrong += [
            {k: v for k, v in sample.items() if k != name},
            {**sample, name: {"x": 1}},
            {**sample, name: None},
        ]
    for changed in wrong:
        with pytest.raises(BadMessage) as refusal:
            parse(json.dumps(changed))
        assert "eyJ" not in str(refusal.value)


@pytest.mark.parametrize("sample", SAMPLES["server"], ids=lambda sample: sample["type"])
def test_server_samples_are_what_the_server_writes(sample: dict[str, Any]) -> None:
    shape = BY_TYPE[sample["type"]]
    given = {name: sample[wire] for name, wire in FIELDS[shape]}
    if shape is Snapshot:
        given["peers"] = tuple(Peer(**peer) for peer in given["peers"])
    if "guests" in given:
        given["guests"] = tuple(Guest(**guest) for guest in given["guests"])
    written = json.loads(encode(shape(**given), sample.get("n")))
    assert written == sample


def test_there_is_a_sample_of_every_message() -> None:
    assert {sample["type"] for sample in SAMPLES["client"]} == set(CLIENT)
    assert {sample["type"] for sample in SAMPLES["server"]} == set(BY_TYPE)


def test_the_table_names_the_fields_of_its_dataclasses() -> None:
    for row in CLIENT.values():
        parts = fields(row.make)  # type: ignore[arg-type]
        assert {part.name for part in parts} == set(row.checks)
        assert {part.name for part in parts if part.default is MISSING} == set(row.required)
