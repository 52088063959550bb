"""How long a clerk waits for the picture of a page: drawn in a child that can do nothing else, against the same library called
here. The difference is the price of the child: its start, what it gives up, and the way of the bytes in and out."""

import io
import time
from collections.abc import AsyncIterator

import pypdfium2

from server.documents.render import WIDTH
from server.documents.sandbox import page_of
from tests.bench.harness import Measured, bench, calls, in_turn
from tests.corpus.genuine import drawn_plan, scan


@bench(
    "rendering-scan",
    unit="ms",
    limit="pypdfium2 in this process, to PNG; leaves out the child, its limits and the seal",
    goal="<= 3",
)
async def a_page_of_a_scan() -> Measured:
    return await _a_page(scan())


@bench(
    "rendering-plan",
    unit="ms",
    limit="pypdfium2 in this process, to PNG; leaves out the child, its limits and the seal",
    goal="<= 2",
)
async def a_plan_in_lines() -> Measured:
    return await _a_page(drawn_plan())


async def _a_page(data: bytes) -> Measured:
    async def ours() -> float:
        begin = time.perf_counter()
        await page_of("application/pdf", _pieces(data), 0, WIDTH)
        return (time.perf_counter() - begin) * 1000

    async def bare() -> float:
        begin = time.perf_counter()
        page = pypdfium2.PdfDocument(data)[0]
        image = page.render(scale=WIDTH / page.get_width(), may_draw_forms=False).to_pil()
        image.convert("RGB").save(io.BytesIO(), "PNG")
        return (time.perf_counter() - begin) * 1000

    return await in_turn(ours, bare, runs=calls(10))


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 256 * 1024):
        yield data[start : start + 256 * 1024]
