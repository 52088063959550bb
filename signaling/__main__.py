"""Signaling as a process of its own: `python -m signaling`. Needs Redis, because the server runs elsewhere."""

import logging
import os
import sys

from aiohttp import web

from signaling.app import add_signaling
from signaling.bus import Bus, open_bus
from signaling.no_core import write_no_core
from signaling.settings import SettingsRefused, SignalingSettings, from_environment, port_from


def make_app(settings: SignalingSettings, bus: Bus) -> web.Application:
    """The WebSocket, the echo, /healthz (process lives) and /readyz (Redis answers)."""
    app = web.Application(client_max_size=65_536)
    add_signaling(app, settings, bus)

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        ready = await bus.ready()
        return web.json_response({"redis": "ok" if ready else "away"}, status=200 if ready else 503)

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    return app


def main() -> int:
    """Runs until SIGTERM. Exit code 2 when the settings can't be used."""
    write_no_core()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = from_environment(os.environ)
        port = port_from(os.environ)
        if settings.redis_url is None:
            raise SettingsRefused("signaling in a process of its own needs SPRECHZEIT_REDIS_URL")
        if not settings.allowed_origins:
            raise SettingsRefused("SPRECHZEIT_PUBLIC_URL must name the address of the pages that open rooms")
    except SettingsRefused as refused:
        sys.stderr.write(f"signaling does not start: {refused}\n")
        return 2
    host = os.environ.get("SPRECHZEIT_SIGNALING_HOST", "127.0.0.1")
    app = make_app(settings, open_bus(settings.redis_url))
    web.run_app(app, host=host, port=port, access_log=None, shutdown_timeout=2, print=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
