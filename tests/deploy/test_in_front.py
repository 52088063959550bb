"""nginx with the shipped configuration in front of two processes of each kind: TLS, headers, limits, privacy."""

import asyncio
import os
import re
import socket
import ssl
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from server.app import ENDPOINTS, PAGES, STATIC
from server.settings import Settings
from server.web.middleware import security_headers
from tests.browser.people import PLAN
from tests.deploy.people import beside, book, enter, free, hold
from tests.deploy.running_city import RunningCity
from tests.neighbours.clamav import LARGEST_MB, ClamdServer
from tests.neighbours.nginx import TEMPLATE, VARIABLE
from tests.neighbours.process import free_port
from tests.neighbours.smtp import Mailbox
from tests.network.namespaces import ThisMachine
from tests.network.relay import SECRET, Relay, relay
from tests.office.served import ROOT

MEGABYTE = 1024 * 1024
SETTINGS = {"max_holds": 4, "upload_limit_mb": 5}


def handshake(city: RunningCity, version: ssl.TLSVersion, name: str = "localhost") -> str | None:
    context = city.tls
    context.minimum_version = context.maximum_version = version
    with (
        socket.create_connection(("127.0.0.1", city.nginx.https), timeout=10) as line,
        context.wrap_socket(line, server_hostname=name) as tls,
    ):
        return tls.version()


