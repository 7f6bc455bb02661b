"""What the settings change: storages, notifications, variables and limits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import SimpleQueue
from threading import Thread
from typing import Any

import httpx
from playwright.sync_api import Browser, expect

from .conftest import Site, Told, signed_in, watched


@contextmanager
def receiver() -> Iterator[tuple[str, SimpleQueue[Any]]]:
    """The address of a webhook of this machine, and what it is told."""
    heard: SimpleQueue[Any] = SimpleQueue()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    server.server_close()


def test_a_storage_is_made_made_the_default_and_deleted(browser: Browser, files_site: Site, told: Told) -> None:
    context = signed_in(browser, files_site, told)
    page = watched(context.new_page(), told)
    page.goto("/settings?tab=storage")
    page.get_by_role("button", name="New storage").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Kind").select_option("s3")
    form.get_by_role("textbox", name="Name", exact=True).fill("models")
    form.get_by_label("bucket").fill("nyc-taxi")
    form.get_by_label("aws_secret_access_key").fill("spaceship")
    form.get_by_label("Use as the default").check()
    form.get_by_role("button", name="Create").click()
    row = page.get_by_role("row").filter(has_text="models")
    expect(row).to_contain_text("nyc-taxi")
    expect(row).to_contain_text("default")
    assert "spaceship" not in page.content()
    assert files_site.ask("GET", "block_documents/default")["secret_names"] == ["aws_secret_access_key"]
    page.get_by_role("button", name="New storage").click()
    form.get_by_role("textbox", name="Name", exact=True).fill("models")
    form.get_by_role("button", name="Create").click()
    expect(form.get_by_role("alert")).to_contain_text("models")
    page.keyboard.press("Escape")
    row.get_by_role("button", name="Delete models").click()
    page.get_by_role("button", name="Delete the storage").click()
    expect(page.get_by_text("No storage yet")).to_be_visible()
    context.close()
    assert not told.errors


def test_a_storage_that_holds_code_is_deleted_only_when_asked_twice(
    browser: Browser, files_site: Site, told: Told
) -> None:
    options = {"storage_path": str(files_site.folder / "kept")}
    block = files_site.ask("POST", "block_documents", {"name": "kept", "type": "local", "options": options})
    files_site.ask("PUT", "block_documents/default", {"id": block["id"]})
    files_site.armillary("deployment", "create", "flows.py")
    context = signed_in(browser, files_site, told)
    page = watched(context.new_page(), told)
    page.goto("/settings?tab=storage")
    page.get_by_role("button", name="Delete kept").click()
    page.get_by_role("button", name="Delete the storage").click()
    expect(page.get_by_role("dialog")).to_contain_text("would not find their code")
    page.get_by_role("button", name="Delete anyway").click()
    expect(page.get_by_text("No storage yet")).to_be_visible()
    context.close()


def test_a_notification_is_made_tested_and_paused(browser: Browser, files_site: Site, told: Told) -> None:
    with receiver() as (hook, heard):
        _notification(browser, files_site, told, hook, heard)


def _notification(browser: Browser, site: Site, told: Told, hook: str, heard: SimpleQueue[Any]) -> None:
    context = signed_in(browser, site, told)
    page = watched(context.new_page(), told)
    page.goto("/settings?tab=notifications&new=1")
    form = page.get_by_role("dialog")
    form.get_by_role("textbox", name="Name", exact=True).fill("on-call")
    form.get_by_role("button", name="Crashed").click()
    form.get_by_role("button", name="Late").click()
    form.get_by_label("Target").fill(f"{hook}/secret")
    form.get_by_label("Message").fill("{flow_nam} failed")
    form.get_by_role("button", name="Create").click()
    expect(form.get_by_role("alert")).to_contain_text("flow_name")
    form.get_by_label("Message").fill("{flow_name} failed")
    form.get_by_role("button", name="Create").click()
    row = page.get_by_role("row").filter(has_text="on-call")
    expect(row).to_contain_text("FailedLate")
    expect(row).not_to_contain_text("secret")
    row.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("Sent a test message to")).to_be_visible()
    assert heard.get(timeout=120)["text"] == "test failed"
    row.get_by_role("switch").click()
    expect(row.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    assert site.ask("GET", "notification_policies")[0]["active"] is False
    context.close()


def test_a_variable_is_edited_whole_and_unset_after_it_was_asked_for(
    browser: Browser, files_site: Site, told: Told
) -> None:
    files_site.ask("PUT", "variables/rate", {"value": {"usd": 1.1}, "tags": ["finance"]})
    context = signed_in(browser, files_site, told)
    page = watched(context.new_page(), told)
    page.goto("/settings?tab=variables")
    page.get_by_role("button", name="Edit").click()
    value = page.get_by_label("Value (JSON or text)")
    expect(value).to_have_value('{\n  "usd": 1.1\n}')
    value.fill('{"usd": 1.2}')
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("Set variable rate.")).to_be_visible()
    changed = files_site.ask("GET", "variables/rate")
    assert (changed["value"], changed["tags"]) == ({"usd": 1.2}, ["finance"])
    page.get_by_role("button", name="Unset rate").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Unset rate").click()
    page.get_by_role("button", name="Unset the variable").click()
    expect(page.get_by_text("No variable yet")).to_be_visible()
    context.close()
    assert not told.errors


def test_a_limit_is_deleted_only_after_it_was_asked_for(browser: Browser, files_site: Site, told: Told) -> None:
    context = signed_in(browser, files_site, told)
    page = watched(context.new_page(), told)
    page.goto("/settings?tab=limits")
    page.get_by_label("Tag").fill("database")
    page.get_by_role("button", name="Set limit").click()
    page.get_by_role("button", name="Delete the limit of database").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("0 of 1 slots taken")).to_be_visible()
    page.get_by_role("button", name="Delete the limit of database").click()
    page.get_by_role("button", name="Delete the limit", exact=True).click()
    expect(page.get_by_text("No concurrency limit")).to_be_visible()
    context.close()
    assert not told.errors


def test_a_token_says_who_made_it_and_is_revoked_with_what_was_made_with_it(
    browser: Browser, own_site: Site, told: Told
) -> None:
    maker = own_site.ask("POST", "tokens", {"name": "ci", "scope": "admin"})["token"]
    httpx.post(
        f"{own_site.url}/api/tokens",
        json={"name": "left-behind", "scope": "agent"},
        headers={"Authorization": f"Bearer {maker}"},
    ).raise_for_status()
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.goto("/settings?tab=tokens")
    made = page.get_by_role("row").filter(has_text="left-behind")
    expect(made.get_by_role("cell").nth(2)).to_have_text("ci")
    first = page.get_by_role("row").filter(has_text=re.compile("^ci"))
    expect(first).to_contain_text("own token")
    first.get_by_role("button", name="Revoke").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Also revokes the tokens created with it: left-behind")
    dialog.get_by_role("button", name="Revoke token").click()
    expect(made.get_by_role("button")).to_have_count(0)
    expect(first.get_by_role("button")).to_have_count(0)
    assert all(each["revoked"] for each in own_site.ask("GET", "tokens") if each["name"] in ("ci", "left-behind"))
    context.close()
    assert not told.errors
