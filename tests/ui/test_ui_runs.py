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
    expect(card).to_contain_text("1")
    runs = page.get_by_role("list", name="Flow runs")
    expect(runs).to_contain_text(late["name"])
    card.click()
    expect(page.get_by_role("button", name="Remove state:late")).to_be_visible()
    expect(runs.get_by_role("listitem")).to_have_count(1)
    expect(runs).to_contain_text("Late")
    expect(page.get_by_label("Lateness of the latest 1 runs").get_by_title(late["name"])).to_be_visible()
    runs.get_by_role("link", name=late["name"]).click()
    expect(page.locator("header").first).to_contain_text(re.compile(r"03:51:00 · \d+d( .*)? late"))
    context.close()
    assert not told.errors


def test_what_is_to_come_does_not_hide_what_has_been(page: Page, site: Site) -> None:
    page.goto("/runs")
    runs = page.get_by_role("list", name="Flow runs")
    expect(runs).to_contain_text("Failed")
    expect(page.get_by_text(re.compile(r"\d+ upcoming runs"))).to_be_visible()
    page.get_by_role("button", name="Show them").click()
    expect(runs.get_by_role("listitem").first).to_contain_text("Scheduled")


def test_nothing_at_all_is_told_apart_from_nothing_that_matches(browser: Browser, own_site: Site, told: Told) -> None:
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    for place, none, narrowed in (
        ("/runs", "No run in the last day", "No flow run matches"),
        ("/flows", "No flow yet", "No flow matches"),
        ("/deployments", "No deployment yet", "No deployment matches"),
    ):
        page.goto(place)
        expect(page.get_by_text(none)).to_be_visible()
        page.goto(f"{place}?q=x")
        expect(page.get_by_text(narrowed)).to_be_visible()
    context.close()
    assert not told.errors


def test_task_runs_of_many_runs_say_of_which(page: Page, site: Site) -> None:
    page.goto("/runs?tab=task-runs")
    expect(
        page.get_by_role("list", name="Task runs").get_by_role("link", name=re.compile("^mapped . ")).first
    ).to_be_visible()


def test_a_failed_run_is_retried_from_its_failure_or_from_its_beginning(
    browser: Browser, own_site: Site, told: Told
) -> None:
    own_site.armillary("deployment", "create", "flows.py")
    [deployment] = own_site.ask("GET", "deployments")["items"]
    run = own_site.ask("POST", f"deployments/{deployment['id']}/create_flow_run", {"parameters": {}})
    state = {"type": "FAILED", "message": "The model is worse."}
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    asked: list[str | None] = []
    page.on("request", lambda request: asked.append(request.post_data) if request.url.endswith("/retry") else None)
    page.goto(f"/runs/flow-run/{run['id']}")
    for name in ("Retry from failure", "Retry"):
        own_site.ask("POST", f"flow_runs/{run['id']}/set_state", state)
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_text("Retry queued").first).to_be_visible()
        expect(page.locator("header").first).to_contain_text("Scheduled")
    assert asked == ['{"from_failure":true}', '{"from_failure":false}']
    context.close()
    assert not told.errors


def test_the_latest_run_is_on_the_right_of_the_charts(page: Page, site: Site) -> None:
    page.goto("/")
    columns = page.get_by_label(re.compile("^Duration of the latest")).locator("[title]")
    newest = site.ask("GET", f"flow_runs/{site.newest('mapped')}")["name"]
    expect(columns.last).to_have_attribute("title", re.compile(f"^{newest}: "))
    assert columns.count() > 3


def test_a_run_is_found_by_any_parts_of_its_name(page: Page, site: Site) -> None:
    run = site.ask("GET", f"flow_runs/{site.newest('failing')}")
    first, second = run["name"].split("-")[:2]
    page.goto("/runs")
    for part in (second, first):
        page.get_by_label("Filter runs").fill(part.upper())
        page.keyboard.press("Enter")
    rows = page.get_by_role("list", name="Flow runs").get_by_role("listitem")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(run["name"])


def test_a_chart_that_cannot_be_read_says_so(page: Page, site: Site) -> None:
    page.route("**/api/flow_runs/facts", lambda route: route.fulfill(status=409, json={"detail": "It is locked."}))
    page.goto("/")
    expect(page.get_by_role("alert").filter(has_text="It is locked.")).to_have_count(2)
    expect(page.get_by_text("No run has begun")).to_have_count(0)


def test_the_page_of_what_is_scheduled_begins_with_what_has_run(browser: Browser, own_site: Site, told: Told) -> None:
    own_site.ran("staging")
    own_site.armillary("deployment", "create", "flows.py")
    [deployment] = own_site.ask("GET", "deployments")["items"]
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto(f"/flows/{deployment['flow_id']}")
    runs = page.get_by_role("list", name="Flow runs")
    expect(runs).to_contain_text("Completed")
    expect(page.get_by_label("1 task run in 1 step")).to_be_visible()
    page.get_by_role("link", name="Show them").click()
    expect(page.get_by_role("button", name="Remove flow:staging")).to_be_visible()
    expect(runs.get_by_role("listitem").first).to_contain_text("Scheduled")
    page.goto(f"/deployments/{deployment['id']}?tab=runs")
    expect(page.get_by_text(re.compile(r"\d\d upcoming runs"))).to_be_visible()
    page.get_by_role("link", name="Show them").click()
    expect(page.get_by_role("tab", name="Next runs")).to_have_attribute("aria-selected", "true")
    context.close()
    assert not told.errors


def test_task_runs_of_one_state_are_picked(page: Page, site: Site) -> None:
    run = site.ask("GET", f"flow_runs/{site.newest('mapped')}")
    page.goto(f"/runs/flow-run/{run['id']}?tab=task-runs")
    rows = page.get_by_role("list", name="Task runs").get_by_role("listitem")
    expect(rows.first).to_contain_text(f"mapped / {run['name']}")
    page.get_by_role("group", name="State").get_by_role("button", name="Failed 1").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("square-77")
    page.reload()
    expect(rows).to_have_count(1)


def test_task_runs_say_in_which_try_of_their_flow_run_they_were_called(
    browser: Browser, own_site: Site, told: Told
) -> None:
    run = own_site.ran("failing")
    own_site.begin("flow-run", "retry", run).wait(timeout=120)
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto(f"/runs/flow-run/{run}?tab=task-runs")
    rows = page.get_by_role("list", name="Task runs").get_by_role("listitem")
    expect(rows).to_have_count(6)
    expect(rows.filter(has_text="in attempt 2")).to_have_count(3)
    expect(rows.filter(has_text="call_unreliable_api").first).to_contain_text("1 retry")
    context.close()
    assert not told.errors


def test_a_schedule_is_deleted_only_after_it_was_asked_for(browser: Browser, own_site: Site, told: Told) -> None:
    own_site.armillary("deployment", "create", "flows.py")
    [deployment] = own_site.ask("GET", "deployments")["items"]
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto(f"/deployments/{deployment['id']}?tab=schedules")
    page.get_by_role("button", name="Delete Every minute").click()
    page.get_by_role("button", name="Keep it").click()
    assert own_site.ask("GET", f"deployments/{deployment['id']}")["schedules"]
    page.get_by_role("button", name="Delete Every minute").click()
    page.get_by_role("button", name="Delete the schedule").click()
    expect(page.get_by_role("tabpanel").get_by_text("No schedule")).to_be_visible()
    context.close()
    assert not told.errors
