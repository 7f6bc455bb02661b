"""Names, logs, parameters and artifacts of users are shown as text, whatever they say."""

from __future__ import annotations

import json
import subprocess
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from .conftest import ASKED, Site, Told, drawn, signed_in, still, watched
from .payloads import PAYLOADS

WATCH = """
window.__executed = [];
for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => window.__executed.push(name);
document.addEventListener('securitypolicyviolation', (event) => window.__executed.push('csp ' + event.violatedDirective));
"""


@pytest.mark.timeout(800)
def test_no_payload_runs_anywhere_it_is_shown(browser: Browser, own_site: Site, told: Told) -> None:
    places = _sown(own_site)
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.add_init_script(WATCH)
    page.add_init_script(ASKED)
    for place in places:
        page.goto(place, wait_until="domcontentloaded")
        still(page)
        page.mouse.move(700, 700)
        for _ in range(4):  # lists show only what is in sight
            page.mouse.wheel(0, 2_500)
            drawn(page)
        still(page)
        assert page.evaluate("window.__executed") == [], place
        assert page.title() == "Armillary"
    context.close()
    assert not told.errors
    assert not told.foreign


def _sown(site: Site) -> list[str]:
    """Puts every payload wherever a user may write, and says where it is shown."""
    (site.folder / "payloads.json").write_text(json.dumps(PAYLOADS))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for flow in ("hostile", "every_payload"):
        site.run(flow, **quiet).wait(timeout=120)
    site.armillary("deployment", "create", "flows.py")
    [deployment] = site.ask("GET", "deployments")["items"]
    first, second, third, fourth = PAYLOADS[:4]
    site.ask("PATCH", f"deployments/{deployment['id']}", {"description": first, "tags": [second[:90]]})
    for at, payload in enumerate(PAYLOADS):
        shown = payload if payload.isprintable() else repr(payload)
        site.ask("PUT", f"variables/payload_{at}", {"value": payload, "tags": [shown[:90]]})
        storage = {"name": f"{at} {shown}"[:190], "type": "s3", "options": {"bucket": payload}}
        site.ask("POST", "block_documents", storage)
        told = {
            "name": f"{at} {shown}"[:190],
            "states": ["FAILED"],
            "tags": [shown[:90]],
            "target": "https://example.org",
        }
        site.ask("POST", "notification_policies", told)
        site.ask("POST", "concurrency_limits", {"tag": f"{at} {shown}"[:190], "slots": 1})
    site.ask("PUT", "saved_searches", {"name": first, "definition": {"filter": second}})
    wanted = {"name": "queue", "description": third, "filter": {"tags": [fourth[:90]]}}
    queue = site.ask("POST", "work_queues", wanted)
    whole, failed = site.newest("every_payload"), _one_of_many(site)
    task = site.ask("POST", "task_runs/filter", {"task_runs": {"flow_run_id": {"any_": [failed["id"]]}}})["items"][0]
    tabs = ("logs", "task-runs", "subflow-runs", "parameters", "artifacts", "details")
    return [
        *("/", "/?tab=flows", "/?tab=task-runs", "/?tab=deployments", "/runs", "/runs?tab=task-runs", "/flows"),
        *("/artifacts", "/work-queues", f"/work-queues/{queue['id']}", "/deployments", f"/flows/{failed['flow_id']}"),
        *(f"/runs/flow-run/{whole}?tab={tab}" for tab in tabs),
        *(f"/runs/flow-run/{failed['id']}?tab={tab}" for tab in ("logs", "parameters", "details")),
        *(f"/runs/flow-run/{whole}/radar{view}" for view in ("", "?view=timeline")),
        *(f"/runs/task-run/{task['id']}{tab}" for tab in ("", "?tab=details")),
        *(f"/deployments/{deployment['id']}?tab={tab}" for tab in ("overview", "parameters")),
        *(f"/settings?tab={tab}" for tab in ("storage", "notifications", "variables", "limits")),
    ]


def _one_of_many(site: Site) -> Any:
    wanted = {"flow_runs": {"state": {"type": {"any_": ["FAILED"]}}}, "limit": 1}
    return site.ask("POST", "flow_runs/filter", wanted)["items"][0]


def test_every_payload_in_the_address_is_only_text(browser: Browser, own_site: Site, told: Told) -> None:
    context = signed_in(browser, own_site, told)
    page = watched(context.new_page(), told)
    page.add_init_script(WATCH)
    page.add_init_script(ASKED)
    words = " ".join(json.dumps(payload.replace("\n", " ").replace("\t", " ")) for payload in PAYLOADS)
    page.goto(f"/runs?q={quote(words)}")
    expect(page.get_by_role("button", name="Remove")).to_have_count(len(PAYLOADS))
    field = page.get_by_label("Filter runs")
    for payload in PAYLOADS[:20]:
        field.fill(payload.replace("\n", " "))
        field.press("Enter")
    still(page)
    assert page.evaluate("window.__executed") == []
    page.reload()
    expect(field).to_be_visible()
    assert page.evaluate("window.__executed") == []
    context.close()
