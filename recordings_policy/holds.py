"""How a model says which personal data its table holds. Whether every column is spoken for is `privacy/register.py`'s."""

from collections.abc import Mapping
from dataclasses import dataclass

from recordings_policy.data_class import DataClass


@dataclass(frozen=True, slots=True)
class Holding:
    """Pairs of classes and the columns that hold them; columns without any class hold nothing personal."""

    parts: tuple[tuple[tuple[DataClass, ...], tuple[str, ...]], ...]

    def columns(self) -> list[str]:
        """Every column that is named, as often as it is named."""
        return [column for _, columns in self.parts for column in columns]

    def classes(self) -> list[DataClass]:
        return [one for classes, _ in self.parts for one in classes]

    def held(self, data_class: DataClass) -> list[str]:
        """The columns that hold data of this class."""
        return [column for classes, columns in self.parts if data_class in classes for column in columns]


Key = DataClass | tuple[DataClass, ...]


def holds(classes: Mapping[Key, str] | None = None, *, nothing: str = "") -> Holding:
    """`{CLASS: "column column"}`; a tuple of classes where the row decides which of them it is. `nothing`: the others."""
    parts = [
        (key if isinstance(key, tuple) else (key,), tuple(names.split()))
        for key, names in (classes or {}).items()
    ]
    return Holding((*parts, ((), tuple(nothing.split()))))
