"""Documents in an S3 bucket instead of a folder: arriving, looked at, fetched, deleted, and a bucket that is away."""

from datetime import timedelta

import pytest

from server.doctor import examine
from server.documents import delete
from server.documents.resume import finish_arrived
from tests.http.test_documents_view import clerk_of, office_path, own, sent
from tests.http.tus import CANARY, Upload, pdf
from tests.neighbours.s3 import Bucket, S3Server
from tests.office.city import City, MakeCity, only_sqlite

pytestmark = only_sqlite()


def growing(city: City) -> list[str]:
    return [path.name for path in city.settings.store.iterdir()]


@pytest.mark.criterion("D06", "D12", "D11")
async def test_a_document_lives_and_ends_in_the_bucket(make_city: MakeCity, bucket: Bucket) -> None:
    city = await make_city(**bucket.settings)
    booked = await city.book("bauberatung", "video")
    data = pdf(6_000_000)
    document = await sent(city, booked, data=data)
    assert bucket.names() == [f"{document['id']}.sealed"]
    assert CANARY not in bucket.get(f"{document['id']}.sealed")
    clerk = await clerk_of(city, booked)
    assert await (await clerk.get(await office_path(city, booked, document))).read() == data
    assert (await clerk.get(f"{await office_path(city, booked, document)}/pages/0")).status == 200
    assert (await city.client.delete(own(booked, document))).status == 204
    await delete.sweep(city.office.db, city.office.store, city.now)
    assert bucket.names() == growing(city) == []


@pytest.mark.criterion("D02", "D12")
async def test_an_upload_in_parts_grows_sealed_in_a_folder_and_ends_in_the_bucket(
    make_city: MakeCity, bucket: Bucket
) -> None:
    city = await make_city(**bucket.settings)
    booked = await city.book("bauberatung", "video")
    upload, data = Upload(city, booked), pdf(700_000)
    assert (await upload.create(len(data))).status == 201
    assert (await upload.patch(data[:300_000], 0)).status == 204
    [part] = growing(city)
    assert CANARY not in (city.settings.store / part).read_bytes()
    assert bucket.names() == []
    assert (await upload.patch(data[300_000:], 300_000)).status == 204
    assert bucket.names() == [f"{upload.id}.sealed"]
    assert growing(city) == []
    assert await (await city.client.get(upload.address)).read() == data


async def test_with_the_bucket_away_nothing_is_lost_and_it_is_said(
    make_city: MakeCity, own_s3: S3Server
) -> None:
    first = Bucket(own_s3)
    city = await make_city(**first.settings)
    booked = await city.book("bauberatung", "video")
    upload, data = Upload(city, booked), pdf(100_000)
    await upload.create(len(data))
    own_s3.stop()
    assert [one.text for one in await examine(city.settings) if one.text.startswith("s3:") and not one.good]
    answer = await upload.patch(data, 0)
    assert answer.status == 503
    assert growing(city) == [f"{upload.id}.part"]
    own_s3.start()
    city.clock.advance(timedelta(minutes=10))
    await finish_arrived(city.office.door, city.office.keyring, city.now)
    assert growing(city) == [f"{upload.id}.part"], (
        "a bucket that does not exist is no reason to give a file up"
    )
    again = Bucket(own_s3, first.name)
    assert [one.text for one in await examine(city.settings) if one.text.startswith("s3:") and one.good]
    await finish_arrived(city.office.door, city.office.keyring, city.now)
    assert f"{upload.id}.sealed" in again.names()
    assert growing(city) == []
    assert await (await city.client.get(upload.address)).read() == data


async def test_orphans_in_the_bucket_are_found_after_an_hour(make_city: MakeCity, bucket: Bucket) -> None:
    city = await make_city(**bucket.settings)
    bucket.put(f"{'a' * 32}.sealed", b"left behind")
    later = city.office.store.now() + timedelta(hours=2)
    assert await delete.remove_orphans(city.office.db, city.office.store, later) == 1
    assert [name for name in bucket.names() if name.endswith(".sealed")] == []
