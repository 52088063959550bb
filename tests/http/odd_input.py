"""What nobody should send: bodies changed in one place or altogether, and strings that break careless programs."""

import copy
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

STRINGS = [
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\u202egnp.exe",
    "😀" * 50,
    "ẞ" * 300,
    "x" * 4096,
    "' OR 1=1; DROP TABLE appointment; --",
    "<script>alert(1)</script>",
    "{{7*7}}{0.__class__}%s%n",
    "../../etc/passwd",
    "a\r\nBcc: x@example.org",
    "null",
    "2027-02-30T08:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2027-03-28T02:30:00",
    "1772000000",
    "+0000-00-00",
    "٤٢",
]
VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    5,
    2**31,
    2**63,
    10**40,
    1.5,
    -0.0,
    1e308,
    float("inf"),
    float("nan"),
    [],
    {},
]

values: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(STRINGS),
    st.sampled_from(VALUES),
    st.text(max_size=40),
    st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)),
)
SEGMENTS = [
    "%00",
    "a%00b",
    "%ff%fe",
    "%ed%a0%80",
    "%F0%9F%98%80",
    "x" * 4096,
    "%27%20OR%201%3D1%3B--",
    "..%2f..%2fetc%2fpasswd",
    "%252e%252e",
    "a%0d%0aSet-Cookie:%20x=1",
    "%7Btoken%7D",
    "%25s%25n",
    "-1",
    "99999999999999999999",
    "%E2%80%AE",
]


@dataclass(frozen=True)
class Change:
    """One change to a good body: `pick` chooses the place, `value` is what comes there."""

    how: str
    pick: int
    value: Any

    def of(self, good: dict[str, Any]) -> Any:
        """The changed body; the good one stays as it is."""
        body = copy.deepcopy(good)
        names = sorted(body)
        name = names[self.pick % len(names)]
        if self.how == "instead":
            return self.value
        if self.how == "drop":
            del body[name]
        elif self.how == "add":
            body[f"unknown{self.pick}"] = self.value
        elif self.how == "replace":
            body[name] = self.value
        elif self.how == "wrap":
            body[name] = [body[name]] if self.pick % 2 else {"value": body[name]}
        elif self.how == "inside":
            self._inside(body)
        return body

    def _inside(self, body: dict[str, Any]) -> None:
        for inner in body.values():
            if isinstance(inner, list) and inner and isinstance(inner[0], dict):
                keys = sorted(inner[0])
                inner[0][keys[self.pick % len(keys)]] = self.value


changes = st.builds(
    Change,
    st.sampled_from(["instead", "drop", "add", "replace", "replace", "replace", "wrap", "inside"]),
    st.integers(0, 6),
    values,
)
RAW = [
    b"",
    b"{",
    b"\xff\xfe",
    b'{"a":1,}',
    b"[" * 5000,
    b'{"a":' * 2000 + b"1" + b"}" * 2000,
    b"\xef\xbb\xbf{}",
    b'{"start":1e999}',
    b"NaN",
    b'"' + b"x" * 300_000 + b'"',
]
