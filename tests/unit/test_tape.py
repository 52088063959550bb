"""What a recorder's process is told of the server's surroundings."""

import pytest

from server.rooms.tape import passed_on


def test_the_recorder_learns_whom_to_trust_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPRECHZEIT_SECRET", "geheim")
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/ssl/city.pem")
    assert "SPRECHZEIT_SECRET" not in passed_on()
    assert passed_on()["SSL_CERT_FILE"] == "/etc/ssl/city.pem"
