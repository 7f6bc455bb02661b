"""Radar, Layered and Timeline of one run."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .conftest import Site


def test_a_map_is_one_node_that_opens_to_its_members(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('mapped')}/radar")
    tree = page.get_by_role("tree", name="Task runs by ring")
    node = tree.get_by_role("treeitem").filter(has_text="square").last
    expect(node).to_contain_text("120 task runs")
    page.keyboard.press("f")
    panel = page.get_by_label("Chosen")
    expect(panel).to_contain_text("120 task runs")
    expect(panel.get_by_role("link").first).to_have_text("square-77")
    expect(panel.get_by_role("img", name="120 task runs by state")).to_be_visible()


def test_the_tree_walks_the_rings_by_keyboard(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('failing')}/radar")
    tree = page.get_by_role("tree", name="Task runs by ring")
    tree.locator("[data-node][tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("node="))
    expect(page.get_by_label("Chosen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Chosen")).not_to_be_visible()


def test_a_subflow_opens_its_own_radar_and_leads_back(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('parent')}/radar")
    page.locator("button", has_text="4 task runs").click()
    crumbs = page.get_by_role("navigation", name="Breadcrumb")
    expect(crumbs).to_contain_text("child")
    expect(page.get_by_role("tree").get_by_role("treeitem").filter(has_text="load-3").last).to_be_attached()
    crumbs.get_by_role("link").first.click()
    expect(crumbs).to_contain_text("parent")


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
