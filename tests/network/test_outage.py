"""The citizen's line is cut or changes: the picture comes back, in the same room, and nobody has to be let in again."""

import pytest

from tests.network.call import Call
from tests.network.eyes import Words
from tests.network.outage import begin, cut, mend, still_the_same_room

pytestmark = pytest.mark.browser


@pytest.mark.criterion("C09", "C11")
async def test_ten_seconds_of_nothing_and_then_another_address(meeting: Call) -> None:
    citizen, clerk = Words(meeting.citizen.page), Words(meeting.clerk.page)
    await begin(meeting)
    await cut(meeting, 10)
    print(f"picture back after {await mend(meeting, other_address=True):.1f} s")
    await still_the_same_room(meeting, citizen, clerk)
    assert len(citizen.messages("welcome")) > 1


@pytest.mark.criterion("C11")
async def test_a_change_of_the_network_without_an_outage(meeting: Call) -> None:
    citizen, clerk = Words(meeting.citizen.page), Words(meeting.clerk.page)
    await begin(meeting)
    print(f"picture back after {await mend(meeting, other_address=True):.1f} s")
    await still_the_same_room(meeting, citizen, clerk)
