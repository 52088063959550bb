"""What every page must be: found faultless by axe, one heading, its language named, no scrolling sideways. Which pages is elsewhere."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "webclient" / "node_modules" / "axe-core" / "axe.min.js"
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
    for width in widths:
        await page.set_viewport_size({"width": width, "height": 900})
        if sticking := await page.evaluate(STICKING_OUT):
            wrong.append(f"{width} px: wider than the window: {sticking}")
        if width != NARROWEST:
            wrong += [f"{width} px: {one['id']}: {one['nodes']}" for one in await found_by_axe(page)]
    return wrong
