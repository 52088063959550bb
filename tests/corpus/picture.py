"""Pictures as cameras, phones and scanners write them, and as nobody does: made large without being drawn."""

import io
import random
import struct
import zlib
from functools import cache
from typing import Any

from PIL import Image

from tests.office.papers import png_chunk

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SEED = 20_270_301


def encoded(image: Image.Image, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    # a copy: saving writes its options into the picture, and another thread may be saving the same one
    image.copy().save(out, kind, **more)
    return out.getvalue()


@cache
def scene(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Something that is not all the same: bright above, dark below, with a grain. Always of the same bytes: some samples
    break one at a given place, and what is there decides what that does."""
    chance = random.Random(SEED)
    grains = bytes(min(max(round(chance.gauss(128, 20)), 0), 255) for _ in range(64 * 64))
    ramp = Image.linear_gradient("L").resize((width, height))
    grain = Image.frombytes("L", (64, 64), grains).resize((width, height))
    return Image.blend(ramp, grain, 0.2).convert(mode)


def photo(width: int = 400, height: int = 300, **more: Any) -> bytes:
    return encoded(scene(width, height), "JPEG", **more)


def flat_jpeg(width: int, height: int, *, progressive: bool = False, scans: int = 1) -> bytes:
    """A grey JPEG of any size without ever being that large here: every block says "as before"."""
    small = bytearray(encoded(Image.new("L", (8, 8), 128), "JPEG"))
    frame = small.index(b"\xff\xc0")
    small[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    if progressive:
        small[frame + 1] = 0xC2
    scan = small.index(b"\xff\xda")
    head = small[scan : scan + 2 + int.from_bytes(small[scan + 2 : scan + 4], "big")]
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    if not progressive:
        return bytes(small[:scan] + head) + b"\x28\xa2\x8a" * (blocks // 4 + 1) + b"\xff\xd9"
    head[-2] = 0
    one = bytes(head) + bytes(blocks // 4 + 1)
    return bytes(small[:scan]) + one * scans + b"\xff\xd9"


def flat_png(width: int, height: int, *, bits: int = 1, colour: int = 0, interlaced: int = 0) -> bytes:
    """A PNG whose pixels are all nothing; its size is what its head says."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = bytes(1 + (width * bits * samples + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png(width, height, data, bits=bits, colour=colour, interlaced=interlaced)


def png(
    width: int, height: int, data: bytes, *more: bytes, bits: int = 8, colour: int = 0, interlaced: int = 0
) -> bytes:
    """`more` are chunks between head and data."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced))
    return SIGNATURE + head + b"".join(more) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


def small_png(*more: bytes) -> bytes:
    return png(40, 30, zlib.compress((b"\0" + b"\x80" * 40) * 30), *more)


@cache
def heic(width: int = 320, height: int = 240, **more: Any) -> bytes:
    """As phones make them; the cheapest way of the encoder."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    return encoded(scene(width, height), "HEIF", quality=40, enc_params={"preset": "ultrafast"}, **more)
