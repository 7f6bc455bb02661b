"""Every number in the web app is the length of the list that it leads to."""

from __future__ import annotations

import re
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import Site, Told, signed_in, watched

FILTERS = [
    "",
    "state:failed",
    "state:completed",
    "state:failed state:crashed",
    "tag:ml",
    "flow:failing",
    "fail",
    "state:scheduled flow:staging",
]


PATIENCE_MS = 30_000


def number_in(page: Page, tab: str) -> int:
    badge = page.get_by_role("tab", name=tab).locator("span")
    expect(badge).to_have_text(re.compile(r"^[\d,]+$"), timeout=PATIENCE_MS)
    return int(badge.inner_text().replace(",", ""))


def length(page: Page, label: str) -> int:
    """Of a list that has only the rows in sight, by its height; 0 where something else takes its place."""
    rows = page.get_by_role("list", name=label, exact=True)
    nothing = page.get_by_role("tabpanel").get_by_text(re.compile("matches$|^No run in the last day$|^No run yet$"))
    expect(rows.or_(nothing).first).to_be_visible(timeout=PATIENCE_MS)
    if not rows.count():
        return 0
    shown: list[int] = rows.evaluate("list => [list.offsetHeight, list.firstElementChild.offsetHeight]")
    return round(shown[0] / shown[1])


def agree(page: Page, tab: str) -> bool:
    """Whether they come to agree: a run that becomes due meanwhile is in one of them first. Of a list of more than a page only the
    first page is read until somebody scrolls."""
    deadline = monotonic() + PATIENCE_MS / 1000
    while (many := number_in(page, tab)) <= 50 and length(page, LISTS.get(tab, tab)) != many:
        if monotonic() > deadline:
            return False
        page.wait_for_timeout(100)
    return True


LISTS = {"Runs": "Flow runs"}


@pytest.mark.parametrize("filter_text", FILTERS)
@pytest.mark.parametrize("where", ["/", "/runs"])
def test_a_tabs_number_is_how_many_its_list_has(page: Page, site: Site, where: str, filter_text: str) -> None:
    tabs = {"flow-runs": "Flow runs", "task-runs": "Task runs"}
    if where == "/":
        tabs |= {"flows": "Flows", "deployments": "Deployments"}
    page.goto(f"{where}?tab={next(iter(tabs))}&q={filter_text}")
    for tab, label in tabs.items():
        page.get_by_role("tab", name=label).click()
        expect(page).to_have_url(re.compile(rf"tab={tab}\b"))
        assert agree(page, label), (tab, filter_text)


@pytest.mark.parametrize("card", ["Failed or crashed runs", "Late runs", "Upcoming runs"])
def test_a_cards_number_is_how_many_its_click_lists(page: Page, site: Site, card: str) -> None:
    page.goto("/")
    button = page.get_by_role("button", name=card)
    expect(button).to_have_text(re.compile(r"\d"), timeout=PATIENCE_MS)
    many = int(re.sub(r"\D", "", button.inner_text()))
    button.click()
    expect(page.get_by_role("button", name=re.compile("Remove state:")).first).to_be_visible()
    assert agree(page, "Flow runs")
    assert abs(number_in(page, "Flow runs") - many) <= 3  # some may have become due meanwhile


def test_failed_task_runs_of_all_runs_are_listed_and_no_others(page: Page, site: Site) -> None:
    page.goto("/runs?tab=task-runs&q=state:failed")
    rows = page.get_by_role("list", name="Task runs").get_by_role("listitem")
    expect(rows.first).to_be_visible()
    assert rows.count() >= 2
    assert all("Failed" in text for text in rows.all_inner_texts())


def test_a_deployments_tab_counts_the_runs_that_it_lists_and_says_how_many_are_to_come(page: Page, site: Site) -> None:
    [deployment] = [each for each in site.ask("GET", "deployments")["items"] if each["schedules"]][:1]
    page.goto(f"/deployments/{deployment['id']}?tab=runs")
    expect(page.get_by_text(re.compile(r"\d+ upcoming runs"))).to_be_visible(timeout=PATIENCE_MS)
    assert agree(page, "Runs")


def test_what_a_bulk_action_leaves_out_is_said(browser: Browser, site: Site, told: Told) -> None:
    context = signed_in(browser, site, told)
    page = watched(context.new_page(), told)
    page.goto("/runs")
    page.get_by_role("button", name="Cancel all").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(
        re.compile(r"Left out: \d+ that have ended or are being cancelled, and \d+ that are upcoming")
    )
    context.close()


def test_the_dialog_of_a_queue_shows_which_deployments_match(page: Page, site: Site) -> None:
    page.goto("/work-queues?new=1")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("A run must have all of them.")
    dialog.get_by_label("Name").fill("tried")
    status = dialog.get_by_role("status")
    expect(status).to_contain_text("no deployment names it as its work queue")
    dialog.get_by_label("Tags").fill("nobody, zzz")
    expect(status).to_contain_text("it matches no deployment")
    dialog.get_by_label("Tags").fill("")
    dialog.get_by_role("checkbox").first.check()
    expect(status).to_contain_text("queue 'ml' takes those of")
    dialog.get_by_label("Priority").fill("0")
    expect(status).to_contain_text("It takes the runs of ")


def test_a_log_is_searched_and_marked_across_colours(page: Page, site: Site) -> None:
    [run] = site.ask("POST", "flow_runs/filter", {"flows": {"name": {"any_": ["pipeline"]}}})["items"]
    page.goto(f"/runs/flow-run/{run['id']}?search=rows%20are%20old")
    log = page.get_by_role("log")
    expect(log.locator("mark").first).to_be_visible()
    assert "".join(log.locator("mark").all_inner_texts()) == "rows are old"


def test_a_task_run_that_was_retried_has_one_duration(page: Page, site: Site) -> None:
    [task] = site.ask("POST", "task_runs/filter", {"task_runs": {"task_name": {"any_": ["call_unreliable_api"]}}})[
        "items"
    ]
    assert task["run_count"] == 2 and task["duration_seconds"] > task["total_run_time_seconds"]
    page.goto(f"/runs/task-run/{task['id']}?tab=details")
    expect(page.get_by_role("columnheader", name="Try")).to_be_visible()
    expect(page.get_by_text("Time in RUNNING")).to_be_visible()
