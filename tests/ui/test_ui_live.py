"""The page follows what happens, and says when it cannot."""

from __future__ import annotations

import signal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from .conftest import Site, Told, signed_in


@pytest.mark.timeout(180)
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
    own_site.run("failing").wait(timeout=60)
    own_site.start(port)
    expect(badge).to_have_text("Live", timeout=20_000)
    expect(page.get_by_role("button", name="Failed runs")).to_contain_text("1")
    context.close()


def test_nothing_polls_while_the_stream_is_up(browser: Browser, own_site: Site, told: Told) -> None:
    own_site.ran("pipeline")
    context = signed_in(browser, own_site, told)
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("navigation").get_by_role("status")).to_have_text("Live")
    page.wait_for_timeout(1500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(3000)
    assert not [url for url in asked if "/filter" in url or "/count" in url]
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
