"""Names, logs, parameters and artifacts of users are shown as text, whatever they say."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from .conftest import Site, Told, signed_in, watched
from .payloads import PAYLOADS

WATCH = """
window.__executed = [];
for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => window.__executed.push(name);
document.addEventListener('securitypolicyviolation', (event) => window.__executed.push('csp ' + event.violatedDirective));
"""


@pytest.mark.timeout(240)
def test_no_payload_runs_anywhere_it_is_shown(browser: Browser, own_site: Site, told: Told) -> None:
    own_site.run("hostile").wait(timeout=60)
    [run] = own_site.ask("POST", "flow_runs/filter", {})["items"]
    task = own_site.ask("POST", "task_runs/filter", {})["items"][0]["id"]
    for at, payload in enumerate(PAYLOADS):
        own_site.ask(
            "PUT",
            f"variables/payload_{at}",
            {"value": payload, "tags": [payload[:100]] if payload.isprintable() else []},
        )
    own_site.ask("PUT", "saved_searches", {"name": PAYLOADS[0], "definition": {"filter": PAYLOADS[1]}})
    own_site.ask(
        "POST", "work_queues", {"name": "queue", "description": PAYLOADS[2], "filter": {"tags": [PAYLOADS[3][:90]]}}
    )
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.add_init_script(WATCH)
    places = [
        "/",
        "/?tab=flows",
        "/?tab=task-runs",
        "/runs",
        "/flows",
        f"/flows/{run['flow_id']}",
        *(
            f"/runs/flow-run/{run['id']}?tab={tab}"
            for tab in ("logs", "task-runs", "parameters", "artifacts", "details")
        ),
        f"/runs/flow-run/{run['id']}/radar",
        f"/runs/flow-run/{run['id']}/radar?view=timeline",
        f"/runs/task-run/{task}",
        "/artifacts",
        "/settings?tab=variables",
        "/work-queues",
    ]
    for place in places:
        page.goto(place)
        page.wait_for_selector("h1, [role=alert]")
        page.wait_for_timeout(250)
        assert page.evaluate("window.__executed") == [], place
        assert page.title() == "Armillary"
    context.close()
    assert not told.errors
    assert not told.foreign


def test_every_payload_in_the_address_is_only_text(browser: Browser, own_site: Site, told: Told) -> None:
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.add_init_script(WATCH)
    page.goto("/runs")
    field = page.get_by_label("Filter runs")
    for payload in PAYLOADS:
        field.fill(payload.replace("\n", " "))
        field.press("Enter")
    page.wait_for_timeout(300)
    assert page.evaluate("window.__executed") == []
    page.reload()
    expect(page.get_by_label("Filter runs")).to_be_visible()
    assert page.evaluate("window.__executed") == []
    context.close()
