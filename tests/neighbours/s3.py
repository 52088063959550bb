"""An S3 service of our own: moto's server as a process, its buckets in its memory. No signature is checked there."""

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.neighbours.process import Neighbour, free_port, port_answers, running

REGION = "eu-central-1"
NUMBERS = count()


class S3Server:
    """A server on the loopback that a test may stop and start again; it forgets all when it stops."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "s3.log"
        self.port = free_port()
        self.server: Neighbour | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.server = Neighbour(command, self.log)
        self.server.wait_until(lambda: port_answers(self.port))

    def stop(self) -> None:
        if self.server:
            self.server.stop()


class Bucket:
    """A fresh bucket, looked into from outside."""

    def __init__(self, server: S3Server, name: str = "") -> None:
        self.name = name or f"papers-{next(NUMBERS)}"
        self.server = server
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": REGION}
        self._client: Any = boto3.client("s3", endpoint_url=server.url, **keys)
        where = {"LocationConstraint": REGION}
        self._client.create_bucket(Bucket=self.name, CreateBucketConfiguration=where)

    @property
    def settings(self) -> dict[str, str]:
        """How the office is told of it."""
        keys = {"s3_access_key": "key", "s3_secret_key": "secret", "s3_region": REGION}
        return {"store": f"s3://{self.name}/city/papers", "s3_endpoint": self.server.url, **keys}

    def names(self) -> list[str]:
        """The objects' names without the prefix, and `?name` for uploads in parts that nobody ended."""
        listed = self._client.list_objects_v2(Bucket=self.name).get("Contents", [])
        open_ = self._client.list_multipart_uploads(Bucket=self.name).get("Uploads", [])
        whole = [one["Key"].removeprefix("city/papers/") for one in listed]
        return sorted([*whole, *(f"?{one['Key']}" for one in open_)])

    def get(self, name: str) -> bytes:
        answer = self._client.get_object(Bucket=self.name, Key=f"city/papers/{name}")
        return bytes(answer["Body"].read())

    def put(self, name: str, data: bytes) -> None:
        self._client.put_object(Bucket=self.name, Key=f"city/papers/{name}", Body=data)


@pytest.fixture(scope="session")
def shared_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running(S3Server(tmp_path_factory.mktemp("s3"))) as server:
        yield server


@pytest.fixture
def bucket(shared_s3: S3Server) -> Bucket:
    """An empty bucket for one test."""
    return Bucket(shared_s3)


@pytest.fixture
def own_s3(tmp_path: Path) -> Iterator[S3Server]:
    """A service for one test alone, running; the test may take it away."""
    with running(S3Server(tmp_path)) as server:
        yield server
