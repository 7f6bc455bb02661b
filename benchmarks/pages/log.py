"""Bar 5: a log of a million lines, and one that pours."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.pages.common import Measured, Window, opened, site_of

LINES = 1_000_000
POURED_SECONDS = 20
POURED_PER_SECOND = 2_000
FLOWS = f"""
import time
from armillary import flow, get_run_logger

NEEDLES = {{10: "first", 500_000: "middle", 999_000: "last"}}

@flow
def million():
    logger = get_run_logger()
    for number in range({LINES}):
        logger.info("line %d of many, with some words behind it %s", number, NEEDLES.get(number, ""))

@flow
def pouring():
    logger = get_run_logger()
    began, number = time.perf_counter(), 0
    while number < {POURED_PER_SECOND * POURED_SECONDS}:
        while number < (time.perf_counter() - began) * {POURED_PER_SECOND}:
            logger.info("poured %d", number)
            number += 1
        time.sleep(0.005)
"""
_UNTIL = """async ([act, selector, text]) => {
  const log = () => document.querySelector("[role=log]");
  const began = performance.now();
  new Function(act)();
  while (![...document.querySelectorAll(selector)].some((each) => each.textContent.includes(text))) {
    if (performance.now() - began > 30_000) throw new Error(`${text} was never seen`);
    await new Promise(requestAnimationFrame);
  }
  return performance.now() - began;
}"""
_TYPE = """const field = document.querySelector("[aria-label='Search the log']");
Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, %r);
field.dispatchEvent(new Event("input", { bubbles: true }));"""
_TO_THE_END = """[...document.querySelectorAll("button")].find((each) => /To the end|New lines/.test(each.textContent)).click();"""
_NOTE_ORDINALS = """() => {
  window.ordinals = [];
  window.slow = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((each) => { window.slow += each.duration; })).observe({ type: "longtask" });
  const asked = window.fetch;
  window.fetch = async (...given) => {
    const answer = await asked(...given);
    if (/logs.[0-9a-f-]{36}\\?/.test(String(given[0]))) answer.clone().json().then((lines) => window.ordinals.push(...lines.map((each) => each.ordinal)));
    return answer;
  };
}"""


def measured(folder: Path) -> list[Measured]:
    with opened(site_of(folder, FLOWS)) as window:
        began = time.perf_counter()
        window.run("million").wait()
        run = window.site.newest("million")
        while (window.site.ask("GET", f"logs/{run}/last") or 0) < LINES:
            time.sleep(0.2)
        made = time.perf_counter() - began
        jumps, searches = list[float](), dict[str, list[float]](last=[], middle=[], first=[])
        for _ in range(5):
            page = window.page()
            page.goto(f"/runs/flow-run/{run}?line=0")
            page.get_by_text("line 30 of many").wait_for()
            jumps.append(_until(page, _TO_THE_END, "[role=log] span", f"line {LINES - 1} of many"))
            for name, values in searches.items():
                values.append(_until(page, _TYPE % f"behind it {name}", "[role=log] mark", f"behind it {name}"))
            page.context.close()
        return [
            Measured(f"jump to the end of {LINES:,} lines", jumps, "ms", 300, f"made and taken in within {made:.0f} s"),
            *(Measured(f"search, first hit; it is the {name} part", values, "ms", 500) for name, values in searches.items()),
            *_poured(window),
        ]  # fmt: skip


def _poured(window: Window) -> list[Measured]:
    page = window.page()
    page.add_init_script(f"({_NOTE_ORDINALS})()")
    process = window.run("pouring")
    page.goto("/")
    page.get_by_role("list", name="Flow runs").get_by_role("article").filter(has_text="pouring").get_by_role(
        "link"
    ).nth(1).click()
    total = POURED_PER_SECOND * POURED_SECONDS
    page.get_by_role("log").wait_for()
    page.evaluate("window.slow = 0")
    process.wait()
    ended = time.perf_counter()
    page.get_by_text(f"poured {total - 1}", exact=True).wait_for(timeout=60_000)
    behind = (time.perf_counter() - ended) * 1000
    ordinals = page.evaluate("[...new Set(window.ordinals)].sort((a, b) => a - b)")
    busy = page.evaluate("window.slow")
    page.context.close()
    missing = ordinals[-1] - ordinals[0] + 1 - len(ordinals)
    rate = f"{POURED_PER_SECOND:,} lines/s for {POURED_SECONDS} s"
    return [
        Measured(f"lines dropped while following {rate}", [float(missing)], "", 0, f"{len(ordinals):,} lines came"),
        Measured("the last of them is seen after the run's end", [behind], "ms", None),
        Measured("main thread in tasks over 50 ms meanwhile", [busy / (POURED_SECONDS * 10)], "%", None),
    ]


def _until(page: Page, act: str, selector: str, text: str) -> float:
    return float(page.evaluate(_UNTIL, [act, selector, text]))
