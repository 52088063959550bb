"""The clerk works at home: with a relay, nothing that reaches the citizen tells where."""

import json

import pytest
from playwright.async_api import Page

from tests.network.call import HOME_PAGE, Call
from tests.network.eyes import STATISTICS, Words, packets
from tests.network.internet import CITIZEN, CITY, CLERK, HOME

pytestmark = pytest.mark.browser
ALL_WAYS = "localStorage.setItem('test-ice-policy', 'all')"


async def told(page: Page, words: Words) -> str:
    """All that this page heard from signaling, its browser knows of its connections, and stands in it."""
    everything = json.dumps(await page.evaluate(STATISTICS)) + " ".join(words.received) + await page.content()
    assert "remote-candidate" in everything
    return everything


@pytest.mark.criterion("C06")
async def test_nothing_of_the_clerks_network_reaches_the_citizen(meeting: Call) -> None:
    at_citizen, at_clerk = Words(meeting.citizen.page), Words(meeting.clerk.page)
    with packets(meeting.internet.citizen) as line:
        await meeting.meet()
        told_citizen = await told(meeting.citizen.page, at_citizen)
        told_clerk = await told(meeting.clerk.page, at_clerk)
    for address in (CLERK, HOME):
        assert address not in told_citizen
        assert not line.carry(address)
    assert line.media() == {CITIZEN, CITY}
    assert [m for m in at_citizen.messages("candidate") if " typ relay " in str(m["candidate"])]
    # The same eyes on the clerk's side: there the citizen's address is found, so they do see.
    assert CITIZEN in told_clerk


async def test_without_relay_only_the_address_is_there_to_be_found(meeting: Call) -> None:
    """The control: the clerk's browser takes any way, and the same ears on the line hear where it is."""
    await meeting.clerk.page.goto(HOME_PAGE)
    await meeting.clerk.page.evaluate(ALL_WAYS)
    try:
        with packets(meeting.internet.citizen) as line:
            await meeting.meet()
    finally:
        await meeting.clerk.page.evaluate("localStorage.clear()")
    assert line.carry(HOME)
    assert HOME in line.media()
