"""Every page stands, in both themes, for everybody: nothing that axe finds, no error, no request elsewhere."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import ASKED, AXE, ROOT, WINDOW, Site, Told, overflow, signed_in, still, watched

LARGEST_FIRST_LOAD_BYTES = 250_000


def pages(site: Site) -> dict[str, str]:
    run, failed, mapped = site.newest("pipeline"), site.newest("failing"), site.newest("mapped")
    task = site.ask("POST", "task_runs/filter", {"task_runs": {"flow_run_id": {"any_": [failed]}}})["items"][0]["id"]
    deployment = site.ask("GET", "deployments")["items"][0]["id"]
    queue = next(each["id"] for each in site.ask("GET", "work_queues") if each["name"] == "ml")
    artifact = site.ask("GET", "artifacts?latest=true")["items"][0]["id"]
    flow = site.ask("GET", f"flow_runs/{run}")["flow_id"]
    group = site.ask("GET", f"flow_runs/{mapped}/graph")["nodes"][0]["id"]
    return {
        "dashboard": "/",
        "dashboard flows": "/?tab=flows",
        "dashboard deployments": "/?tab=deployments",
        "dashboard task runs": "/?tab=task-runs",
        "runs": "/runs",
        "runs filtered": "/runs?q=state%3Afailed",
        "run": f"/runs/flow-run/{run}",
        "failed run": f"/runs/flow-run/{failed}",
        "task runs": f"/runs/flow-run/{mapped}?tab=task-runs",
        "subflow runs": f"/runs/flow-run/{site.newest('parent')}?tab=subflow-runs",
        "parameters": f"/runs/flow-run/{run}?tab=parameters",
        "run's artifacts": f"/runs/flow-run/{run}?tab=artifacts",
        "details": f"/runs/flow-run/{run}?tab=details",
        "radar": f"/runs/flow-run/{mapped}/radar",
        "layered": f"/runs/flow-run/{failed}/radar?view=layered",
        "timeline": f"/runs/flow-run/{mapped}/radar?view=timeline",
        "one of a group": f"/runs/flow-run/{mapped}/radar?node={group}~{group}",
        "one of a group by time": f"/runs/flow-run/{mapped}/radar?view=timeline&node={group}~{group}",
        "task run": f"/runs/task-run/{task}",
        "task run's details": f"/runs/task-run/{task}?tab=details",
        "flows": "/flows",
        "flow": f"/flows/{flow}",
        "deployments": "/deployments",
        "deployment": f"/deployments/{deployment}",
        "next runs": f"/deployments/{deployment}?tab=next",
        "schedules": f"/deployments/{deployment}?tab=schedules",
        "run form": f"/deployments/{deployment}?run=1",
        "work queues": "/work-queues",
        "new work queue": "/work-queues?new=1",
        "work queue": f"/work-queues/{queue}",
        "artifacts": "/artifacts",
        "artifact": f"/artifacts/{artifact}",
        "settings": "/settings",
        "settings in force": "/settings?tab=settings",
        "storage": "/settings?tab=storage",
        "new storage": "/settings?tab=storage&new=1",
        "notifications": "/settings?tab=notifications",
        "new notification": "/settings?tab=notifications&new=1",
        "variables": "/settings?tab=variables",
        "limits": "/settings?tab=limits",
        "tokens": "/settings?tab=tokens",
        "sign in": "/signin",
        "nowhere": "/nowhere",
        "gone": "/runs/flow-run/0181fc10-0000-7000-8000-00000000dead",
    }


SIZES = {"on a phone": (390, 844), "at twice the size": (680, 430)}
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules whose verdict is another one in another theme."""


def violations(page: Page, rules: list[str] | None = None) -> list[tuple[str, str, str]]:
    """What axe finds, by all its rules or by some."""
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    said = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        (each["id"], each["nodes"][0]["html"][:160], each["nodes"][0]["failureSummary"][:240])
        for each in said["violations"]
    ]


@pytest.mark.timeout(800)
def test_nobody_is_kept_out_of_any_page(browser: Browser, site: Site, told: Told) -> None:
    """Each page is opened once, in the dark; then the theme and the size of its window change, to which it adapts by itself."""
    context = signed_in(browser, site, told, "dark")
    context.add_init_script(ASKED)
    context.add_init_script(AXE.read_text())
    page = watched(context.new_page(), told)
    found: dict[str, Any] = {}
    for name, path in pages(site).items():
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(WINDOW)
        page.goto(path, wait_until="domcontentloaded")
        still(page)
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        found[f"{name}, dark"] = violations(page)
        page.emulate_media(color_scheme="light")
        expect(page.locator("html")).to_have_attribute("data-theme", "light")
        still(page)
        found[f"{name}, light"] = violations(page, COLOURS)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            still(page)
            too_wide = overflow(page)
            found[f"{name}, light, {size}"] = violations(page) + ([f"{too_wide} px too wide"] if too_wide else [])
    context.close()
    wrong = {where: what for where, what in found.items() if what}
    assert not wrong, json.dumps(wrong, indent=1)
    assert not told.errors
    assert not told.foreign


def test_the_first_load_is_small(browser: Browser, site: Site, told: Told) -> None:
    context = signed_in(browser, site, told)  # which has read nothing yet
    page = watched(context.new_page(), told)
    scripts: list[bytes] = []
    page.on("response", lambda answer: scripts.append(answer.body()) if answer.url.endswith(".js") else None)
    page.add_init_script(ASKED)
    page.goto("/")
    still(page)
    assert 0 < sum(len(gzip.compress(script)) for script in scripts) <= LARGEST_FIRST_LOAD_BYTES
    context.close()
    assert not told.errors


def test_the_app_adds_little_to_the_wheel() -> None:
    files = [file for file in (ROOT / "src" / "armillary" / "ui_dist").rglob("*") if file.is_file()]
    assert 0 < sum(len(gzip.compress(file.read_bytes())) for file in files) < 3_000_000


def test_old_links_say_what_happened(page: Page) -> None:
    page.goto("/runs/flow-run/0181fc10-0000-7000-8000-00000000dead")
    expect(page.get_by_role("alert")).to_contain_text("Not found")
    page.goto("/nowhere/at/all")
    expect(page.get_by_text("Page not found")).to_be_visible()


def test_who_is_not_signed_in_comes_back_to_the_page_after(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/flows")
    page.wait_for_url(re.compile("signin"))
    page.get_by_label("Token or sign-in code").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("neither a token")
    page.get_by_label("Token or sign-in code").fill(site.token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/flows")
    context.close()
