"""Radar, Layered and Timeline of one run."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import Site


def test_a_map_is_one_node_that_opens_to_its_members(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('mapped')}/radar")
    tree = page.get_by_role("tree", name="Task runs by ring")
    node = tree.get_by_role("treeitem").filter(has_text="square").last
    expect(node).to_contain_text("120 task runs")
    page.keyboard.press("f")
    panel = page.get_by_label("Chosen")
    expect(panel).to_contain_text("120 task runs")
    table = panel.get_by_role("table", name="Task runs of the group, failures first")
    expect(table.get_by_role("link").first).to_have_text("square-77")
    grid = panel.get_by_role("img", name="120 task runs, a square for each, failures first")
    box = grid.bounding_box()
    assert box is not None
    grid.click(position={"x": 5, "y": box["height"] - 5})  # the first cell of the last row
    expect(table.get_by_role("link", name="square-84")).to_be_visible()


def test_the_tree_walks_the_rings_by_keyboard(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('failing')}/radar")
    tree = page.get_by_role("tree", name="Task runs by ring")
    tree.locator("[data-node][tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("node="))
    expect(page.get_by_label("Chosen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Chosen")).not_to_be_visible()


def test_a_path_is_shown_by_keyboard(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}/radar")
    tree = page.get_by_role("tree", name="Task runs by ring")
    tree.locator("[data-node]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Chosen")).to_contain_text("augment-0")
    page.keyboard.press("Control+ArrowLeft")
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_label("Chosen")).to_contain_text("Path of 2")


def test_a_subflow_opens_its_own_radar_and_leads_back(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('parent')}/radar")
    page.locator("button", has_text="4 task runs").click()
    crumbs = page.get_by_role("navigation", name="Breadcrumb")
    expect(crumbs).to_contain_text("child")
    expect(page.get_by_role("tree").get_by_role("treeitem").filter(has_text="load-3").last).to_be_attached()
    expect(crumbs.get_by_role("link")).to_have_count(2)
    crumbs.get_by_role("link").first.click()
    expect(crumbs).to_contain_text("parent")
    expect(crumbs.get_by_role("link")).to_have_count(1)


def test_a_subflow_opens_in_place_and_what_follows_folds_away(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('parent')}/radar")
    tree = page.get_by_role("tree", name="Task runs by ring")
    page.locator("button", has_text="Open here").first.click()
    page.wait_for_url(re.compile("open="))
    expect(tree.locator("[data-node]")).to_have_count(6)
    page.reload()
    expect(tree.locator("[data-node]")).to_have_count(6)
    page.locator("button", has_text="Hide").first.click()
    expect(tree.locator("[data-node]")).not_to_have_count(6)
    expect(page.locator("button", has_text="+4")).to_be_visible()


def test_several_are_chosen_and_the_path_between_two_is_shown(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}/radar")
    page.locator("[title^='load-0']").click()
    page.locator("[title^='augment-0']").click(modifiers=["Control"])
    expect(page.get_by_label("Chosen")).to_contain_text("2 chosen")
    page.locator("[title^='augment-0']").click(modifiers=["Control"])
    page.locator("[title^='augment-0']").click(modifiers=["Shift"])
    expect(page.get_by_label("Chosen")).to_contain_text("Path of 2")


def test_where_one_looks_is_in_the_address(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}/radar")
    card = page.locator("[title^='augment-0']")
    card.wait_for()
    page.keyboard.press("+")
    page.wait_for_url(re.compile("at="))
    before = card.bounding_box()
    page.reload()
    card.wait_for()
    after = card.bounding_box()
    assert before is not None
    assert after is not None
    assert [after["x"], after["y"]] == pytest.approx([before["x"], before["y"]], abs=2)


def test_the_picture_is_saved_with_its_cards(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}/radar")
    page.locator("[title^='augment-0']").wait_for()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as PNG").click()
    assert saved.value.suggested_filename.startswith("radar-")
    assert saved.value.path().read_bytes()[:4] == b"\x89PNG"


def test_switching_views_keeps_what_is_chosen(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('failing')}/radar")
    page.get_by_role("button", name="Next failure").click()
    expect(page.get_by_label("Chosen")).to_contain_text("call_unreliable_api-0")
    page.get_by_role("button", name="Layered").click()
    expect(page.get_by_label("Chosen")).to_contain_text("call_unreliable_api-0")
    page.get_by_role("button", name="Timeline").click()
    expect(page.get_by_role("link", name="call_unreliable_api-0")).to_be_visible()


def test_a_node_is_found_by_its_name(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}/radar")
    page.get_by_role("tree").wait_for(state="attached")
    page.keyboard.press("/")
    page.get_by_label("Find a task run").fill("augment")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Chosen")).to_contain_text("augment-0")


def test_damaged_data_with_a_cycle_is_drawn_and_told(page: Page, site: Site) -> None:
    def damaged(route: Route) -> None:
        graph = route.fetch().json()
        route.fulfill(json={**graph, "edges": [*graph["edges"], [1, 0]]})

    page.route(re.compile(r"/graph$"), damaged)
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}/radar")
    expect(page.get_by_text("1 edge (dashed) closes a cycle")).to_be_visible()
    expect(page.locator("[title^='augment-0']")).to_be_visible()


def test_the_timeline_goes_to_each_failure_and_keeps_its_window_in_the_address(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('mapped')}/radar?view=timeline")
    page.get_by_role("button", name="Next failure").click()
    expect(page.get_by_role("link", name="square-77")).to_be_visible()
    page.wait_for_url(re.compile("time="))
    page.reload()
    expect(page.get_by_role("link", name="square-77")).to_be_visible()
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("time="))


NOTED = """
const draw = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...given) {
  const { plate } = this.canvas.dataset;
  if (plate) document.documentElement.dataset.drawn = [document.documentElement.dataset.drawn, plate].join(" ").trim();
  return draw.apply(this, given);
};
"""


def test_pointing_at_a_node_draws_what_it_traces_and_nothing_else_again(page: Page, site: Site) -> None:
    page.add_init_script(NOTED)
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}/radar")
    card, document = page.locator("[title^='augment-0']"), page.locator("html")
    card.wait_for()
    expect(document).to_have_attribute("data-drawn", re.compile("ground edges"))
    page.wait_for_timeout(300)  # for what moves to come to rest
    document.evaluate("(element) => delete element.dataset.drawn")
    card.hover()
    expect(document).to_have_attribute("data-drawn", "traced")
    expect(page.locator("[data-plate=edges]")).to_have_attribute("style", re.compile(r"opacity: 0\.12"))
