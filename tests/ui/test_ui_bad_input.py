"""What users do not mean to do, and machines do anyway: each page still stands and says what happened."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from client_contract.recorded import RecordedRun
from playwright.sync_api import Browser, expect

from armillary.core.states import COMPLETED, RUNNING
from armillary.journal.format.events import TimeSpent

from .conftest import ASKED, Site, Told, overflow, signed_in, still, watched

MANY = 100_000


class ManyTaskRuns(RecordedRun):
    """An hour ago, told by its journal alone: it takes less time to write than to run."""

    def __init__(self, home: Path, many: int) -> None:
        begun = datetime.now(UTC) - timedelta(hours=1)
        super().__init__(str(home), "flashy-dove", flow="many-tasks", start_us=int(begun.timestamp() * 1_000_000))
        self.takes(RUNNING)
        for number in range(many):
            task_run = self.task_run(f"square-{number}")
            self.takes(RUNNING, task_run)
            self.takes(COMPLETED, task_run)
        self.journal.append(TimeSpent(self.tick(), self.id, 1, 1, 1, 1, many))
        self.takes(COMPLETED)
        self.journal.close("Completed")

    def tick(self) -> int:
        self.now += 1_000
        return self.now


@pytest.mark.timeout(600)
def test_a_run_with_a_hundred_thousand_task_runs_is_a_page_like_others(
    browser: Browser, own_site: Site, told: Told
) -> None:
    run = ManyTaskRuns(own_site.home, MANY).id
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto("/runs")
    expect(page.get_by_role("list", name="Flow runs")).to_contain_text("100,000 task runs")
    page.goto(f"/runs/flow-run/{run}?tab=task-runs")
    expect(page.get_by_role("tab", name="Task runs 100,000")).to_be_visible()
    rows = page.get_by_role("list", name="Task runs").get_by_role("listitem")
    expect(rows.first).to_contain_text("square-0")
    assert rows.count() < 100
    page.goto(f"/runs/flow-run/{run}?tab=details")
    expect(page.get_by_text("Time breakdown")).to_be_visible()
    context.close()
    assert not told.errors


def test_a_line_of_fifty_megabytes_is_begun_and_can_be_had_as_a_file(
    browser: Browser, own_site: Site, told: Told
) -> None:
    run = own_site.ran("long_line", "50_000_000")
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())) if "/api/logs/" in answer.url else None)
    page.goto(f"/runs/flow-run/{run}")
    log = page.get_by_role("log")
    expect(log).to_contain_text("after the long line")
    expect(log.get_by_role("button", name=re.compile(r"download all [\d,]{9,} characters"))).to_be_visible()
    assert max(sizes) < 100_000
    page.get_by_label("Search the log").fill("x" * 30)
    expect(log).to_contain_text("download all")
    context.close()
    assert not told.errors


def test_names_of_five_hundred_characters_and_from_right_to_left_stay_in_their_places(
    browser: Browser, own_site: Site, told: Told
) -> None:
    for name in ("f" * 500, "\u202eتدفق البيانات"):
        own_site.run("named", name).wait(timeout=120)
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    own_site.ask("POST", "block_documents", {"name": "f" * 200, "type": "s3", "options": {"bucket": "b" * 500}})
    queue = own_site.ask("POST", "work_queues", {"name": "q" * 200, "filter": {"tags": ["t" * 200, "بيانات"]}})
    own_site.ask("PUT", f"variables/{'v' * 200}", {"value": "v" * 5_000, "tags": ["t" * 200]})
    own_site.ask("POST", "concurrency_limits", {"tag": "t" * 200, "slots": 1})
    runs = own_site.ask("POST", "flow_runs/filter", {})["items"]
    places = [
        "/",
        "/runs",
        "/runs?tab=task-runs",
        "/flows",
        "/artifacts",
        "/work-queues",
        f"/work-queues/{queue['id']}",
    ]
    places += [f"/settings?tab={tab}" for tab in ("storage", "variables", "limits")]
    places += [f"/artifacts/{artifact['id']}" for artifact in own_site.ask("GET", "artifacts")["items"]]
    for run in runs:
        places += [
            f"/runs/flow-run/{run['id']}",
            f"/runs/flow-run/{run['id']}?tab=task-runs",
            f"/flows/{run['flow_id']}",
        ]
        places += [f"/runs/flow-run/{run['id']}/radar"]
    page.add_init_script(ASKED)
    for place in places:
        page.goto(place, wait_until="domcontentloaded")
        for width in (420, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            still(page)
            assert overflow(page) == 0, (width, place)
    context.close()
    assert not told.errors


def test_a_run_without_tasks_or_parameters_says_so(browser: Browser, files_site: Site, told: Told) -> None:
    run = files_site.ran("nothing")
    context = signed_in(browser, files_site, told)
    page = watched(context.new_page(), told)
    page.goto(f"/runs/flow-run/{run}?tab=task-runs")
    expect(page.get_by_text("This run called no tasks")).to_have_count(2)
    expect(page.get_by_text("No task run")).to_be_visible()
    page.get_by_role("tab", name="Parameters").click()
    expect(page.get_by_text("This flow takes no parameters")).to_be_visible()
    page.get_by_role("tab", name="Artifacts").click()
    expect(page.get_by_text("No artifact yet")).to_be_visible()
    page.goto(f"/runs/flow-run/{run}/radar")
    page.wait_for_selector("h1")
    context.close()
    assert not told.errors


def test_a_browser_whose_clock_is_wrong_shows_no_negative_time(browser: Browser, site: Site, told: Told) -> None:
    context = signed_in(browser, site, told)
    for off in (timedelta(hours=-3), timedelta(hours=3)):
        context.clock.set_fixed_time(datetime.now(UTC) + off)
        page = watched(context.new_page(), told)
        page.goto(f"/runs/flow-run/{site.newest('pipeline')}")
        expect(page.get_by_role("log")).to_contain_text("Finished in state Completed")
        page.goto("/?q=after%3A-1d")
        expect(page.get_by_role("list", name="Flow runs")).to_contain_text("pipeline")
        assert not re.search(r"[-\u2212]\d", page.get_by_role("list", name="Flow runs").inner_text())
        page.close()
    context.close()
    assert not told.errors


def test_a_sign_in_that_expires_is_renewed_where_one_was(browser: Browser, site: Site, told: Told) -> None:
    context = signed_in(browser, site, told)
    page = context.new_page()
    page.goto("/deployments")
    page.get_by_role("link", name="every-minute").wait_for()
    context.clear_cookies()
    page.get_by_role("link", name="every-minute").click()
    page.wait_for_url("**/signin?next=**")
    expect(page.get_by_text("You are signed out")).to_be_visible()
    page.get_by_label("Token or sign-in code").fill(site.token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/deployments/**")
    expect(page.get_by_role("tab", name="Overview")).to_be_visible()
    context.close()


def test_a_run_that_is_deleted_while_it_is_shown_says_so(browser: Browser, files_site: Site, told: Told) -> None:
    run = files_site.ran("pipeline")
    context = signed_in(browser, files_site, told)
    page = context.new_page()
    page.goto(f"/runs/flow-run/{run}")
    expect(page.get_by_role("log")).to_contain_text("Finished")
    files_site.ask("DELETE", f"flow_runs/{run}")
    expect(page.get_by_role("alert").first).to_contain_text("Not found")
    context.close()


def test_a_field_of_a_schema_nobody_knows_is_written_as_json(browser: Browser, files_site: Site, told: Told) -> None:
    files_site.armillary("deployment", "create", "flows.py")
    [deployment] = files_site.ask("GET", "deployments")["items"]
    schema = {
        "type": "object",
        "properties": {
            "rows": {"x-widget": "slider"},
            "loss": {"$ref": "#/nowhere"},
            "both": {"allOf": [{"type": "object"}, {"required": ["a"]}]},
            "never": False,
        },
    }
    context = signed_in(browser, files_site, told)
    page = watched(context.new_page(), told)
    page.route(
        f"**/api/deployments/{deployment['id']}",
        lambda route: route.fulfill(json={**deployment, "parameter_schema": schema}),
    )
    page.goto(f"/deployments/{deployment['id']}?run=1")
    form = page.get_by_role("dialog")
    form.get_by_label("rows").fill("{")
    form.get_by_role("button", name="Run now").click()
    expect(form.get_by_role("alert")).to_contain_text("JSON")
    form.get_by_label("rows").fill("5")
    form.get_by_role("button", name="Run now").click()
    page.wait_for_url("**/runs/flow-run/**")
    context.close()
    assert not told.errors
