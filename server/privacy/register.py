"""The register of personal data: every column of every table, and which class of data it holds. Read from the models."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from recordings_policy.classes import CLASSES
from recordings_policy.data_class import DataClass
from recordings_policy.holds import Holding
from server.db import Base


@dataclass(frozen=True, slots=True)
class Place:
    """Where data of a class lies."""

    table: str
    columns: tuple[str, ...]


def holdings(base: type[Base] = Base) -> Iterator[tuple[str, list[str], Holding]]:
    """Each table, its columns, and what was said of them beside the model."""
    said = {mapper.local_table: mapper.class_.__data__ for mapper in base.registry.mappers}
    for name, table in sorted(base.metadata.tables.items()):
        yield name, list(table.columns.keys()), said[table]


def places(data_class: DataClass) -> list[Place]:
    """Every place where data of this class lies."""
    found = [(table, holding.held(data_class)) for table, _, holding in holdings()]
    return [Place(table, tuple(columns)) for table, columns in found if columns]


def gaps(base: type[Base] = Base) -> list[str]:
    """A sentence for every column that nobody or more than one spoke for, and every class without a place."""
    wrong = []
    used: set[DataClass] = set()
    for table, columns, holding in holdings(base):
        said = Counter(holding.columns())
        wrong += [f"{table}.{name} is not declared" for name in columns if name not in said]
        wrong += [f"{table}.{name} is declared twice" for name, times in said.items() if times > 1]
        wrong += [f"{table}.{name} does not exist" for name in said if name not in columns]
        used.update(holding.classes())
    wrong += [f"{one.key} is no class of the list" for one in used if one not in CLASSES]
    return sorted(wrong)
