"""Public clients of tus 1.0.0 talk to this server: tuspy and tus-js-client send, pause, go on, and take back."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from tests.http.tus import pdf
from tests.office.city import City, only_sqlite
from tests.office.served import ROOT

pytestmark = only_sqlite()
SIZE, PART = 1_000_000, 200_000


async def collection_of(city: City) -> str:
    booked = await city.book("bauberatung", "video")
    return str(city.client.make_url(f"/api/v1/appointments/{booked['token']}/documents"))


def below(city: City, address: str) -> str:
    return address.removeprefix(str(city.client.make_url("/")).rstrip("/"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "plan.pdf"
    file.write_bytes(pdf(SIZE))
    return file


@pytest.mark.criterion("D02")
async def test_tuspy_pauses_and_another_one_goes_on(city: City, file: Path) -> None:
    from tusclient.client import TusClient
    from tusclient.uploader.uploader import Uploader

    client = TusClient(await collection_of(city))

    def uploader(url: str | None = None) -> Uploader:
        said = {"filename": "plan.pdf", "item": "lageplan"}
        return client.uploader(str(file), url=url, chunk_size=PART, metadata=said, upload_checksum=True)

    def pause() -> str:
        first = uploader()
        first.upload(stop_at=2 * PART)
        return str(first.url)

    def go_on(url: str) -> int:
        second = uploader(url)
        offset = int(second.offset)
        second.upload()
        return offset

    url = await asyncio.to_thread(pause)
    assert (await city.client.get(below(city, url))).status == 404
    assert await asyncio.to_thread(go_on, url) == 2 * PART
    assert await (await city.client.get(below(city, url))).read() == file.read_bytes()
    gone = await asyncio.to_thread(pause)
    headers = {"Tus-Resumable": "1.0.0"}
    assert (await city.client.delete(below(city, gone), headers=headers)).status == 204
    assert (await city.client.head(below(city, gone), headers=headers)).status == 404


@pytest.mark.criterion("D02")
async def test_tus_js_client_pauses_goes_on_and_terminates(city: City, file: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    assert node, "the clients' tests need node"
    program = Path(__file__).with_name("tus_client.cjs")
    process = await asyncio.create_subprocess_exec(
        *(node, str(program), str(ROOT / "webclient"), await collection_of(city), str(file)),
        *(str(tmp_path / "uploads.json"), str(PART)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 240)
    assert process.returncode == 0
    told = json.loads(said)
    assert PART <= told["standing"] < SIZE
    assert told["ended"] == told["paused"]
    assert await (await city.client.get(below(city, told["ended"]))).read() == file.read_bytes()
    gone = await city.client.head(below(city, told["terminated"]), headers={"Tus-Resumable": "1.0.0"})
    assert gone.status == 404
