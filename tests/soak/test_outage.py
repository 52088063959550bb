"""The long outages, and the short ones often: nobody is let in anew, and the picture comes back every time."""

import pytest

from tests.network.call import Call
from tests.network.conftest import booked, meeting, world
from tests.network.eyes import Words
from tests.network.outage import begin, cut, mend, still_the_same_room

__all__ = ["booked", "meeting", "world"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("other_address", [False, True])
async def test_after_a_minute_out_the_room_is_still_there(meeting: Call, other_address: bool) -> None:
    citizen, clerk = Words(meeting.citizen.page), Words(meeting.clerk.page)
    await begin(meeting)
    await cut(meeting, 60)
    print(f"picture back after {await mend(meeting, other_address=other_address):.1f} s")
    await still_the_same_room(meeting, citizen, clerk)


@pytest.mark.parametrize("run", range(10))
@pytest.mark.parametrize("seconds", [0, 2, 10])
async def test_the_picture_comes_back_every_time(meeting: Call, seconds: int, run: int) -> None:
    citizen, clerk = Words(meeting.citizen.page), Words(meeting.clerk.page)
    await begin(meeting)
    if seconds:
        await cut(meeting, seconds)
    print(f"picture back after {await mend(meeting, other_address=run % 2 == 0):.1f} s")
    await still_the_same_room(meeting, citizen, clerk)
