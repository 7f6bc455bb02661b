"""The page follows what happens, and says when it cannot."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from time import monotonic
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from .conftest import PATIENCE_MS, Site, Told, signed_in


@pytest.mark.timeout(600)
def test_a_restarted_server_is_said_and_what_happened_meanwhile_is_shown(
    browser: Browser, own_site: Site, told: Told
) -> None:
    own_site.ran("pipeline")
    context = signed_in(browser, own_site, told)
    page = context.new_page()
    page.goto("/")
    badge = page.get_by_role("navigation").get_by_role("status")
    expect(badge).to_have_text("Live")
    expect(page.get_by_role("list", name="Flow runs")).to_be_visible()
    port = urlsplit(own_site.url).port
    assert port is not None and own_site.process is not None
    own_site.process.send_signal(signal.SIGKILL)
    own_site.process.communicate()
    expect(badge).to_have_text("Delayed")
    expect(page.get_by_role("list", name="Flow runs")).to_be_visible()
    own_site.run("failing").wait(timeout=120)
    own_site.start(port)
    expect(badge).to_have_text("Live")
    expect(page.get_by_role("button", name="Failed or crashed runs")).to_contain_text("1")
    context.close()


def test_nothing_polls_while_the_stream_is_up(browser: Browser, own_site: Site, told: Told) -> None:
    """Not even where ages tick: an agent's heartbeat and a service's turn come by the stream."""
    run = own_site.ran("pipeline")
    own_site.armillary("work-queue", "create", "ml", "--tag", "ml")
    queue = next(each["id"] for each in own_site.ask("GET", "work_queues") if each["name"] == "ml")
    agent = own_site.begin("agent", "start", "ml")
    context = signed_in(browser, own_site, told)
    # A minute later the filters would look at another time, which is another question.
    context.clock.set_fixed_time(datetime.now(UTC))
    places = {
        "/": "Run history",
        f"/runs/flow-run/{run}": "Timeline",
        "/work-queues": "1 agent",
        f"/work-queues/{queue}?tab=agents": "Last heartbeat",
        "/settings": "scheduler",
        "/settings?tab=limits": "No concurrency limit",
    }
    asked: list[str] = []
    pages = []
    for place, words in places.items():
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(place)
        expect(page.get_by_text(words).first).to_be_visible()
        expect(page.get_by_role("navigation").get_by_role("status")).to_have_text("Live")
        pages.append(page)
    before_rest = -1
    until = monotonic() + PATIENCE_MS / 1000
    while len(asked) != before_rest:  # what they read to begin with has been read
        assert monotonic() < until, asked[before_rest:]
        before_rest = len(asked)
        page.wait_for_timeout(1_500)
    asked.clear()
    turns = pages[4].get_by_role("row").filter(has_text="notifier").get_by_role("cell").nth(2)
    before = turns.inner_text()
    expect(turns).not_to_have_text(before)
    assert [url for url in asked if "/api/" in url] == []
    agent.terminate()
    expect(pages[2].get_by_text("0 agents").first).to_be_visible(timeout=30_000)
    agent.wait(timeout=120)
    context.close()


def test_a_long_log_is_followed_searched_and_linked(browser: Browser, own_site: Site, told: Told) -> None:
    run = own_site.ran("many_lines")
    context = signed_in(browser, own_site, told)
    page = context.new_page()
    page.goto(f"/runs/flow-run/{run}")
    log = page.get_by_role("log")
    expect(log).to_contain_text("the needle")
    assert page.locator("[data-index]").count() < 200
    page.get_by_label("Search the log").fill("line 777 of")
    expect(log.locator("mark")).to_have_text("line 777 of")
    log.get_by_title("Link to this line").first.click()
    page.wait_for_url("**line=**")
    page.get_by_label("Search the log").fill("")
    expect(log).to_contain_text("line 778 of many")
    page.reload()
    expect(log).to_contain_text("line 777 of many")
    context.close()
