"""What is due is counted and deleted by hand, and an account that was closed ends by rule."""

import sqlite3
from pathlib import Path

import pytest

from tests.http.test_cli import PASSWORD, Operator


@pytest.mark.criterion("J04")
def test_a_closed_account_is_counted_then_nobody_can_be_recognised_by_it(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    operator.run("migrate")
    operator.run("user", "add", "anna", "--roles", "clerk", typed=PASSWORD + "\n")
    assert "Ein offenes Konto bert gibt es nicht." in operator.run("user", "leave", "bert").stderr
    assert operator.run("user", "leave", "anna").returncode == 0
    database = sqlite3.connect(operator.database)
    database.execute("UPDATE staff SET left_at = '2020-01-01 00:00:00'")
    database.commit()
    accounts = "SELECT login, display, password_hash IS NULL FROM staff"
    assert "1  Konten der Beschäftigten" in operator.run("sweep", "--dry-run").stdout
    assert database.execute(accounts).fetchall() == [("anna", "anna", 0)]
    assert "1  Konten der Beschäftigten" in operator.run("sweep").stdout
    assert database.execute(accounts).fetchall() == [("gone-1", "–", 1)]
    database.close()
    assert "Nichts ist fällig." in operator.run("sweep").stdout
