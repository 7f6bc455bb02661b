"""Which runs the dashboard and the list of runs show."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from .conftest import Site, Told, signed_in, watched


def test_late_runs_are_counted_and_shown(browser: Browser, own_site: Site, told: Told) -> None:
    own_site.armillary("deployment", "create", "flows.py")
    deployment = own_site.ask("POST", "deployments/filter", {})["items"][0]["id"]
    late = own_site.ask(
        "POST",
        f"deployments/{deployment}/create_flow_run",
        {"scheduled_time": "2022-06-15T03:51:00Z", "parameters": {}},
    )
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto("/?q=after%3A2022-06-01")
    card = page.get_by_role("button", name="Late runs")
    expect(card).to_contain_text("1", timeout=30_000)
    runs = page.get_by_role("list", name="Flow runs")
    expect(runs).to_contain_text(late["name"])
    card.click()
    expect(page.get_by_role("button", name="Remove state:late")).to_be_visible()
    expect(runs.get_by_role("listitem")).to_have_count(1)
    expect(runs).to_contain_text("Late")
    context.close()
    assert not told.errors


def test_what_is_to_come_does_not_hide_what_has_been(page: Page, site: Site) -> None:
    page.goto("/runs")
    runs = page.get_by_role("list", name="Flow runs")
    expect(runs).to_contain_text("Failed")
    expect(page.get_by_text(re.compile(r"\d+ runs still to come"))).to_be_visible()
    page.get_by_role("button", name="Show them").click()
    expect(runs.get_by_role("listitem").first).to_contain_text("Scheduled")


def test_task_runs_of_many_runs_say_of_which(page: Page, site: Site) -> None:
    page.goto("/runs?tab=task-runs")
    expect(
        page.get_by_role("list", name="Task runs").get_by_role("link", name=re.compile("^mapped . ")).first
    ).to_be_visible()
