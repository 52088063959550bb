"""A row of the matrix; the rows are in `matrix.py`."""

from dataclasses import dataclass

API = "/api/v1/appointments/{token}"


@dataclass(frozen=True)
class Row:
    """`status` is what the rightful visitor gets. `sends` names the body; `fresh`: the visit uses its object up."""

    status: int
    roles: frozenset[str] = frozenset()
    sends: str = ""
    fresh: bool = False


def staff(status: int, *roles: str, sends: str = "", fresh: bool = False) -> Row:
    return Row(status, frozenset(roles), sends, fresh)
