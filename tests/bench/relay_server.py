"""Signaling alone in a process, without server and database: what `relay.py` measures. `python -m … PORT [REDIS_URL]`."""

import sys
from dataclasses import replace

from aiohttp import web

from signaling.app import add_signaling
from signaling.bus import open_bus
from signaling.settings import SignalingSettings

SECRET = "the-ticket-secret-of-the-benchmarks-of-the-relay"


def main(port: int, redis_url: str | None) -> None:
    settings = replace(SignalingSettings(SECRET), rate_per_s=1000.0, rate_burst=2000)
    app = web.Application()
    add_signaling(app, settings, open_bus(redis_url))
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
