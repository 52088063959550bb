"""How a command ends in a sentence instead of a trace. The commands are in `__main__.py`."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError

from server.settings import Settings


def settings_or_exit(**overrides: object) -> Settings:
    """The settings from the environment; a wrong one ends the program with a sentence, not a trace."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            name = "".join(f" {part}" for part in item["loc"])
            typer.echo(f"Einstellung{name}: {item['msg'].removeprefix('Value error, ')}", err=True)
        raise typer.Exit(2) from None


@contextmanager
def trouble_in_words() -> Iterator[None]:
    """A neighbour that is away or a folder that can't be used ends the program with a sentence, not a trace."""
    from sqlalchemy.exc import DBAPIError

    from server.errors import Unavailable
    from server.signing.blanks import BlanksRefused

    try:
        yield
    except BlanksRefused as refused:
        typer.echo(f"Einstellung forms: {refused}", err=True)
        raise typer.Exit(1) from None
    except (Unavailable, DBAPIError) as error:
        kind = type(error.__cause__ or error).__name__
        typer.echo(
            f"Die Datenbank antwortet nicht, oder ihr Schema fehlt ({kind}). "
            "„sprechzeit doctor“ sagt mehr, „sprechzeit migrate“ legt das Schema an.",
            err=True,
        )
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"{error.filename or 'System'}: {error.strerror or type(error).__name__}", err=True)
        raise typer.Exit(1) from None


@contextmanager
def refused_in_words(kind: type[Exception]) -> Iterator[None]:
    """What a command refuses in words ends the program with them."""
    try:
        yield
    except kind as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None


@contextmanager
def port_taken_in_words(port: int) -> Iterator[None]:
    """A port that somebody else holds ends the program with a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        typer.echo(
            f"Port {port} ist schon belegt. Läuft Sprechzeit noch? PORT=… wählt einen anderen.", err=True
        )
        raise typer.Exit(1) from None
