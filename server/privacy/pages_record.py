"""The record of processing for the officer and those who propose rules: every kind of data, where it lies, by which rule it goes."""

from functools import partial

from aiohttp import web

from server.privacy.picture import size
from server.privacy.record import entries
from server.privacy.routes import READERS
from server.privacy.rules import periods_in_force
from server.privacy.words import rule_words, word
from server.web.api import Page
from server.web.call import Call
from server.web.render import render


async def show(call: Call) -> web.Response:
    periods = await periods_in_force(call.office.db, call.now)
    every = entries(periods)
    return render(
        call,
        "office/privacy_record.html",
        entries=every,
        flow_size=size(every),
        rule=partial(rule_words, call.language),
        word=partial(word, call.language),
        officer=call.office.settings.privacy_officer,
    )


pages = [Page("GET", "/office/privacy/record", show, READERS)]
