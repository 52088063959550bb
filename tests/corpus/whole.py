"""The whole corpus, each sample once."""

from collections.abc import Iterator

from tests.corpus import active, bombs, broken, eicar, genuine, markup, metadata, names, polyglots
from tests.corpus.sample import Sample

KINDS = (eicar, bombs, polyglots, broken, active, markup, names, metadata, genuine)


def corpus() -> Iterator[Sample]:
    for kind in KINDS:
        yield from kind.samples()
