"""Every column of every table says which personal data it holds; a column that nobody speaks for is found."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from recordings_policy.classes import BOOKING, BY_KEY, CLASSES, CONTACT
from recordings_policy.holds import Holding, holds
from server.app import make_app
from server.privacy.register import gaps, places
from server.privacy.stock import STOCK

MODELS = make_app  # the composition root imports every model


@pytest.mark.criterion("J01")
def test_every_column_is_in_the_register_exactly_once() -> None:
    assert gaps() == []


@pytest.mark.criterion("J01")
def test_every_class_says_what_it_is_for_on_which_basis_and_how_long_and_lies_somewhere() -> None:
    assert len(BY_KEY) == len(CLASSES)
    for one in CLASSES:
        assert all((one.name, one.purpose, one.legal_basis, one.start)), one.key
        assert one.period <= one.longest, one.key
        assert places(one), one.key
        assert one in STOCK, one.key


def table_of(said: Holding) -> Iterator[str]:
    class Own(DeclarativeBase):
        pass

    class Row(Own):
        __tablename__ = "guest_book"
        __data__ = said

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    yield from gaps(Own)  # type: ignore[arg-type]


@pytest.mark.criterion("J01")
@pytest.mark.parametrize(
    ("said", "found"),
    [
        (holds({CONTACT: "name"}, nothing="id"), []),
        (holds(nothing="id"), ["guest_book.name is not declared"]),
        (holds({CONTACT: "name", BOOKING: "name"}, nothing="id"), ["guest_book.name is declared twice"]),
        (holds({CONTACT: "name"}, nothing="id face"), ["guest_book.face does not exist"]),
    ],
)
def test_a_column_that_nobody_or_two_speak_for_is_found(said: Holding, found: list[str]) -> None:
    assert list(table_of(said)) == found
