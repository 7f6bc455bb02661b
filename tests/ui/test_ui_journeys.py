"""What the tutorial does with its screens, done here."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from .conftest import Site, Told, signed_in, watched


def test_a_run_is_seen_from_its_beginning_to_its_end(browser: Browser, own_site: Site, told: Told) -> None:
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto("/")
    expect(page.get_by_text("No run in the last day")).to_be_visible()
    process = own_site.run("waiting")
    run = page.get_by_role("list", name="Flow runs").get_by_role("article").first
    expect(run).to_contain_text("Running")
    run.get_by_role("link").nth(1).click()
    header = page.locator("header").first
    expect(header).to_contain_text("Running")
    (own_site.folder / "go").touch()
    expect(header).to_contain_text("Completed")
    expect(page.get_by_role("log")).to_contain_text("Finished in state Completed")
    process.wait()
    context.close()
    assert not told.errors


def test_the_exception_of_a_failed_task_is_read(page: Page, site: Site) -> None:
    page.goto("/")
    page.get_by_role("button", name="Failed or crashed runs").click()
    page.wait_for_url(re.compile("state"))
    failed = page.get_by_role("list", name="Flow runs").get_by_role("article").filter(has_text="failing")
    failed.get_by_role("link").nth(1).click()
    log = page.get_by_role("log")
    expect(log).to_contain_text("ValueError: Your spaceship crashed!")
    expect(log).to_contain_text("Retry 1/1 will start")
    expect(log.get_by_role("link", name="call_unreliable_api-0").first).to_be_visible()  # whose line it is
    page.get_by_label("Log level").select_option("40")
    expect(log).not_to_contain_text("Retry 1/1")
    page.get_by_label("Search the log").fill("spaceship")
    expect(log.locator("mark").first).to_have_text("spaceship")
    page.get_by_role("tab", name="Task runs").click()
    rows = page.get_by_role("list", name="Task runs")
    expect(rows).to_contain_text("NotReady")
    rows.get_by_role("link", name="call_unreliable_api-0").click()
    expect(page.locator("header").first).to_contain_text("Your spaceship crashed!")


def test_a_subflow_is_opened_from_its_parent(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('parent')}?tab=task-runs")
    page.get_by_role("list", name="Task runs").get_by_role("link", name="child-0").click()
    expect(page.locator("header").first).to_contain_text("child")
    expect(page.get_by_role("tab", name="Task runs 4")).to_be_visible()
    page.get_by_text("Parent").locator("..").get_by_role("link").click()
    expect(page.locator("header").first).to_contain_text("parent")


def test_a_work_queue_is_made_and_a_deployment_run(browser: Browser, own_site: Site, told: Told) -> None:
    own_site.armillary("deployment", "create", "flows.py")
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto("/work-queues")
    page.get_by_role("button", name="New work queue").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("nightly")
    form.get_by_label("Tags").fill("ml")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="nightly").click()
    expect(page.get_by_role("button", name="armillary agent start nightly")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("staging")
    page.goto("/deployments")
    page.get_by_role("button", name="Quick run").click()
    expect(page.get_by_text(re.compile("is due now"))).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("button", name="Upcoming runs")).to_contain_text(re.compile("100|101"))
    page.get_by_role("tab", name="Deployments").click()
    expect(page.get_by_role("list", name="Deployments")).to_contain_text("Every minute")
    context.close()
    assert not told.errors


def test_a_work_queue_is_found_by_its_name(page: Page, site: Site) -> None:
    page.goto("/work-queues")
    page.get_by_role("link", name="default").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("ML")
    page.wait_for_url("**q=ML")
    expect(page.get_by_role("link", name="default")).to_be_hidden()
    expect(page.get_by_role("link", name="ml", exact=True)).to_be_visible()


def test_a_run_is_asked_for_with_a_form_of_its_parameters(browser: Browser, own_site: Site, told: Told) -> None:
    own_site.armillary("deployment", "create", "flows.py")
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto("/deployments")
    page.get_by_role("link", name="every-minute").click()
    page.get_by_role("button", name="Run with parameters").click()
    form = page.get_by_role("dialog")
    form.get_by_label("rows").fill("many")
    form.get_by_role("button", name="Run now").click()
    expect(form.get_by_role("alert")).to_contain_text("whole number")
    form.get_by_label("rows").fill("7")
    form.get_by_label("loss").select_option(label="mae")
    form.get_by_role("button", name="Run now").click()
    page.wait_for_url("**/runs/flow-run/**")
    page.get_by_role("tab", name="Parameters").click()
    expect(page.get_by_role("tabpanel")).to_contain_text('"rows": 7')
    expect(page.get_by_role("tabpanel")).to_contain_text('"loss": "mae"')
    expect(page.get_by_label("Why is it waiting?")).to_contain_text("No agent")
    context.close()


def test_a_paused_run_goes_on_with_what_it_asks_for(browser: Browser, own_site: Site, told: Told) -> None:
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    process = own_site.run("approval")
    page.goto("/")
    page.get_by_role("list", name="Flow runs").get_by_role("link").nth(1).click()
    expect(page.locator("header").first).to_contain_text("Paused")
    page.get_by_role("button", name="Resume").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Approved").select_option(label="yes")
    form.get_by_role("button", name="Resume").click()
    expect(page.locator("header").first).to_contain_text("Completed")
    process.wait()
    context.close()


def test_a_schedule_is_edited_with_its_next_firings_in_sight(browser: Browser, own_site: Site, told: Told) -> None:
    own_site.armillary("deployment", "create", "flows.py")
    deployment = own_site.ask("GET", "deployments")["items"][0]["id"]
    context = signed_in(browser, own_site, told)
    page = context.new_page()
    page.goto(f"/deployments/{deployment}?tab=schedules")
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Kind").select_option("cron")
    dialog.get_by_role("textbox", name="Cron").fill("61 * * * *")
    expect(dialog.get_by_label("Next firings")).to_contain_text("61")
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    dialog.get_by_role("textbox", name="Cron").fill("0 9 * * 1")
    dialog.get_by_label("Time zone").fill("Europe/Berlin")
    expect(dialog.get_by_label("Next firings").get_by_role("listitem").first).to_contain_text("09:00:00")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("Monday")
    context.close()


def test_a_day_on_which_clocks_change_is_marked_in_the_calendar(browser: Browser, own_site: Site, told: Told) -> None:
    own_site.armillary("deployment", "create", "flows.py")
    [deployment] = own_site.ask("GET", "deployments")["items"]
    own_site.ask("POST", f"deployments/{deployment['id']}/pause")
    for day in ("2041-03-31", "2041-10-27", "2041-11-03"):
        wanted = {"parameters": {}, "scheduled_time": f"{day}T12:00:00Z"}
        own_site.ask("POST", f"deployments/{deployment['id']}/create_flow_run", wanted)
    context = signed_in(browser, own_site, told)
    context.add_init_script("localStorage.setItem('armillary.time_zone', 'Europe/Berlin')")
    page = watched(context.new_page(), told)
    page.goto(f"/deployments/{deployment['id']}?tab=next")
    marked = page.get_by_text(re.compile("^clocks "))
    expect(marked).to_have_text(["clocks +60m", "clocks \u221260m"])
    expect(page.get_by_role("tabpanel")).to_contain_text(re.compile("Sun, Mar 31clocks .60m14:00"))
    expect(page.get_by_role("tabpanel")).to_contain_text(re.compile("Sun, Nov 313:00"))
    context.close()
    assert not told.errors


def test_the_keyboard_is_enough(page: Page, site: Site) -> None:
    page.goto("/")
    page.wait_for_selector("[role=listitem]")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.get_by_label("Order", exact=True).wait_for()
    page.keyboard.press("/")
    page.keyboard.type("state:fa")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=state"))
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog")
    page.keyboard.type("mapped")
    expect(palette.get_by_role("option", selected=True)).to_have_text(re.compile("^mapped.*flow$"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/flows/**")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Keyboard shortcuts")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_what_is_chosen_is_cancelled_or_deleted_after_it_was_counted(
    browser: Browser, own_site: Site, told: Told
) -> None:
    for _ in range(2):
        own_site.ran("pipeline")
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto("/runs")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Delete selected").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 run would be permanently deleted")
    dialog.get_by_role("button", name="Delete 1 run").click()
    expect(page.get_by_role("tab", name="Flow runs 1")).to_be_visible()
    context.close()


def test_a_search_is_kept_and_found_again(browser: Browser, own_site: Site, told: Told) -> None:
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto("/runs?q=state%3Afailed%20tag%3Aml")
    page.get_by_role("button", name="Saved searches").click()
    page.get_by_label("Name of the search").fill("broken models")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/")
    page.get_by_role("button", name="Saved searches").click()
    page.get_by_role("button", name="broken models state:failed tag:ml").click()
    expect(page.get_by_role("button", name="Remove tag:ml")).to_be_visible()
    context.close()
