"""Radar, Layered and Timeline of one run."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from .conftest import Site, Told, drawn, signed_in, watched


def test_a_map_is_one_node_that_opens_to_its_members(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('mapped')}/radar")
    tree = page.get_by_role("tree", name="Task runs by ring")
    node = tree.get_by_role("treeitem").filter(has_text="square").last
    expect(node).to_contain_text("120 task runs")
    page.keyboard.press("f")
    panel = page.get_by_label("Selection", exact=True)
    expect(panel).to_contain_text("120 task runs")
    table = panel.get_by_role("table", name="Task runs of the group, failures first")
    expect(table.get_by_role("link").first).to_have_text("square-77")
    grid = panel.get_by_role("img", name="120 task runs, one square each, failures first")
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
    expect(page.get_by_label("Selection", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Selection", exact=True)).not_to_be_visible()


def test_a_path_is_shown_by_keyboard(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}/radar")
    tree = page.get_by_role("tree", name="Task runs by ring")
    tree.locator("[data-node]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Selection", exact=True)).to_contain_text("augment-0")
    page.keyboard.press("Control+ArrowLeft")
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_label("Selection", exact=True)).to_contain_text("Path of 2")


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
    expect(page.get_by_label("Selection", exact=True)).to_contain_text("2 selected")
    page.locator("[title^='augment-0']").click(modifiers=["Control"])
    page.locator("[title^='augment-0']").click(modifiers=["Shift"])
    expect(page.get_by_label("Selection", exact=True)).to_contain_text("Path of 2")


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
    expect(page.get_by_label("Selection", exact=True)).to_contain_text("call_unreliable_api-0")
    page.get_by_role("button", name="Layered").click()
    expect(page.get_by_label("Selection", exact=True)).to_contain_text("call_unreliable_api-0")
    page.get_by_role("button", name="Timeline").click()
    expect(page.get_by_label("Selection", exact=True)).to_contain_text("call_unreliable_api-0")
    expect(page.get_by_role("link", name="call_unreliable_api-0")).to_be_visible()


COMPLETED, FAILED, OUTLINE = [31, 157, 107], [214, 64, 43], [27, 28, 36]
"""As the light theme draws them where nothing is pale."""

PIXELS = """(canvas, colour) => {
    const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = [];
    for (let at = 0; at < data.length; at += 4)
        if (data[at + 3] === 255 && colour.every((part, each) => Math.abs(data[at + each] - part) < 40))
            found.push([(at / 4) % width, Math.floor(at / 4 / width)]);
    return found;
}"""


def pixels(page: Page, colour: list[int]) -> list[tuple[int, int]]:
    """Where the timeline has a colour, or nearly."""
    drawn(page)
    found: list[tuple[int, int]] = page.locator("main canvas").first.evaluate(PIXELS, colour)
    return found


def test_a_chosen_group_is_all_its_task_runs_in_the_timeline_and_one_of_them_is_its_node(
    page: Page, site: Site
) -> None:
    page.goto(f"/runs/flow-run/{site.newest('mapped')}/radar?view=timeline")
    view = page.get_by_role("group", name="View")
    page.get_by_role("button", name="Whole run").wait_for()
    outlined, failed = len(pixels(page, OUTLINE)), pixels(page, FAILED)
    assert pixels(page, COMPLETED)
    view.get_by_role("button", name="Radar").click()
    page.locator("[title^='square']").click()
    node = page.get_by_role("treeitem", selected=True)
    expect(node).to_contain_text("square")
    view.get_by_role("button", name="Timeline").click()
    told = page.get_by_role("region", name="Summary").get_by_role("status")
    expect(told).to_have_text("120 task runs selected")
    all_outlined = len(pixels(page, OUTLINE))
    assert all_outlined > outlined + 500

    page.keyboard.press("Escape")
    expect(told).to_have_count(0)
    x, y = (sorted(places)[len(failed) // 2] for places in zip(*failed, strict=True))  # its middle
    page.locator("main canvas").first.click(position={"x": x, "y": y})
    one = page.get_by_role("region", name="Selected task run")
    expect(one.get_by_role("link", name="square-77")).to_be_visible()
    assert pixels(page, FAILED)
    assert outlined < len(pixels(page, OUTLINE)) < all_outlined
    assert not pixels(page, COMPLETED)  # what is beside it is pale
    view.get_by_role("button", name="Radar").click()
    for _ in ("chosen", "reloaded"):
        expect(node).to_contain_text("square")
        expect(one).to_contain_text("square-77")
        expect(one).to_contain_text("Failed")
        expect(page.get_by_role("row").and_(page.locator("[aria-current=true]"))).to_contain_text("square-77")
        expect(page.get_by_text("1 of 120: Failed")).to_be_visible()
        page.reload()


def test_a_square_or_a_row_of_a_group_is_chosen_in_the_timeline_too(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('mapped')}/radar")
    page.locator("[title^='square']").click()
    panel = page.get_by_label("Selection", exact=True)
    one = page.get_by_role("region", name="Selected task run")
    panel.get_by_role("img", name="120 task runs, one square each, failures first").click(position={"x": 33, "y": 5})
    expect(one.get_by_role("link")).to_have_text("square-1")
    panel.get_by_role("button", name="Select square-2", exact=True).click()
    expect(one.get_by_role("link")).to_have_text("square-2")
    page.get_by_role("button", name="Timeline").click()
    expect(one.get_by_role("link")).to_have_text("square-2")
    facts = page.get_by_role("region", name="Summary")
    expect(facts).to_contain_text("square-2")
    page.get_by_role("button", name="Select the whole group").click()
    expect(facts.get_by_role("status")).to_have_text("120 task runs selected")


def test_a_link_to_a_task_run_leads_to_the_node_that_it_is_in(page: Page, site: Site) -> None:
    run = site.newest("mapped")
    group = next(node["id"] for node in site.ask("GET", f"flow_runs/{run}/graph")["nodes"] if node["kind"] == "map")
    member = site.ask("GET", f"flow_runs/{run}/graph/groups/{group}?place=0")["nodes"][0]["id"]
    page.goto(f"/runs/flow-run/{run}/radar?node={member}")
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("square")
    expect(page.get_by_role("region", name="Selected task run")).to_contain_text("square-77")


def test_what_ran_in_a_subflow_is_told_by_its_node_until_the_subflow_is_opened(page: Page, site: Site) -> None:
    run = site.newest("parent")
    node = next(node for node in site.ask("GET", f"flow_runs/{run}/graph")["nodes"] if node.get("subflow"))
    inside = site.ask("GET", f"flow_runs/{node['subflow']['flow_run_id']}/graph")["nodes"][2]
    page.goto(f"/runs/flow-run/{run}/radar?node={node['id']}~{inside['id']}")
    one = page.get_by_role("region", name="Selected task run")
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("child")
    expect(one).to_contain_text("load-2")
    page.get_by_role("button", name="Timeline").click()
    expect(page.get_by_role("region", name="Summary")).to_contain_text("load-2")
    page.get_by_role("button", name="Radar", exact=True).click()
    page.get_by_label("Selection", exact=True).get_by_role("button", name="Open here").click()
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("load-2")
    expect(one).to_have_count(0)


def test_one_of_a_group_in_a_subflow_is_told_by_the_group_once_the_subflow_is_opened(
    browser: Browser, own_site: Site, told: Told
) -> None:
    run = own_site.ran("nested_map")
    subflow = own_site.ask("GET", f"flow_runs/{run}/graph")["nodes"][0]
    inside = subflow["subflow"]["flow_run_id"]
    group = own_site.ask("GET", f"flow_runs/{inside}/graph")["nodes"][0]["id"]
    member = own_site.ask("GET", f"flow_runs/{inside}/graph/groups/{group}?place=3")["nodes"][0]["id"]
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto(f"/runs/flow-run/{run}/radar?node={subflow['id']}~{group}~{member}")
    one = page.get_by_role("region", name="Selected task run")
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("squares-0")
    expect(one).to_contain_text("square-3")
    page.get_by_label("Selection", exact=True).get_by_role("button", name="Open here").click()
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("10 task runs")
    expect(one).to_contain_text("square-3")
    expect(page.get_by_text("4 of 10: Completed")).to_be_visible()
    page.get_by_role("button", name="Timeline").click()
    expect(page.get_by_role("region", name="Summary")).to_contain_text("square-3")
    page.get_by_role("button", name="Select the whole group").click()
    expect(page.get_by_role("region", name="Summary")).to_contain_text("10 task runs selected")
    context.close()
    assert not told.errors


def test_a_node_is_found_by_its_name(page: Page, site: Site) -> None:
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}/radar")
    page.get_by_role("tree").wait_for(state="attached")
    page.keyboard.press("/")
    page.get_by_label("Find a task run").fill("augment")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Selection", exact=True)).to_contain_text("augment-0")


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
    page.get_by_role("button", name="Whole run").wait_for()  # until it is drawn a failure is only known by its node
    page.get_by_role("button", name="Next failure").click()
    chosen = page.get_by_role("region", name="Selected task run")
    expect(chosen.get_by_role("link", name="square-77")).to_be_visible()
    page.wait_for_url(re.compile("time="))
    page.reload()
    expect(chosen.get_by_role("link", name="square-77")).to_be_visible()
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("time="))


UNCHANGED = """
(element, attribute) => new Promise((rest) => {
  let [seen, frames] = [element.getAttribute(attribute), 0];
  const look = () => {
    const now = element.getAttribute(attribute);
    frames = now === seen ? frames + 1 : 0;
    seen = now;
    if (frames > 12) rest();
    else requestAnimationFrame(look);
  };
  look();
})
"""


def at_rest(element: Locator, attribute: str) -> None:
    """Waits until an attribute has been the same for some frames: what moves gets another one with each."""
    element.evaluate(UNCHANGED, attribute)


NOTED = """
const draw = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...given) {
  const { layer } = this.canvas.dataset;
  if (layer) document.documentElement.dataset.drawn = [document.documentElement.dataset.drawn, layer].join(" ").trim();
  return draw.apply(this, given);
};
"""


def test_pointing_at_a_node_draws_what_it_traces_and_nothing_else_again(page: Page, site: Site) -> None:
    page.add_init_script(NOTED)
    page.goto(f"/runs/flow-run/{site.newest('pipeline')}/radar")
    card, document = page.locator("[title^='augment-0']"), page.locator("html")
    card.wait_for()
    expect(document).to_have_attribute("data-drawn", re.compile("ground edges"))
    at_rest(document, "data-drawn")
    document.evaluate("(element) => delete element.dataset.drawn")
    card.hover()
    expect(document).to_have_attribute("data-drawn", "traced")
    expect(page.locator("[data-layer=edges]")).to_have_attribute("style", re.compile(r"opacity: 0\.12"))


PLACES = """
(card) => new MutationObserver(() => {
  const seen = new Set(JSON.parse(card.dataset.places ?? "[]")).add(card.style.transform);
  card.dataset.places = JSON.stringify([...seen]);
}).observe(card, { attributeFilter: ["style"] })
"""


APPEARED = """() => Promise.all(document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
  .map(({ finished }) => finished.catch(() => undefined)))"""


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nodes_glide_and_marks_turn_only_where_motion_is_welcome(
    browser: Browser, site: Site, told: Told, motion: str
) -> None:
    context = signed_in(browser, site, told, motion=motion)
    page = watched(context.new_page(), told)
    graphs: list[Route] = []
    page.route(re.compile(r"/graph$"), lambda route: graphs.append(route))
    page.goto(f"/runs/flow-run/{site.newest('parent')}/radar")
    expect(page.get_by_role("navigation", name="Breadcrumb")).to_contain_text("parent")
    expect(page.get_by_role("status", name="Loading")).to_have_count(1)
    page.evaluate(APPEARED)
    turning = page.evaluate(
        "document.getAnimations().filter(({ playState }) => playState === 'running').map((each) => each.animationName)"
    )
    assert turning == ([] if motion == "reduce" else ["turn"])
    graphs[0].continue_()
    page.unroute_all()
    card = page.locator("[title^='load-0']")
    card.wait_for()
    at_rest(card, "style")
    card.evaluate(PLACES)
    page.locator("button", has_text="Open here").click()
    expect(page.get_by_role("tree").locator("[data-node]")).to_have_count(6)
    moved = page.locator("[data-places]")
    at_rest(moved, "style")
    places = moved.evaluate("(card) => JSON.parse(card.dataset.places)")
    assert len(places) == 1 if motion == "reduce" else len(places) > 1
    page.locator("[title^='child-0']").click(position={"x": 120, "y": 10})
    expect(page.get_by_label("Selection", exact=True)).to_contain_text("child-0")
    context.close()
    assert not told.errors


def test_breadcrumbs_lead_to_every_run_above(browser: Browser, own_site: Site, told: Told) -> None:
    own_site.ran("nested")
    everyone = {"flows": {"name": {"any_": ["nested"]}}, "sort": "ID_DESC", "limit": 20}
    innermost, *above = own_site.ask("POST", "flow_runs/filter", everyone)["items"]
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto(f"/runs/flow-run/{innermost['id']}/radar")
    crumbs = page.get_by_role("navigation", name="Breadcrumb")
    shown = [above[-1], above[1], above[0], innermost]
    expect(crumbs.get_by_role("link")).to_have_text([run["name"] for run in shown])
    crumbs.get_by_role("button", name="5 more runs").click()
    between = page.get_by_role("menuitem")
    expect(between).to_have_text([f"nested / {run['name']}" for run in reversed(above[2:-1])])
    between.last.click()
    expect(crumbs.get_by_role("link")).to_have_text([run["name"] for run in reversed(above[2:])])
    expect(crumbs.get_by_role("button")).to_have_count(0)
    context.close()
    assert not told.errors


def test_the_time_of_what_runs_ticks_and_stands_still_once_it_has_ended(
    browser: Browser, own_site: Site, told: Told
) -> None:
    running = own_site.run("holding")
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto("/runs")
    page.get_by_role("list", name="Flow runs").get_by_role("article").filter(has_text="holding").wait_for()
    page.goto(f"/runs/flow-run/{own_site.newest('holding')}/radar")
    card = page.locator("[title='hold-0: Running']")
    for _ in range(3):
        before = card.inner_text()
        expect(card).not_to_have_text(before, use_inner_text=True)
    (own_site.folder / "go").touch()
    card = page.locator("[title='hold-0: Completed']")
    ended = card.inner_text()
    page.wait_for_timeout(1_500)
    assert card.inner_text() == ended
    running.wait(timeout=120)
    context.close()
    assert not told.errors
