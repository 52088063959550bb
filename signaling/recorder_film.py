"""One recording as it is made: everybody's sound and picture into one WebM stream. Writes to what it is given, to no file."""

import asyncio
import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any, Final, Protocol

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

WIDTH, HEIGHT = 640, 480
BITS_PER_S: Final = 600_000
REALTIME: Final = {"deadline": "realtime", "cpu-used": "8"}


class Sink(Protocol):
    def write(self, data: bytes) -> int: ...


class Film:
    """`begin` once everybody's tracks are there: the format wants to know them all before the first byte."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._container: Any = None
        self._tasks: list[asyncio.Task[None]] = []
        self._streams: list[Any] = []
        # One thread, so that pieces are written one after the other, and the line to signaling is never held up by it.
        self._pen = ThreadPoolExecutor(1)
        self._began = 0.0

    def begin(self, tracks: list[MediaStreamTrack]) -> None:
        self._container = av.open(
            self._sink, "w", format="webm", options={"live": "1", "cluster_time_limit": "500"}
        )
        self._began = time.monotonic()
        self._streams = [self._stream(track.kind) for track in tracks]
        self._tasks = [
            asyncio.create_task(self._take(track, stream))
            for track, stream in zip(tracks, self._streams, strict=True)
        ]

    def _stream(self, kind: str) -> Any:
        if kind == "audio":
            return self._container.add_stream("libopus", rate=48_000)
        stream = self._container.add_stream("libvpx", rate=30, options=REALTIME)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = WIDTH, HEIGHT, "yuv420p", BITS_PER_S
        stream.codec_context.time_base = Fraction(1, 90_000)
        return stream

    async def _take(self, track: MediaStreamTrack, stream: Any) -> None:
        late: int | None = None
        loop = asyncio.get_running_loop()
        with contextlib.suppress(MediaStreamError):
            while True:
                frame: Any = await track.recv()
                if late is None:
                    late = int((time.monotonic() - self._began) / frame.time_base) - frame.pts
                frame.pts += late
                await loop.run_in_executor(self._pen, self._write, stream, frame)

    def _write(self, stream: Any, frame: Any) -> None:
        for packet in stream.encode(frame):
            self._container.mux(packet)

    def stop(self) -> None:
        """Nothing more is taken."""
        for task in self._tasks:
            task.cancel()

    async def end(self) -> None:
        """The stream is finished so that it can be played."""
        self.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(self._pen, self._finish)

    def _finish(self) -> None:
        if self._container is None:
            return
        for stream in self._streams:
            self._write(stream, None)
        self._container.close()
