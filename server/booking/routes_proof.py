"""A challenge to solve (ALTCHA), for clients that were asked for a proof of work. When it is asked for: `proof.py`."""

from server.booking.proof import fresh_challenge
from server.booking.shapes import ChallengeOut
from server.web.api import Endpoint, Reply
from server.web.call import Call


async def challenge(call: Call) -> Reply:
    return Reply(ChallengeOut(**fresh_challenge(call.office.settings, call.now)))


endpoints = [
    Endpoint("GET", "/api/v1/proof", challenge, "Eine Rechenaufgabe statt eines Rätsels", {200: ChallengeOut})
]
