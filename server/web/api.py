"""How a route is declared: one table of endpoints and pages, from which routing, OpenAPI and access checks come.

A handler gets a `Call`: the request with its office, language, signed-in staff, and the validated body and query.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, ConfigDict

from server.errors import Refusal

if TYPE_CHECKING:
    from server.web.call import Call

PUBLIC: frozenset[str] = frozenset()


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 5.0 is an integer, "5" and true are not."""
    if isinstance(value, (bool, str)):
        raise ValueError("a whole number is needed")
    return value


Int = Annotated[int, BeforeValidator(_whole)]


class Model(BaseModel):
    """A body or answer of the API: unknown fields are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


@dataclass(frozen=True)
class Reply:
    """What an API handler returns: a model (or list of models) as JSON, with status and headers."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler: TypeAlias = "Callable[[Call], Awaitable[Reply | web.StreamResponse]]"


@dataclass(frozen=True)
class Endpoint:
    """A route of the API. `roles` empty: open to citizens. `returns` maps status to a model (or None)."""

    method: str
    path: str
    handler: Handler
    summary: str
    returns: Mapping[int, Any]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    refusals: tuple[type[Refusal], ...] = ()
    roles: frozenset[str] = PUBLIC
    headers: tuple[str, ...] = ()
    consumes: str = "application/json"
    produces: str = "application/json"


@dataclass(frozen=True)
class Page:
    """A page for people. `roles` empty: open to citizens. `streams`: it reads its form itself, piece by piece."""

    method: str
    path: str
    handler: Handler
    roles: frozenset[str] = PUBLIC
    streams: bool = False
