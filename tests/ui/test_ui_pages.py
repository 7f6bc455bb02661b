"""Every page stands, in both themes, for everybody: nothing that axe finds, no error, no request elsewhere."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import AXE, ROOT, Site, Told, signed_in, watched

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


def settled(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_selector("h1, [role=alert]")
    expect(page.get_by_label("Loading", exact=True)).to_have_count(0)
    page.wait_for_timeout(150)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.timeout(800)
def test_nobody_is_kept_out_of_any_page(browser: Browser, site: Site, told: Told, theme: str) -> None:
    context = signed_in(browser, site, told, theme)
    page = watched(context.new_page(), told)
    page.add_init_script(AXE.read_text())
    found: dict[str, Any] = {}
    for name, path in pages(site).items():
        settled(page, path)
        said = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        if said["violations"]:
            found[name] = [
                (each["id"], each["nodes"][0]["html"][:160], each["nodes"][0]["failureSummary"][:240])
                for each in said["violations"]
            ]
    context.close()
    assert not found, json.dumps(found, indent=1)
    assert not told.errors
    assert not told.foreign


@pytest.mark.parametrize("size", [(390, 844), (680, 430)], ids=["on a phone", "at twice the size"])
@pytest.mark.timeout(800)
def test_every_page_fits_into_a_small_window(browser: Browser, site: Site, told: Told, size: tuple[int, int]) -> None:
    context = signed_in(browser, site, told)
    page = watched(context.new_page(), told)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.add_init_script(AXE.read_text())
    found: dict[str, Any] = {}
    for name, path in pages(site).items():
        settled(page, path)
        said = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        wrong = [(each["id"], each["nodes"][0]["html"][:160]) for each in said["violations"]]
        if wide or wrong:
            found[name] = (wide, wrong)
    context.close()
    assert not found, json.dumps(found, indent=1)
    assert not told.errors


def test_the_first_load_is_small(page: Page) -> None:
    scripts: list[bytes] = []
    page.on("response", lambda answer: scripts.append(answer.body()) if answer.url.endswith(".js") else None)
    settled(page, "/")
    assert sum(len(gzip.compress(script)) for script in scripts) <= LARGEST_FIRST_LOAD_BYTES


def test_the_app_adds_little_to_the_wheel() -> None:
    files = [file for file in (ROOT / "src" / "armillary" / "ui_dist").rglob("*") if file.is_file()]
    assert 0 < sum(len(gzip.compress(file.read_bytes())) for file in files) < 3_000_000


def test_old_links_say_what_happened(page: Page) -> None:
    page.goto("/runs/flow-run/0181fc10-0000-7000-8000-00000000dead")
    expect(page.get_by_role("alert")).to_contain_text("not here")
    page.goto("/nowhere/at/all")
    expect(page.get_by_text("There is no such page")).to_be_visible()


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
