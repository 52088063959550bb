"""Feedback by the API: one question and a free text from the citizen, figures for those who improve the service."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

from server.access import appointment_by_token
from server.clock import berlin
from server.rooms.feedback import FeedbackGiven, FeedbackNotYet, give_feedback, read_feedback
from server.web.api import Endpoint, Int, Model, Reply
from server.web.call import Call

READERS = frozenset({"scheduler", "dpo"})
LONGEST = 1000


def plain_text(text: str) -> str:
    """Line breaks are fine, other control characters are not."""
    kinds = {unicodedata.category(char) for char in text if char not in "\r\n\t"}
    if kinds & {"Cc", "Cs", "Co", "Zl", "Zp"}:
        raise ValueError("Bitte keine Steuerzeichen.")
    return text


class FeedbackBody(Model):
    """`score`: 1 very bad to 5 very good."""

    score: Annotated[Int, Field(ge=1, le=5)]
    text: Annotated[str, Field(max_length=LONGEST), AfterValidator(plain_text)] | None = None


class SaidOut(Model):
    """Without figures and words where fewer than five answered. `scores` counts the answers 1 to 5."""

    service: str
    answers: int | None = None
    average: float | None = None
    scores: list[int]
    texts: list[str]


async def give(call: Call) -> Reply:
    body: FeedbackBody = call.body
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
    await give_feedback(call.office.db, appointment, body.score, body.text, call.now)
    return Reply(status=201)


async def read(call: Call) -> Reply:
    said = await read_feedback(call.office.db, berlin(call.now).date())
    return Reply(
        [
            SaidOut(
                service=one.service,
                answers=one.answers,
                average=one.average,
                scores=list(one.scores),
                texts=list(one.texts),
            )
            for one in said
        ]
    )


endpoints = [
    Endpoint(
        "POST",
        "/api/v1/appointments/{token}/feedback",
        give,
        "Rückmeldung nach dem Gespräch",
        {201: None},
        body=FeedbackBody,
        refusals=(FeedbackNotYet, FeedbackGiven),
    ),
    Endpoint(
        "GET",
        "/api/v1/office/feedback",
        read,
        "Rückmeldungen der letzten neunzig Tage",
        {200: list[SaidOut]},
        roles=READERS,
    ),
]
