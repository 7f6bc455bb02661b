"""What is at hand on every page: the rail, the palette, dialogs, what is copied."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import Site, Told, signed_in, watched


def opened(page: Page, path: str) -> None:
    """Ready for keys."""
    page.goto(path)
    page.get_by_role("heading", level=1).wait_for(state="attached")


def palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").wait_for()


def is_seen(page: Page, element: Locator) -> bool:
    """Whether the whole of it is within the window."""
    box, window = element.bounding_box(), page.viewport_size
    assert window is not None
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= window["height"]


def test_everything_on_the_rail_is_reached_in_a_low_window(browser: Browser, site: Site, told: Told) -> None:
    context = signed_in(browser, site, told)
    page = watched(context.new_page(), told)
    page.set_viewport_size({"width": 680, "height": 430})
    page.goto("/flows")
    places = page.get_by_role("navigation", name="Main")
    badge = places.get_by_role("status")
    badge.scroll_into_view_if_needed()
    assert is_seen(page, badge)
    context.close()


def test_what_the_palette_is_at_is_in_sight(page: Page, site: Site) -> None:
    opened(page, "/runs")
    palette(page)
    found_list = page.get_by_role("listbox", name="Results")
    for _ in range(60):
        page.keyboard.press("ArrowDown")
    last = found_list.get_by_role("option", selected=True)
    expect(last).to_have_text(re.compile("Keyboard shortcuts"))
    found, box = found_list.bounding_box(), last.bounding_box()
    assert found is not None
    assert box is not None
    assert found["y"] <= box["y"]
    assert box["y"] + box["height"] <= found["y"] + found["height"]


def test_the_palette_finds_by_any_words_and_does_what_it_says(page: Page, site: Site) -> None:
    opened(page, f"/runs/flow-run/{site.newest('pipeline')}")
    palette(page)
    page.keyboard.type("parameters show")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Parameters")).to_have_attribute("aria-selected", "true")
    palette(page)
    page.keyboard.type("radar open")
    page.keyboard.press("Enter")
    page.wait_for_url("**/radar**")


def test_times_are_shown_in_another_zone_by_the_palette(page: Page, site: Site) -> None:
    opened(page, "/flows")
    palette(page)
    page.keyboard.type("times UTC")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Times are shown in UTC")).to_be_visible()


def test_the_keyboard_goes_on_where_it_was(page: Page, site: Site) -> None:
    page.goto("/work-queues")
    new = page.get_by_role("button", name="New work queue")
    new.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(new).to_be_focused()
    palette(page)
    page.keyboard.press("Escape")
    expect(new).to_be_focused()


def test_a_dialog_of_a_menu_gives_the_keyboard_back_to_the_menu(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}")
    menu = page.get_by_role("button", name="More actions")
    menu.focus()
    page.keyboard.press("Enter")
    delete = page.get_by_role("menuitem", name="Delete")
    delete.wait_for()
    page.keyboard.press("End")
    expect(delete).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu).to_be_focused()


def test_a_dialog_of_the_palette_gives_the_keyboard_back(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}")
    tab = page.get_by_role("tab", name="Logs")
    tab.focus()
    palette(page)
    page.keyboard.type("delete the run")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(tab).to_be_focused()


@pytest.mark.parametrize("clipboard", [True, False], ids=["by https", "by http"])
def test_what_is_copied_is_said(browser: Browser, site: Site, told: Told, clipboard: bool) -> None:
    context = signed_in(browser, site, told)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = watched(context.new_page(), told)
    reader = context.new_page()
    if not clipboard:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    queue = next(each["id"] for each in site.ask("GET", "work_queues") if each["name"] == "ml")
    page.goto(f"/work-queues/{queue}")
    page.get_by_role("button", name="armillary agent start ml").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    reader.goto("/flows")
    assert reader.evaluate("navigator.clipboard.readText()") == "armillary agent start ml"
    context.close()
    assert not told.errors


def test_the_tab_that_is_open_is_in_sight(browser: Browser, site: Site, told: Told) -> None:
    context = signed_in(browser, site, told)
    page = watched(context.new_page(), told)
    page.set_viewport_size({"width": 390, "height": 1400})
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}?tab=details")
    tab = page.get_by_role("tab", name="Details")
    expect(tab).to_be_in_viewport(ratio=0.95)
    page.keyboard.press("Shift+Tab")
    tab.focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("tab", name="Logs")).to_be_focused()
    expect(page.get_by_role("tab", name="Logs")).to_be_in_viewport(ratio=0.95)
    context.close()


def test_who_comes_to_what_is_gone_can_go_on(page: Page, site: Site) -> None:
    page.goto("/flows/0181fc10-0000-7000-8000-00000000dead")
    page.get_by_role("alert").get_by_role("link", name="Go to the dashboard").click()
    expect(page.get_by_role("button", name="Upcoming runs")).to_be_visible()


def test_a_line_of_a_log_has_a_plain_address(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}?level=20")
    page.get_by_title("Link to this line").nth(1).click()
    page.wait_for_url(re.compile(r"level=20&line=1$"))


def test_only_another_page_begins_at_its_top(browser: Browser, site: Site, told: Told) -> None:
    context = signed_in(browser, site, told)
    page = watched(context.new_page(), told)
    page.set_viewport_size({"width": 1360, "height": 500})
    opened(page, f"/runs/flow-run/{site.newest('mapped')}")
    for tab, region in (("Details", "Time breakdown"), ("Logs", "Created task run")):
        page.get_by_role("tab", name=tab).click()
        page.get_by_text(region).first.wait_for()
    page.evaluate("scrollTo(0, 200)")
    page.get_by_label("Search the log").fill("Created")
    page.wait_for_url("**search=Created")
    page.get_by_role("tab", name="Task runs").dispatch_event("click")  # a click of the mouse may scroll by itself
    page.get_by_role("list", name="Task runs").wait_for()
    assert page.evaluate("scrollY") == 200
    page.get_by_role("link", name="square-0").click()
    page.get_by_role("heading", name="square-0").wait_for()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.get_by_role("list", name="Task runs").wait_for()
    expect(page.get_by_role("heading", level=1)).not_to_be_in_viewport()
    context.close()
