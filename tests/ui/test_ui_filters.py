"""The bar above the dashboard and the runs, and its panel."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from .conftest import Site, Told, signed_in, watched


def test_a_typed_time_goes_by_the_clocks_that_are_shown(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url, timezone_id="Asia/Tokyo")
    context.request.post("/api/signin", data={"token": site.token})
    context.add_init_script("localStorage.setItem('armillary.time_zone', 'America/New_York')")
    page = context.new_page()
    asked: list[Any] = []
    page.on(
        "request", lambda request: asked.append(request.post_data_json) if "flow_runs/count" in request.url else None
    )
    page.goto("/runs")
    field = page.get_by_label("Filter runs")
    field.fill("after:2022-06-15T03:51")
    field.press("Enter")
    expect(page.get_by_title("Jun 15, 2022, 03:51:00 (America/New_York)")).to_be_visible()
    assert "2022-06-15T07:51:00.000Z" in json.dumps(asked)
    context.close()


def test_completions_are_there_only_while_something_is_typed(page: Page, site: Site) -> None:
    page.goto("/runs")
    page.get_by_label("Filter runs").click()
    page.keyboard.type("state:fa")
    offers = page.get_by_role("listbox", name="Completions")
    expect(offers).to_be_visible()
    page.get_by_label("Order", exact=True).focus()
    expect(offers).to_be_hidden()
    page.get_by_label("Filter runs").focus()
    page.get_by_role("option", name="state:failed").click()
    expect(page.get_by_role("button", name="Remove state:failed")).to_be_visible()


def test_the_panel_goes_by_escape_or_by_a_click_elsewhere(page: Page, site: Site) -> None:
    page.goto("/")
    button = page.get_by_role("button", name="Filters")
    panel = page.get_by_role("dialog", name="Filters")
    button.click()
    panel.get_by_role("button", name="Failed").click()
    page.wait_for_url(re.compile("state"))
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    expect(panel).to_be_visible()
    page.mouse.click(300, 600)
    expect(panel).to_be_hidden()


def test_a_runs_token_leads_to_it_among_the_runs(page: Page, site: Site) -> None:
    run = site.ask("GET", f"flow_runs/{site.newest('pipeline')}")
    page.goto(f"/runs/flow-run/{run['id']}")
    page.get_by_title("Search for it in the runs").click()
    expect(page.get_by_role("button", name=f"Remove {run['name']}")).to_be_visible()
    rows = page.get_by_role("list", name="Flow runs").get_by_role("listitem")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(run["name"])


def test_a_saved_search_is_deleted_only_after_it_was_asked_for(browser: Browser, own_site: Site, told: Told) -> None:
    own_site.ask("PUT", "saved_searches", {"name": "broken models", "definition": {"filter": "state:failed"}})
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto("/runs")
    page.get_by_role("button", name="Saved searches").click()
    page.get_by_role("button", name="Delete broken models").click()
    page.get_by_role("button", name="Keep it").click()
    assert len(own_site.ask("GET", "saved_searches")["items"]) == 1
    page.get_by_role("button", name="Delete broken models").click()
    page.get_by_role("button", name="Delete the search").click()
    expect(page.get_by_text("None yet.")).to_be_visible()
    context.close()
    assert not told.errors
