"""Which process owns which room, kept in Redis: claimed, kept, handed over. What a room is stands elsewhere."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from signaling.bus import Claim

if TYPE_CHECKING:
    from redis.asyncio import Redis

# Longer than Redis may be away without anybody else taking the room the moment it is back.
LEASE_S: Final = 120
# As long as the sessions in it are kept.
MOVED_S: Final = 60
AT_ONCE: Final = 500

# The room is ours when nobody has it, or when he who has it is known to be dead.
CLAIM: Final = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] and owner ~= ARGV[2] then return {owner, '', {}} end
local moved = redis.call('GET', KEYS[2])
if ARGV[4] == '1' and not moved and not owner then return {'', '', {}} end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
redis.call('DEL', KEYS[2])
return {ARGV[1], moved or '', redis.call('SMEMBERS', KEYS[3])}
"""
KEEP: Final = """
local lost = {}
for i, key in ipairs(KEYS) do
  local owner = redis.call('GET', key)
  if owner and owner ~= ARGV[1] then lost[#lost + 1] = i - 1
  else redis.call('SET', key, ARGV[1], 'EX', ARGV[2]) end
end
return lost
"""
HAND_OVER: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
return redis.call('DEL', KEYS[1])
"""


def _lease(room: str) -> str:
    return f"sprechzeit:room:{room}"


def _moved(room: str) -> str:
    return f"sprechzeit:moved:{room}"


def _barred(room: str) -> str:
    return f"sprechzeit:barred:{room}"


async def claim(redis: "Redis", me: str, room: str, *, dead: str, only_known: bool) -> Claim:
    """Makes the room ours if it can be. `only_known`: not when nobody has ever heard of it."""
    keys = [_lease(room), _moved(room), _barred(room)]
    owner, moved, barred = await _run(redis, CLAIM, keys, me, dead, LEASE_S, "1" if only_known else "0")
    return Claim(owner.decode(), moved, frozenset(subject.decode() for subject in barred))


async def keep(redis: "Redis", me: str, rooms: Iterable[str]) -> list[str]:
    """Prolongs what is ours; returns the rooms that somebody else has by now."""
    names, lost = list(rooms), []
    for begin in range(0, len(names), AT_ONCE):
        some = names[begin : begin + AT_ONCE]
        lost += [
            some[place] for place in await _run(redis, KEEP, [_lease(room) for room in some], me, LEASE_S)
        ]
    return lost


async def hand_over(redis: "Redis", me: str, rooms: Mapping[str, bytes]) -> None:
    """Leaves the rooms, with all that is in them, to whoever claims them within a minute."""
    async with redis.pipeline(transaction=False) as together:
        for room, state in rooms.items():
            together.eval(HAND_OVER, 2, _lease(room), _moved(room), me, state, MOVED_S)
        await together.execute()


async def bar(redis: "Redis", room: str, subject: str, for_s: int) -> None:
    """Remembers, for so many seconds, who may not enter a room, whoever owns it."""
    async with redis.pipeline() as together:
        together.sadd(_barred(room), subject)
        together.expire(_barred(room), for_s)
        await together.execute()


async def _run(redis: "Redis", script: str, keys: list[str], *given: Any) -> Any:
    return await redis.eval(script, len(keys), *keys, *given)
