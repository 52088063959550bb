"""The command line: `sprechzeit serve`, `demo`, `migrate`, `import`, `doctor`, … Work is done elsewhere."""

import asyncio
import getpass
import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from server.terminal import port_taken_in_words, refused_in_words, settings_or_exit, trouble_in_words
from signaling.no_core import write_no_core

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

# Plain traces: the pretty ones print local variables, and those may be secrets.
cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Sprechzeit – das virtuelle Bürgerbüro",
)
users = typer.Typer(no_args_is_help=True, help="Konten des Personals")
cli.add_typer(users, name="user")
audits = typer.Typer(no_args_is_help=True, help="Das Protokoll")
cli.add_typer(audits, name="audit")


@cli.command()
def serve() -> None:
    """Startet den Server."""
    _log()
    from server.app import run

    settings = settings_or_exit()
    with trouble_in_words(), port_taken_in_words(settings.port):
        run(settings)


@cli.command()
def demo(
    port: Annotated[int, typer.Option(envvar="PORT")] = 8080,
    prepare_only: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Startet die Demo-Stadt Kempten: SQLite, Mails in einem Ordner, bekannte Passwörter."""
    _log()
    from server.demo.start import prepare_now, start

    with trouble_in_words(), port_taken_in_words(port):
        if prepare_only:
            prepare_now(port)
        else:
            start(port)


@cli.command()
def migrate() -> None:
    """Bringt das Datenbankschema auf den Stand dieses Programms."""
    from server.migrations.run import upgrade

    settings = settings_or_exit()
    with trouble_in_words():
        asyncio.run(upgrade(settings.database_url))
    typer.echo("Das Schema ist auf dem neuesten Stand.")


@cli.command("import")
def import_(file: Path) -> None:
    """Lädt den Katalog der Stadt aus einer Datei; bei einem Fehler wird nichts übernommen."""
    from server.catalog.load_file import CatalogueRefused, load_into

    settings = settings_or_exit()
    try:
        with trouble_in_words():
            count = asyncio.run(load_into(settings.database_url, file))
    except CatalogueRefused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{count} Dienstleistungen übernommen.")


@cli.command()
def doctor() -> None:
    """Prüft Einstellungen und Nachbarn und sagt, was fehlt."""
    from server.doctor import examine

    findings = asyncio.run(examine(settings_or_exit()))
    for finding in findings:
        typer.echo(("✓ " if finding.good else "✗ ") + finding.text)
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


@cli.command("rotate-keys")
def rotate_keys() -> None:
    """Umhüllt alle Vorgangsschlüssel mit dem neuen Hauptschlüssel; der Betrieb geht dabei weiter.

    Sie können den Befehl jederzeit abbrechen und wiederholen.
    """
    from server.db import Database
    from server.documents.rotate import Rotated, keyring_of, rotate

    settings = settings_or_exit()

    said = -1

    def tell(so_far: Rotated) -> None:
        nonlocal said
        if (step := so_far.done * 20 // max(so_far.of, 1)) != said:
            said = step
            typer.echo(f"{so_far.done} von {so_far.of} Schlüsseln neu umhüllt", err=True)

    async def run() -> Rotated:
        db = Database(settings.database_url)
        try:
            return await rotate(db, keyring_of(settings), tell)
        finally:
            await db.close()

    try:
        with trouble_in_words():
            rotated = asyncio.run(run())
    except KeyboardInterrupt:
        typer.echo("Angehalten. Rufen Sie den Befehl noch einmal auf: Er macht dort weiter.", err=True)
        raise typer.Exit(130) from None
    typer.echo(f"{rotated.done} Schlüssel neu umhüllt.")
    for version, count in sorted(rotated.shut.items()):
        typer.echo(
            f"{count} Schlüssel ließen sich nicht öffnen: Der Hauptschlüssel Version {version} fehlt in "
            "SPRECHZEIT_PREVIOUS_MASTER_KEYS oder ist ein anderer.",
            err=True,
        )
    if rotated.shut:
        raise typer.Exit(1)


@cli.command()
def backup(
    folder: Path,
    keys: Annotated[Path, typer.Option(help="Ordner für die Schlüssel, anderswo als die Sicherung")],
) -> None:
    """Sichert Datenbank und Unterlagen in einen neuen Ordner, die Schlüssel getrennt; der Betrieb geht weiter."""
    from server.backup.save import BackupRefused, save
    from server.clock import SystemClock

    settings = settings_or_exit()
    with trouble_in_words(), refused_in_words(BackupRefused):
        file = asyncio.run(save(settings, folder, keys, SystemClock().now()))
    typer.echo(f"Gesichert. Die Schlüssel dazu: {file}. Sie werden nach sieben Tagen gelöscht.")


@cli.command()
def restore(
    folder: Path, keys: Annotated[Path, typer.Option(help="Datei mit den Schlüsseln dieser Sicherung")]
) -> None:
    """Stellt eine Sicherung her und löscht wieder, was seitdem gelöscht wurde; erst danach starten."""
    from server.backup.restore import restore as put_back
    from server.backup.save import BackupRefused
    from server.clock import SystemClock

    settings = settings_or_exit()
    with trouble_in_words(), refused_in_words(BackupRefused):
        done = asyncio.run(put_back(settings, folder, keys, SystemClock().now()))
    typer.echo(
        f"Wiederhergestellt. {done.replayed} Löschungen nachgeholt, {done.swept} nach Frist, {done.keys} Vorgänge lesbar."
    )


@audits.command("verify")
def audit_verify(
    ledger: Annotated[list[Path], typer.Option(help="Datei mit Ankern; auch mehrere")] = [],  # noqa: B006
) -> None:
    """Prüft, ob das Protokoll ganz ist und noch das, dessen Anker außerhalb der Datenbank stehen."""
    from server.privacy.report_chain import examine, in_words

    settings = settings_or_exit()
    with trouble_in_words():
        verdict = asyncio.run(examine(settings.database_url, ledger or [settings.ledger_file]))
    typer.echo(in_words(verdict))
    if verdict.fault:
        raise typer.Exit(1)


@cli.command()
def sweep(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="nur zählen, nichts löschen")] = False,
) -> None:
    """Löscht, was nach den geltenden Fristen fällig ist; sonst tut das der Server von selbst."""
    from server.recurring import sweep_once

    settings = settings_or_exit()
    with trouble_in_words():
        figures = asyncio.run(sweep_once(settings, dry_run=dry_run))
    for kind, count in figures:
        typer.echo(f"{count:>8}  {kind.name}")
    typer.echo(
        "Nichts ist fällig." if not figures else "Gezählt, nichts gelöscht." if dry_run else "Gelöscht."
    )


@users.command("leave")
def user_leave(login: str) -> None:
    """Schließt ein Konto; nach der Frist erinnert nichts mehr an die Person."""
    from server.clock import SystemClock
    from server.people.accounts import AccountRefused, close_account

    settings = settings_or_exit()
    try:
        with trouble_in_words():
            asyncio.run(close_account(settings.database_url, login, SystemClock().now()))
    except AccountRefused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Konto {login} geschlossen.")


@users.command("add")
def user_add(
    login: str,
    roles: Annotated[str, typer.Option(help="z. B. clerk,scheduler")],
    display: Annotated[str, typer.Option(help="Name für Kolleginnen und Kollegen")] = "",
    languages: Annotated[str, typer.Option(help="z. B. de,en")] = "de",
) -> None:
    """Legt ein Konto an; das Passwort wird gefragt oder aus der Standardeingabe gelesen."""
    from server.people.accounts import AccountRefused, add_account

    password = getpass.getpass("Passwort: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    settings = settings_or_exit()
    account = (login, display or login, password, roles.split(","), languages.split(","))
    try:
        with trouble_in_words():
            asyncio.run(add_account(settings.database_url, *account))
    except AccountRefused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Konto {login} angelegt.")


def _log() -> None:
    level = os.environ.get("SPRECHZEIT_LOG_LEVEL", "INFO").upper()
    if level not in LEVELS:
        typer.echo(f"Einstellung log_level: möglich sind {', '.join(LEVELS)}", err=True)
        raise typer.Exit(2)
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    for noisy in ("aioice", "aiortc", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def main() -> None:
    write_no_core()
    cli()


if __name__ == "__main__":
    main()
