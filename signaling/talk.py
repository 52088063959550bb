"""What one person says after hello, read and handed to the room. Where the texts come from, socket or process, is not known here."""

from signaling.closing import BAD_MESSAGES, Cut
from signaling.fields import BadMessage
from signaling.hub import Hub
from signaling.messages import Error, Hello
from signaling.session import Session, Wire
from signaling.wire import encode, parse


class Talk:
    """One session on one wire, in the process that owns the room."""

    __slots__ = ("_bad", "_hub", "_session", "_wire")

    def __init__(self, hub: Hub, session: Session, wire: Wire) -> None:
        self._hub = hub
        self._session = session
        self._wire = wire
        self._bad = 0

    def hear(self, text: str) -> None:
        """Does what is asked for. Raises Cut when too much of it can't be read."""
        try:
            row, message = parse(text)
            if isinstance(message, Hello):
                raise BadMessage("not-allowed", "hello was said already", "hello")
        except BadMessage as bad:
            self._bad += 1
            if self._bad > self._hub.settings.bad_messages:
                raise Cut(BAD_MESSAGES, bad.code, "too many of these") from None
            self._wire.put(encode(Error(bad.code, bad.detail, bad.of)))
        else:
            self._hub.handle(self._session, row, message)

    def gone(self) -> None:
        """The wire is closed; the session may go on with another."""
        self._hub.lost(self._session, self._wire)
