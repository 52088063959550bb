"""What every page must be: faultless to axe, one heading, one language, no scrolling sideways. Which pages is elsewhere."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from playwright.async_api import Page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "webclient" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESKTOP, PHONE, NARROWEST = 1280, 390, 320
LANGUAGE_TAGS = {"de": "de", "de_LS": "de-simple", "en": "en"}
RUN_AXE = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  return found.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) => node.html.slice(0, 200)) }));
}"""
# 1.4.10 Reflow. Names the elements that stick out, since the page alone does not help to mend it.
STICKING_OUT = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth) return [];
  const out = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
  return out.slice(-3).map((one) => one.outerHTML.slice(0, 160)).concat([`${root.scrollWidth} px`]);
}"""
SHAPE = """() => ({
  lang: document.documentElement.lang,
  h1: [...document.querySelectorAll("h1")].map((one) => one.innerText),
  title: document.title,
  main: document.querySelectorAll("main").length,
})"""
TEXTS = """() => {
  const texts = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest("script, [lang]:not(html)")) texts.push(walker.currentNode.data.trim());
  }
  return texts.filter((text) => text);
}"""
PLACEHOLDER = re.compile(r"%\\\(\w+\\\)s|%\(\w+\)s|\\{\w+\\}")


@cache
def german(language: str) -> re.Pattern[str]:
    """Any of the German texts that this language says otherwise, whole and with its gaps filled."""
    path = ROOT / "server" / "locale" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    ids: set[str] = set()
    for message in catalogue:
        pairs = zip(_all(message.id), _all(message.string), strict=False)
        ids |= {source for source, said in pairs if source and said and source != said}
    return re.compile(
        "|".join(PLACEHOLDER.sub(".+?", re.escape(one)) for one in sorted(ids) if _telling(one))
    )


def _telling(source: str) -> bool:
    """A gap, a short word and a gap fit sentences of any language."""
    own, gaps = PLACEHOLDER.subn("", re.escape(source))
    return gaps == 0 or len(re.findall(r"[^\W\d_]", own)) > 3


def _all(texts: Any) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


async def left_in_german(page: Page, language: str) -> list[str]:
    """Texts of the page that stand in the language's catalogue and were shown in German all the same."""
    return [text for text in await page.evaluate(TEXTS) if german(language).fullmatch(text)]


async def found_by_axe(page: Page) -> list[dict[str, Any]]:
    """axe's findings on the page as it stands: rule, help, and where."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = await page.evaluate(RUN_AXE, TAGS)
    return found


async def faults(
    page: Page, language: str = "de", widths: tuple[int, ...] = (DESKTOP, PHONE, NARROWEST)
) -> list[str]:
    """All that is wrong with this page in windows of these widths; empty when nothing is."""
    shape = await page.evaluate(SHAPE)
    wrong = []
    if shape["lang"] != LANGUAGE_TAGS[language]:
        wrong.append(f"lang is {shape['lang']!r}")
    if len(shape["h1"]) != 1 or not shape["h1"][0].strip():
        wrong.append(f"h1: {shape['h1']}")
    if not shape["title"].strip("– ") or shape["main"] != 1:
        wrong.append(f"title {shape['title']!r}, {shape['main']} main")
    if language != "de" and (left := await left_in_german(page, language)):
        wrong.append(f"in German: {left}")
    for width in widths:
        await page.set_viewport_size({"width": width, "height": 900})
        if sticking := await page.evaluate(STICKING_OUT):
            wrong.append(f"{width} px: wider than the window: {sticking}")
        if width != NARROWEST:
            wrong += [f"{width} px: {one['id']}: {one['nodes']}" for one in await found_by_axe(page)]
    return wrong
