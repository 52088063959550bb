"""The pages of the retention rules: what is in force, what is proposed and with which effect, who decided what before."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from aiohttp import web

from recordings_policy.classes import CLASSES
from recordings_policy.data_class import DataClass
from recordings_policy.retention import Verdict
from server.errors import BadInput, Refusal
from server.privacy.effect import Effect, effect_of
from server.privacy.routes import READERS
from server.privacy.rules import (
    DECIDERS,
    HOUR,
    PROPOSERS,
    check,
    class_of,
    decide,
    history,
    periods_in_force,
    propose,
)
from server.privacy.words import period_words, rule_words
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, said, see_other

UNITS = {"days": timedelta(days=1), "hours": HOUR}
VERDICTS: dict[str, Verdict] = {"approve": "approved", "reject": "rejected"}
LONGEST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was filled in."""

    amount: str = ""
    unit: str = "days"
    why: str = ""
    words: str = ""


async def show_all(call: Call) -> web.Response:
    periods = await periods_in_force(call.office.db, call.now)
    async with call.office.db.read() as tx:
        known = await history(tx)
    rows = []
    for one in CLASSES:
        versions = known.get(one.key, [])
        proposed = versions[0] if versions and versions[0].verdict is None else None
        rows.append((one, periods.of(one), proposed))
    return render(
        call,
        "office/privacy.html",
        rows=sorted(rows, key=lambda row: row[2] is None),
        rule=partial(rule_words, call.language),
        period=partial(period_words, call.language),
        done=call.request.query.get("done", ""),
    )


async def show_one(call: Call) -> web.Response:
    return await _page(call, class_of(call.path("kind")), Typed())


async def submit_proposal(call: Call) -> web.Response:
    data_class = class_of(call.path("kind"))
    form = await call.request.post()
    typed = Typed(*(str(form.get(name, "")).strip()[:600] for name in ("amount", "unit", "why")))
    try:
        period = _period(typed)
        current = (await periods_in_force(call.office.db, call.now)).of(data_class)
        check(data_class, period, current)
        if form.get("do") != "propose":
            return await _page(call, data_class, typed, period)
        check_words(typed.why)
        await propose(call.office.db, call.member, data_class, period, typed.why, call.now)
    except BadInput as refusal:
        return await _page(call, data_class, typed, refusal=refusal)
    return see_other("/office/privacy?done=proposed")


async def submit_decision(call: Call) -> web.Response:
    data_class = class_of(call.path("kind"))
    form = await call.request.post()
    typed = Typed(words=str(form.get("words", "")).strip()[:600])
    verdict = VERDICTS.get(str(form.get("do", "")))
    try:
        if verdict is None:
            raise BadInput("Bitte geben Sie frei oder lehnen Sie ab.")
        check_words(typed.words)
    except BadInput as refusal:
        return await _page(call, data_class, typed, refusal=refusal)
    rule = str(form.get("rule", ""))[:40]
    await decide(call.office.db, call.member, data_class, rule, verdict, typed.words, call.now)
    return see_other(f"/office/privacy?done={verdict}")


def _period(typed: Typed) -> timedelta:
    if not typed.amount.isascii() or not typed.amount.isdigit() or len(typed.amount) > 5:
        raise BadInput("Bitte geben Sie eine ganze Zahl ein.")
    if typed.unit not in UNITS:
        raise BadInput("Bitte wählen Sie Tage oder Stunden.")
    return int(typed.amount) * UNITS[typed.unit]


def check_words(text: str) -> None:
    if not text:
        raise BadInput("Bitte begründen Sie es in einem Satz.")
    if len(text) > LONGEST_WORDS or not all(char.isprintable() or char in "\r\n\t" for char in text):
        raise BadInput("Bitte kürzen Sie die Begründung auf 500 Zeichen ohne Steuerzeichen.")


async def _page(
    call: Call,
    data_class: DataClass,
    typed: Typed,
    shown: timedelta | None = None,
    refusal: Refusal | None = None,
) -> web.Response:
    db = call.office.db
    periods = await periods_in_force(db, call.now)
    async with db.read() as tx:
        versions = (await history(tx, data_class)).get(data_class.key, [])
    proposed = versions[0] if versions and versions[0].verdict is None else None
    asked = proposed.period if proposed else shown
    effect: Effect | None = None
    if asked is not None:
        effect = await effect_of(db, data_class, asked, periods, call.now)
    return render(
        call,
        "office/privacy_rule.html",
        422 if refusal else 200,
        one=data_class,
        current=periods.of(data_class),
        proposed=proposed,
        asked=asked,
        effect=effect,
        versions=[one for one in versions if one.verdict],
        typed=typed,
        error=said(call.language, refusal.message, refusal.params) if refusal else "",
        rule=partial(rule_words, call.language, data_class),
        period=partial(period_words, call.language),
        may_propose=bool(call.member.roles & PROPOSERS)
        and proposed is None
        and data_class.longest > timedelta(0),
        may_decide=bool(call.member.roles & DECIDERS) and proposed is not None,
        longest=LONGEST_WORDS,
        here=f"/office/privacy/rules/{data_class.key}",
    )


pages = [
    Page("GET", "/office/privacy", show_all, READERS),
    Page("GET", "/office/privacy/rules/{kind}", show_one, READERS),
    Page("POST", "/office/privacy/rules/{kind}", submit_proposal, PROPOSERS),
    Page("POST", "/office/privacy/rules/{kind}/decision", submit_decision, DECIDERS),
]
