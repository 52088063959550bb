"""With a time-stamp service the seal says when by somebody else's clock (PAdES B-T); while it is away nothing is sealed."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import CertificateBuilder, ExtendedKeyUsage, KeyUsage, Name, NameAttribute
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from server.child import ChildFailed
from server.signing.desk import Sheet, print_pdf
from server.signing.seal import stamped
from server.signing.show import page
from server.signing.verify import verify
from tests.http.signing import sealing_city
from tests.neighbours.process import free_port
from tests.office.city import MakeCity, only_sqlite

pytestmark = only_sqlite()


def stamper() -> DummyTimeStamper:
    """A time-stamp service's key and certificate."""
    key = rsa.generate_private_key(65537, 2048)
    name = Name([NameAttribute(NameOID.COMMON_NAME, "Zeitstempel der Tests")])
    now = datetime.now(UTC)
    builder = CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=1))
    usage = KeyUsage(True, True, False, False, False, False, False, False, False)
    builder = builder.add_extension(usage, critical=True)
    stamps = ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = builder.add_extension(stamps, critical=True).sign(key, hashes.SHA256())
    der = serialization.Encoding.DER
    plain = key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return DummyTimeStamper(
        x509.Certificate.load(certificate.public_bytes(der)),
        keys.PrivateKeyInfo.load(plain),
        SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )


@pytest.fixture
async def service() -> AsyncIterator[str]:
    """RFC 3161 over HTTP, on this machine."""
    stamps = stamper()

    async def answer(request: web.Request) -> web.Response:
        asked = tsp.TimeStampReq.load(await request.read())
        reply = await stamps.async_request_tsa_response(asked)
        return web.Response(body=reply.dump(), content_type="application/timestamp-reply")

    app = web.Application()
    app.router.add_post("/tsa", answer)
    server = TestServer(app)
    await server.start_server()
    yield str(server.make_url("/tsa"))
    await server.close()


async def a_page() -> bytes:
    sheet = Sheet("Brief", (), ("Guten Tag.",), "Max", "1", "Anderswo")
    return (await print_pdf(page(sheet), "Unterschrift: Max")).pdf


async def test_the_seal_bears_the_services_time(make_city: MakeCity, tmp_path: Path, service: str) -> None:
    city = await sealing_city(make_city, tmp_path, seal_tsa_url=service)
    pdf = await stamped(city.office.signing, await a_page())
    seal = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    beside = [one["type"].native for one in seal.signer_info["unsigned_attrs"]]
    assert "signature_time_stamp_token" in beside
    verdict = await verify(city.settings, pdf)
    assert verdict.answer == "sealed"
    assert verdict.at is not None


async def test_without_the_service_it_waits(make_city: MakeCity, tmp_path: Path) -> None:
    away = f"http://127.0.0.1:{free_port()}/tsa"
    city = await sealing_city(make_city, tmp_path, seal_tsa_url=away)
    with pytest.raises(ChildFailed, match="tsa"):
        await stamped(city.office.signing, await a_page())
