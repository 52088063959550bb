"""Who is in the waiting rooms, as a server knows it from notices that may get lost."""

from server.rooms.listen import ASKED_APART_S, RoomWatch
from signaling.contract import Notice, NoticeKind

ROOM, NOON = "room-one", 1_795_345_200


async def hear(watch: RoomWatch, kind: NoticeKind, at: int, who: str = "anna") -> None:
    await watch.hear(Notice(kind, ROOM, who, "" if kind == "asked" else "guest", at))


async def test_who_is_named_again_stays_with_the_time_of_the_first_arrival() -> None:
    watch = RoomWatch()
    for turn in range(4):
        await hear(watch, "asked", NOON + turn * ASKED_APART_S)
        await hear(watch, "arrived", NOON - 60)
    found = watch.guest_in(ROOM)
    assert found is not None
    assert found.since.timestamp() == NOON - 60


async def test_whom_nobody_names_any_more_is_gone_after_the_next_but_one_question() -> None:
    watch = RoomWatch()
    await hear(watch, "asked", NOON)
    await hear(watch, "arrived", NOON)
    await hear(watch, "asked", NOON + ASKED_APART_S)
    assert watch.guest_in(ROOM) is not None
    await hear(watch, "asked", NOON + 2 * ASKED_APART_S)
    assert watch.guest_in(ROOM) is None


async def test_many_servers_that_ask_at_once_count_as_one_question() -> None:
    watch = RoomWatch()
    await hear(watch, "asked", NOON)
    await hear(watch, "arrived", NOON)
    for second in range(20):
        await hear(watch, "asked", NOON + second)
    assert watch.guest_in(ROOM) is not None
