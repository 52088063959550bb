"""What the libraries below us write into the log, without what people sent: no address, no token, no content.

aiohttp logs a broken request with its first line and the sender's address; asyncio a failed task with its repr.
Our own messages hold ids and kinds of trouble only, see `middleware.py`.
"""

import logging
import traceback

TALKATIVE = ("aiohttp.server", "aiohttp.web", "aiohttp.websocket", "asyncio")


class WithoutContent(logging.Filter):
    """Keeps what kind of error came from where in the code, and drops its words."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            trace = "".join(traceback.format_tb(error.__traceback__))
            record.msg, record.args = "%s below the handlers\n%s", (type(error).__name__, trace)
            record.exc_info = record.exc_text = None
        return True


def without_content() -> None:
    """Puts the filter before those loggers, once."""
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        if not any(isinstance(one, WithoutContent) for one in logger.filters):
            logger.addFilter(WithoutContent())