async def test_tls_1_3_is_spoken_and_nothing_older(deployed: RunningCity) -> None:
    assert await asyncio.to_thread(handshake, deployed, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
    with pytest.raises(ssl.SSLError):
        await asyncio.to_thread(handshake, deployed, ssl.TLSVersion.TLSv1_2)


async def test_another_name_gets_no_certificate(deployed: RunningCity) -> None:
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        await asyncio.to_thread(handshake, deployed, ssl.TLSVersion.TLSv1_3, "elsewhere.example")


async def test_plain_http_leads_to_https_and_keeps_the_address(deployed: RunningCity) -> None:
    async with aiohttp.ClientSession() as plain:
        url = f"http://127.0.0.1:{deployed.nginx.http}/times?service=bauberatung"
        async with plain.get(url, allow_redirects=False) as answer:
            assert answer.status == 308
            assert answer.headers["Location"] == "https://localhost/times?service=bauberatung"


async def test_each_security_header_comes_once_from_pages_static_files_and_the_script_to_embed(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    wanted = security_headers(Settings(demo=True, public_url=deployed.url))
    async with browser_like.get("/") as page:
        script = re.findall(r'(?:src|href)="(/static/assets/[^"]+\.(?:js|css))"', await page.text())[0]
    for path in ("/", script, "/embed.js", "/api/v1/services"):
        async with browser_like.get(path) as answer:
            assert answer.status == 200, path
            for name in wanted:
                assert len(answer.headers.getall(name)) == 1, (path, name)
            assert answer.headers["Server"] == "Sprechzeit"
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    async with browser_like.get(script) as answer:
        assert answer.headers.getall("Cache-Control") == ["public, max-age=31536000, immutable"]
    async with browser_like.get("/readyz") as answer:
        assert answer.status == 404
    async with browser_like.get("/healthz") as answer:
        assert answer.status == 200


async def test_a_compressed_script_and_a_plain_one_are_not_mixed_up(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    packed = min((STATIC / "assets").glob("*.js.gz"))
    script = f"/static/assets/{packed.name.removesuffix('.gz')}"
    bodies = []
    for accepted in ("gzip", "identity", "gzip", "identity"):
        async with browser_like.get(script, headers={"Accept-Encoding": accepted}) as answer:
            assert answer.headers.get("Content-Encoding", "identity") == accepted
            bodies.append(await answer.read())
    assert len(set(bodies)) == 1


async def test_requests_are_spread_over_both_servers(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    before = deployed.nginx.access_log.read_text()
    for _ in range(20):
        async with browser_like.get("/services/bauberatung") as answer:
            assert answer.status == 200
    await book(browser_like)
    counted = Counter(re.findall(r"127\.0\.0\.1:\d+", deployed.nginx.access_log.read_text()[len(before) :]))
    assert counted.keys() == {process.address for process in deployed.server}
    assert min(counted.values()) >= 5


async def test_what_is_too_large_is_refused_in_words_and_not_before_the_limit(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    token = await book(browser_like)
    form = aiohttp.FormData({"item": "lageplan"})
    form.add_field("file", PLAN + bytes(6 * MEGABYTE), filename="plan.pdf")
    async with browser_like.post(f"/api/v1/appointments/{token}/documents", data=form) as answer:
        assert answer.status == 413
        assert (await answer.json())["type"] == "urn:sprechzeit:problem:too-large"
    within = aiohttp.FormData({"item": "lageplan"})
    within.add_field(
        "file", PLAN.replace(b"\n", b"\n%" + b"0" * 3 * MEGABYTE + b"\n", 1), filename="plan.pdf"
    )
    async with browser_like.post(f"/api/v1/appointments/{token}/documents", data=within) as answer:
        assert answer.status == 201, await answer.text()
    async with browser_like.post("/holds", data={"service": "x" * 300_000}) as answer:
        assert answer.status == 413
        assert "Das ist zu groß" in await answer.text()
    async with browser_like.post("/api/v1/holds", json={"services": ["x" * 200_000]}) as answer:
        assert answer.status == 422


def test_every_route_that_takes_files_and_no_other_gets_them_unbuffered() -> None:
    found = re.search(r"location ~ (\^\S+)", TEMPLATE.read_text())
    assert found is not None
    files = re.compile(found[1])
    taking = {page.path for page in PAGES if page.streams and page.method == "POST"}
    taking |= {one.path for one in ENDPOINTS if one.consumes != "application/json"}
    for path in taking:
        assert files.search(re.sub(r"\{\w+\}", "x1_-", path)), path
    routes = [(page.method, page.path) for page in PAGES] + [(one.method, one.path) for one in ENDPOINTS]
    others = {path for method, path in routes if method not in ("GET", "DELETE")} - taking
    assert not [path for path in others if files.search(re.sub(r"\{\w+\}", "x1_-", path))]


def test_the_template_explains_each_of_its_variables() -> None:
    head, _, body = TEMPLATE.read_text().partition("worker_processes")
    used = set(VARIABLE.findall(body))
    explained = set(re.findall(r"\b([A-Z]+(?:_[A-Z0-9]+)+)\b", head)) - {"SPRECHZEIT_PUBLIC_URL"}
    assert used == explained


@pytest.mark.criterion("J15")
async def test_nginx_writes_no_token_and_no_address_into_its_logs_even_when_requests_fail(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    token = await book(browser_like)
    async with enter(browser_like, f"/appointments/{token}") as person:
        assert person.welcome["state"] == "waiting"
        async with browser_like.get(f"/a/{token}", headers={"X-Forwarded-For": "203.0.113.9"}) as answer:
            assert answer.status == 200
        for process in deployed.server:
            await asyncio.to_thread(process.stop)
        async with browser_like.get(f"/a/{token}?q=Canary-7f3a") as answer:
            assert answer.status == 503
            assert "Einen Moment bitte" in await answer.text()
        for process in deployed.server:
            await process.come_back()
        # The line of a page in a room is logged when it ends.
    async with browser_like.get(f"/a/{token}") as answer:
        assert answer.status == 200
    written = await all_logged(deployed, " GET 503 ", "signaling GET 101 ")
    for secret in (token, "Canary", "203.0.113.9", "bauberatung", "/a/", "client:"):
        assert secret not in written, secret
    assert not [
        path
        for path in deployed.folder.rglob("*")
        if path.is_file() and path.parent.name in ("body", "proxy")
    ]


async def all_logged(city: RunningCity, *lines: str) -> str:
    """All that nginx has written, once these lines are there: each of its workers writes when a request is wholly over."""
    async with asyncio.timeout(60):
        while not all(line in city.nginx.written() for line in lines):  # noqa: ASYNC110  seen from outside only
            await asyncio.sleep(0.05)
    return city.nginx.written()


async def test_who_invents_a_forwarded_address_is_counted_as_before(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    held = []
    slots = beside(await free(browser_like))[1:]  # the first one may pass while we look
    for number, slot in enumerate(slots[: SETTINGS["max_holds"] + 1]):
        answer = await hold(browser_like, slot, **{"X-Forwarded-For": f"203.0.113.{number}"})
        held.append(answer)
    assert [status for status, _ in held] == [201] * SETTINGS["max_holds"] + [429]
    for status, body in held:
        if status == 201:
            async with browser_like.delete(f"/api/v1/holds/{body['hold']}") as gone:
                assert gone.status == 204


@pytest.fixture
def turn_as_shipped(tmp_path: Path) -> Iterator[Relay]:
    with relay(ThisMachine(), ("127.0.0.1",), tmp_path, ports=(free_port(), free_port())) as running:
        yield running


async def test_the_doctor_finds_the_whole_of_it_well_and_names_what_does_not_fit(
    deployed: RunningCity, smtp: Mailbox, turn_as_shipped: Relay, shared_clamd: ClamdServer
) -> None:
    well = {
        **deployed.server[0].environment,
        "SPRECHZEIT_SMTP_URL": smtp.url,
        "SPRECHZEIT_CLAMD": shared_clamd.address,
        "SPRECHZEIT_UPLOAD_LIMIT_MB": f"{LARGEST_MB}",
        "SPRECHZEIT_TURN_URLS": ",".join(turn_as_shipped.urls[:2]),
        "SPRECHZEIT_TURN_SECRET": SECRET,
        "SSL_CERT_FILE": str(deployed.certificate),
    }
    code, said = await doctor(well)
    assert code == 0, said
    assert f"✓ Signaling antwortet unter {deployed.url.replace('https', 'wss')}/signaling/v1" in said
    assert "✓ Der Virenscanner antwortet (ClamAV" in said
    nowhere = f"wss://localhost:{deployed.nginx.https}/times"
    code, said = await doctor(
        {**well, "SPRECHZEIT_TRUSTED_PROXIES": "0", "SPRECHZEIT_SIGNALING_URL": nowhere}
    )
    assert code == 1
    assert f"✗ Unter {nowhere} antwortet kein Signaling" in said
    assert "✗ Alle Leute haben die Adresse des Proxys" in said
    beyond = f"{LARGEST_MB + 10}"
    code, said = await doctor(
        {
            **well,
            "SPRECHZEIT_SIGNALING_URL": "ws://127.0.0.1:1/signaling/v1",
            "SPRECHZEIT_UPLOAD_LIMIT_MB": beyond,
        }
    )
    assert f"prüft keine Dateien von {beyond} MB: StreamMaxLength" in said
    assert "✗ SPRECHZEIT_SIGNALING_URL muss mit wss:// beginnen" in said


async def doctor(environment: dict[str, str]) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", "doctor"),
        env={**os.environ, **environment},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()
