"""Signaling alone in a process, without server, database or Redis: what `relay.py` measures. `python -m … PORT`."""

import sys
from dataclasses import replace

from aiohttp import web

from signaling.app import add_signaling
from signaling.bus import InProcessBus
from signaling.settings import SignalingSettings

SECRET = "the-ticket-secret-of-the-benchmarks-of-the-relay"


def main(port: int) -> None:
    settings = replace(SignalingSettings(SECRET), rate_per_s=1000.0, rate_burst=2000)
    app = web.Application()
    add_signaling(app, settings, InProcessBus())
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
