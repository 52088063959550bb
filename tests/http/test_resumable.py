"""An upload in parts: tus 1.0.0, spoken by hand. Broken lines are in `test_resumable_breaks.py`, public clients in `test_resumable_clients.py`."""

import base64
import hashlib
import secrets
from pathlib import Path

import pytest

from tests.http.tus import PART, PIECE, Upload, pdf
from tests.office.city import City, MakeCity, only_sqlite

pytestmark = only_sqlite()  # with broken lines and dead processes on both databases: the neighbour file


@pytest.fixture
async def upload(city: City) -> Upload:
    return Upload(city, await city.book("bauberatung", "video"))


@pytest.mark.criterion("D02")
async def test_a_file_sent_in_parts_is_one_document(upload: Upload) -> None:
    data = pdf(5 * PIECE + 77)
    created = await upload.create(len(data))
    assert created.status == 201
    assert created.headers["Tus-Resumable"] == "1.0.0"
    assert created.headers["Upload-Expires"].endswith("GMT")
    assert await upload.state() == "receiving"
    for start, end in ((0, 1), (1, PIECE), (PIECE, 4 * PIECE + 5), (4 * PIECE + 5, len(data))):
        assert await upload.offset() == start
        answer = await upload.patch(data[start:end], start)
        assert (answer.status, answer.headers["Upload-Offset"]) == (204, str(end))
    assert await upload.state() == "checking"
    assert await upload.content() == data
    shown = await (await upload.city.client.get(upload.collection.removesuffix("/documents"))).json()
    assert {"key": "lageplan", "state": "checking"} in shown["checklist"]


async def test_a_part_that_begins_elsewhere_changes_nothing(upload: Upload) -> None:
    data = pdf(2 * PIECE)
    await upload.create(len(data))
    assert (await upload.patch(data[:100], 0)).status == 204
    for offset in (0, 99, 101, len(data)):
        assert (await upload.patch(data[offset:], offset)).status == 409
    assert await upload.offset() == 100


async def test_more_than_was_announced_is_refused(upload: Upload) -> None:
    data = pdf(PIECE)
    await upload.create(len(data) - 1)
    assert (await upload.patch(data, 0)).status == 413
    assert await upload.offset() < len(data)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_part_with_a_wrong_checksum_does_not_count(upload: Upload, algorithm: str) -> None:
    data = pdf(3 * PIECE)
    await upload.create(len(data))
    right = base64.b64encode(hashlib.new(algorithm, data[:PIECE]).digest()).decode()
    wrong = await upload.patch(data[: 2 * PIECE], 0, **{"Upload-Checksum": f"{algorithm} {right}"})
    assert wrong.status == 460
    assert await upload.offset() == 0
    assert (await upload.patch(data[:PIECE], 0, **{"Upload-Checksum": f"{algorithm} {right}"})).status == 204
    assert (await upload.patch(data[PIECE:], PIECE)).status == 204
    assert await upload.content() == data


@pytest.mark.parametrize("given", ["md5 aaaa", "sha1", "sha1 not*base64", "sha1 "])
async def test_an_unknown_checksum_is_refused(upload: Upload, given: str) -> None:
    await upload.create(100)
    assert (await upload.patch(b"%PDF-1.7\n1", 0, **{"Upload-Checksum": given})).status in (422, 460)
    assert await upload.offset() == 0


@pytest.mark.parametrize("name", ["Upload-Length", "Upload-Offset"])
@pytest.mark.parametrize("value", ["", "-1", "1.5", "ein", "9" * 20, "0x10", "١"])
async def test_a_number_that_is_none_is_refused(upload: Upload, name: str, value: str) -> None:
    if name == "Upload-Length":
        assert (await upload.create(value.encode().decode("latin-1"))).status in (413, 422)
    else:
        await upload.create(100)
        assert (await upload.patch(b"x", value.encode().decode("latin-1"))).status == 422


async def test_what_may_not_come_in_is_refused_with_its_first_bytes(upload: Upload) -> None:
    await upload.create(1000)
    answer = await upload.patch(b"MZ" + b"\0" * 500, 0)
    assert answer.status == 415
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert await upload.state() is None
    assert (await upload.patch(b"x", 0)).status == 404


async def test_a_file_that_is_no_whole_pdf_is_refused_at_its_end(upload: Upload, tmp_path: Path) -> None:
    await upload.create(1000)
    assert (await upload.patch(b"%PDF-1.7\n" + b"x" * 991, 0)).status == 422
    assert await upload.state() is None


async def test_a_file_too_large_or_too_many_are_refused_before_a_byte_is_sent(make_city: MakeCity) -> None:
    city = await make_city(upload_limit_mb=1)
    booked = await city.book("bauberatung", "video")
    assert (await Upload(city, booked).create(1_000_001)).status == 413
    for _ in range(4):
        assert (await Upload(city, booked).create(1_000_000)).status == 201
    assert (await Upload(city, booked).create(1_000_000)).status == 413
    assert (await Upload(city, booked).create(0)).status == 422


async def test_the_protocol_says_what_it_is(upload: Upload) -> None:
    answer = await upload.city.client.options(upload.collection)
    assert answer.status == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == "150000000"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation",
        "checksum",
        "termination",
        "expiration",
    }
    other = await upload.create(100, **{"Tus-Resumable": "0.2.2"})
    assert (other.status, other.headers["Tus-Version"]) == (412, "1.0.0")


async def test_a_network_that_knows_no_patch_can_send_too(upload: Upload) -> None:
    data = pdf(2000)
    await upload.create(len(data))
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": PART}
    override = {**headers, "X-HTTP-Method-Override": "PATCH"}
    assert (await upload.city.client.post(upload.address, data=data, headers=override)).status == 204
    assert await upload.content() == data
    assert (await upload.city.client.post(upload.address, data=data, headers=headers)).status == 422


async def test_a_foreign_upload_looks_like_a_missing_one(city: City) -> None:
    mine = Upload(city, await city.book("bauberatung", "video"))
    theirs = Upload(city, await city.book("bauberatung", "video"))
    await theirs.create(100)
    mine.address = f"{mine.collection}/{theirs.id}"
    missing = f"{mine.collection}/{secrets.token_hex(16)}"
    for address in (mine.address, missing):
        mine.address = address
        assert (await mine.patch(b"%PDF-1.7\n", 0)).status == 404
        assert (await city.client.head(address, headers={"Tus-Resumable": "1.0.0"})).status == 404
    assert await theirs.offset() == 0
