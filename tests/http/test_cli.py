"""The command line as an operator types it: what works, and every trouble in a sentence, without a trace or a secret."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.__main__ import cli
from server.settings import Settings
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.office import nursery
from tests.office.city import MASTER_KEY, SECRET

ROOT = Path(__file__).parents[2]
PASSWORD = "ein langes Passwort"
HIDDEN = "GEHEIM4711"
GOOD_SECRETS = {
    "SPRECHZEIT_SECRET": SECRET,
    "SPRECHZEIT_TICKET_SECRET": SECRET[::-1],
    "SPRECHZEIT_MASTER_KEY": MASTER_KEY,
}


@dataclass
class Operator:
    """Sits before a terminal in an empty folder."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def env(self, changes: dict[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SPRECHZEIT_")}
        chosen = {
            "SPRECHZEIT_DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "SPRECHZEIT_STORE": str(self.folder / "documents"),
            "SPRECHZEIT_DATA_DIR": str(self.folder),
            "PYTHONPATH": str(ROOT),
        }
        return {**kept, **chosen, **GOOD_SECRETS, **changes}

    @property
    def database(self) -> Path:
        return self.folder / "office.db"

    def run(self, *arguments: str, typed: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
        return nursery.run(arguments, self.env(changes), self.folder, typed)

    def run_from_nothing(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """With an interpreter of its own, down to the last import."""
        return subprocess.run(
            [sys.executable, "-m", "server", *arguments],
            env=self.env({}),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def rows(self, table: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(f'SELECT * FROM "{table}"').fetchall()
        finally:
            connection.close()


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def assert_refused_in_words(done: subprocess.CompletedProcess[str], *words: str) -> None:
    said = done.stdout + done.stderr
    assert done.returncode in (1, 2), said
    assert "Traceback" not in said, said
    assert 'File "' not in said, said
    assert HIDDEN not in said, said
    assert SECRET not in said, said
    for word in words:
        assert word in said, said


def test_from_nothing_to_a_city_with_an_account(operator: Operator) -> None:
    assert operator.run_from_nothing("migrate").returncode == 0
    assert operator.run("migrate").returncode == 0
    loaded = operator.run_from_nothing("import", str(ROOT / "server" / "demo" / "kempten.yaml"))
    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert len(operator.rows("service")) >= 12
    added = operator.run("user", "add", "anna", "--roles", "clerk,scheduler", typed=PASSWORD + "\n")
    assert added.returncode == 0, added.stderr
    assert PASSWORD not in added.stdout + added.stderr
    (row,) = operator.rows("staff")
    assert PASSWORD not in str(row)
    assert "$argon2id$" in str(row)


def test_a_backup_is_made_and_put_back_elsewhere(operator: Operator) -> None:
    operator.run("migrate")
    saved = operator.run("backup", "backup", "--keys", "keys")
    assert saved.returncode == 0, saved.stderr
    assert_refused_in_words(operator.run("backup", "backup", "--keys", "keys"), "backup ist nicht leer")
    back = ("restore", "backup", "--keys", "keys/backup.keys")
    assert_refused_in_words(operator.run(*back), "gibt es schon")
    new = {"SPRECHZEIT_DATABASE_URL": f"sqlite+aiosqlite:///{operator.folder}/new.db"}
    done = operator.run(*back, **new)
    assert (done.returncode, "Wiederhergestellt" in done.stdout) == (0, True), done.stderr
    checked = operator.run("audit", "verify", **new)
    assert (checked.returncode, checked.stdout[0]) == (0, "✓"), checked.stderr


def test_a_bad_file_loads_nothing(operator: Operator) -> None:
    operator.run("migrate")
    bad = operator.folder / "bad.yaml"
    text = (ROOT / "server" / "demo" / "kempten.yaml").read_text()
    bad.write_text(text.replace("minutes: 30", "minutes: half an hour"))
    assert_refused_in_words(operator.run("import", str(bad)), "minutes")
    assert_refused_in_words(operator.run("import", str(operator.folder / "missing.yaml")), "missing.yaml")
    assert [operator.rows(table) for table in ("unit", "site", "service", "audit")] == [[], [], [], []]


@pytest.mark.parametrize(
    ("login", "roles", "password", "word"),
    [
        ("anna", "clerk", "kurz", "12 Zeichen"),
        ("Ännä", "clerk", PASSWORD, "kleine Buchstaben"),
        ("anna", "chef", PASSWORD, "chef"),
        ("anna", "", PASSWORD, "Rolle"),
    ],
)
def test_an_account_that_can_not_be_opened(
    operator: Operator, login: str, roles: str, password: str, word: str
) -> None:
    operator.run("migrate")
    assert_refused_in_words(operator.run("user", "add", login, "--roles", roles, typed=password + "\n"), word)
    assert operator.rows("staff") == []


def test_an_account_is_opened_once(operator: Operator) -> None:
    operator.run("migrate")
    for expected in (0, 1):
        done = operator.run("user", "add", "anna", "--roles", "clerk", typed=PASSWORD + "\n")
        assert done.returncode == expected
    assert_refused_in_words(done, "gibt es schon")
    long = operator.run("user", "add", "bert", "--roles", "dpo", "--display", "x" * 200, typed=PASSWORD)
    assert_refused_in_words(long, "Anzeigename")


WRONG_SETTINGS = [
    ({"SPRECHZEIT_PORT": "abc"}, "port"),
    ({"SPRECHZEIT_PORT": "99999"}, "port"),
    ({"SPRECHZEIT_MASTER_KEY": HIDDEN}, "master_key"),
    ({"SPRECHZEIT_MASTER_KEY": "äöü" + HIDDEN}, "master_key"),
    ({"SPRECHZEIT_SECRET": HIDDEN}, "secret"),
    ({"SPRECHZEIT_TICKET_SECRET": HIDDEN}, "ticket_secret"),
    ({"SPRECHZEIT_PUBLIC_URL": "termine"}, "public_url"),
    ({"SPRECHZEIT_DATABASE_URL": f"mysql://x:{HIDDEN}@host/x"}, "database_url"),
    ({"SPRECHZEIT_DATABASE_URL": f"postgresql://x:{HIDDEN}@host/x"}, "database_url"),
    ({"SPRECHZEIT_DATABASE_URL": HIDDEN}, "database_url"),
    ({"SPRECHZEIT_REDIS_URL": f"http://:{HIDDEN}@host"}, "redis_url"),
    ({"SPRECHZEIT_SMTP_URL": f"http://x:{HIDDEN}@host"}, "smtp_url"),
    ({"SPRECHZEIT_SMTP_URL": "smtp://"}, "smtp_url"),
    ({"SPRECHZEIT_SIGNALING_URL": "https://host"}, "signaling_url"),
    ({"SPRECHZEIT_TURN_URLS": "turn:host"}, "turn_secret"),
]


@pytest.mark.parametrize(("changes", "word"), WRONG_SETTINGS)
def test_a_wrong_setting_is_named_and_no_secret_shown(
    operator: Operator, changes: dict[str, str], word: str
) -> None:
    """In this process, and so by the dozen; the next test goes the whole way."""
    done = CliRunner().invoke(cli, ["migrate"], env=operator.env(changes))
    assert isinstance(done.exception, SystemExit)
    assert_refused_in_words(subprocess.CompletedProcess([], done.exit_code, done.output, ""), word)
    assert not operator.database.exists()


def test_default_secrets_serve_nobody(operator: Operator) -> None:
    assert_refused_in_words(operator.run("serve", SPRECHZEIT_LOG_LEVEL="LOUD"), "log_level")
    for name in GOOD_SECRETS:
        changes = {name: str(_default(name))}
        assert_refused_in_words(operator.run("serve", **changes), name.removeprefix("SPRECHZEIT_").lower())


def _default(name: str) -> str:
    default = Settings.model_fields[name.removeprefix("SPRECHZEIT_").lower()].default
    return str(default.get_secret_value())


def test_settings_never_show_a_secret() -> None:
    shown = repr(
        Settings(
            demo=True,
            secret=HIDDEN,
            ticket_secret=HIDDEN,
            turn_secret=HIDDEN,
            database_url=f"postgresql+asyncpg://x:{HIDDEN}@host/x",
            redis_url=f"redis://:{HIDDEN}@host",
            smtp_url=f"smtp://x:{HIDDEN}@host",
        )
    )
    assert HIDDEN not in shown


AWAY = {"SPRECHZEIT_DATABASE_URL": f"postgresql+asyncpg://x:{HIDDEN}@127.0.0.1:1/x"}
NO_FOLDER = {"SPRECHZEIT_DATABASE_URL": "sqlite+aiosqlite:////proc/nowhere/x.db"}


@pytest.mark.parametrize("changes", [AWAY, NO_FOLDER, {}])
@pytest.mark.parametrize("command", ["migrate", "import", "user"])
def test_a_database_that_is_away_or_empty_is_said_in_words(
    operator: Operator, command: str, changes: dict[str, str]
) -> None:
    arguments = {
        "import": [str(ROOT / "server" / "demo" / "kempten.yaml")],
        "user": ["add", "anna", "--roles", "clerk"],
        "migrate": [],
    }[command]
    if command == "migrate" and not changes:
        return
    assert_refused_in_words(operator.run(command, *arguments, typed=PASSWORD + "\n", **changes))


def test_the_doctor_names_what_is_missing(operator: Operator) -> None:
    troubles = {
        **AWAY,
        "SPRECHZEIT_REDIS_URL": f"redis://:{HIDDEN}@127.0.0.1:1",
        "SPRECHZEIT_STORE": "/proc/x",
        "SPRECHZEIT_CLAMD": "tcp://127.0.0.1:1",
    }
    done = operator.run("doctor", SPRECHZEIT_SMTP_URL=f"smtp://x:{HIDDEN}@127.0.0.1:1", **troubles)
    assert_refused_in_words(
        done, "✗ Datenbank", "✗ Redis", "✗ Der Mailserver", "✗ Dokumentenablage", "✗ Der Virenscanner"
    )


def test_the_doctor_finds_an_old_schema_and_then_is_content(operator: Operator) -> None:
    assert_refused_in_words(operator.run("doctor", SPRECHZEIT_DEMO="1"), "sprechzeit migrate")
    operator.run("migrate")
    done = operator.run("doctor", SPRECHZEIT_DEMO="1")
    assert done.returncode == 0, done.stdout
    assert "✗" not in done.stdout


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_within_seconds_also_while_somebody_dawdles(
    operator: Operator, how: signal.Signals
) -> None:
    """A request that is half sent and never continued does not hold the process."""
    operator.run("migrate")
    port = free_port()
    changes = {"SPRECHZEIT_PORT": str(port), "SPRECHZEIT_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "server", "serve"]
    process = Neighbour(command, operator.folder / "log", env=operator.env(changes), cwd=operator.folder)
    try:
        process.wait_until(lambda: port_answers(port))
        asyncio.run(_dawdle_while(process, port, how))
    finally:
        process.kill()
    assert "Traceback" not in process.output(), process.output()


async def _dawdle_while(process: Neighbour, port: int, how: signal.Signals) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = b"POST /api/v1/holds HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"
    writer.write(head)
    await writer.drain()
    await asyncio.to_thread(_alive, port)
    process.process.send_signal(how)
    code = await asyncio.to_thread(process.process.wait, 30)  # by itself such a request would never end
    assert code in (0, -how)
    writer.close()


def _alive(port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
        assert answer.status == 200
