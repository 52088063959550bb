"""A seal that nobody vouches for, made on the spot: for the demo city, trials and tests. A city's own comes from a trust service."""

import os
from datetime import datetime, timedelta
from pathlib import Path

VALID = timedelta(days=730)


def make_seal(file: Path, name: str, password: str, now: datetime) -> None:
    """Writes a PKCS#12 file with a fresh key and its self-signed certificate, unless it is there."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import NameOID

    if file.exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + VALID)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    signs = x509.KeyUsage(
        digital_signature=True, content_commitment=True, encipher_only=False, decipher_only=False, **usage
    )
    certificate = builder.add_extension(signs, critical=True).sign(key, hashes.SHA256())
    protected = serialization.BestAvailableEncryption(password.encode())
    plain = pkcs12.serialize_key_and_certificates(name[:64].encode(), key, certificate, None, protected)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(plain)
    part.replace(file)
