"""Figures for the operator (Prometheus) on a port of their own: routes, answers, durations. No personal data, no tokens."""

import time
from collections.abc import AsyncIterator, Callable, Iterable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from server.sealing import SealBroken
from server.settings import Settings

BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)


class _Seals(Collector):
    """Stays at zero, or somebody has to look: bytes were changed or exchanged, or a master key is missing."""

    def collect(self) -> Iterable[Metric]:
        yield CounterMetricFamily("sprechzeit_seals_broken", "Sealed data found changed", SealBroken.seen)


class Metrics:
    """What this process has counted since its start. Labels are route patterns, never addresses."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.registry.register(_Seals())
        self.answers = Counter(
            "sprechzeit_answers", "Answers by route", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "sprechzeit_seconds",
            "Time to answer",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self.registry,
        )

    def counting(self) -> Middleware:
        """Counts every answer and its duration."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            begin = time.perf_counter()
            response = await handler(request)
            resource = request.match_info.route.resource
            route = resource.canonical if resource else "none"
            self.answers.labels(request.method, route, str(response.status)).inc()
            self.seconds.labels(request.method, route).observe(time.perf_counter() - begin)
            return response

        return middleware

    async def show(self, _request: web.Request) -> web.Response:
        body = generate_latest(self.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def serve_metrics(metrics: Metrics, settings: Settings) -> Callable[[web.Application], AsyncIterator[None]]:
    """The listener beside the server; bound to the same address, meant for the operator's network only."""

    async def listening(_app: web.Application) -> AsyncIterator[None]:
        inner = web.Application()
        inner.router.add_get("/metrics", metrics.show)
        runner = web.AppRunner(inner, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, settings.host, settings.metrics_port).start()
        yield
        await runner.cleanup()

    return listening
