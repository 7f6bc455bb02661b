"""People are told of what runs do: by a real server, to real receivers."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

import pytest

from .conftest import ServedHome

FLOWS = """
import sys
from armillary import flow

@flow
def failing():
    raise ValueError("Your spaceship crashed!")

@flow
def fine():
    return 1

globals()[sys.argv[1] if len(sys.argv) > 1 else "failing"](return_state=True)
"""


class Receiver:
    """A webhook's other side. ``answers`` are the statuses it gives, the last one for ever."""

    def __init__(self) -> None:
        self.told: Queue[dict[str, Any]] = Queue()
        self.answers = [200]
        self.hold: Event | None = None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                receiver.told.put({"status": status, "host": self.headers["host"], **body})
                if receiver.hold is not None:
                    receiver.hold.wait(120)
                self.send_response(status)
                if status == 302:
                    self.send_header("location", "http://169.254.169.254/latest/meta-data")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server.server_address[1]}/hook/secret"

    def next(self, seconds: float = 120) -> dict[str, Any]:
        return self.told.get(timeout=seconds)

    def nothing_more(self) -> bool:
        try:
            self.told.get(timeout=3)
        except Empty:
            return True
        return False


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def notifying(served: ServedHome, monkeypatch: pytest.MonkeyPatch) -> ServedHome:
    """A server that may tell receivers on this machine."""
    served.home.mkdir(parents=True, exist_ok=True)
    served.armillary("config", "set", "ARMILLARY_OUTBOUND_PRIVATE=true")
    served.start()
    return served


def test_a_failure_is_told_once_with_the_facts_of_the_run(notifying: ServedHome, receiver: Receiver) -> None:
    made = notifying.json("notification", "create", "failures", "--target", receiver.url)
    assert made["target"] == "http://localhost/…"
    assert "secret" not in json.dumps(notifying.json("notification", "ls"))
    notifying.flow(FLOWS).wait()
    told = receiver.next()
    assert told["flow_name"] == "failing"
    assert told["state_type"] == "FAILED"
    assert told["flow_run_name"] in told["text"]
    assert "Your spaceship crashed!" in told["text"]
    assert told["flow_run_url"].startswith(notifying.url)
    assert told["host"] == receiver.url.split("/")[2]
    notifying.flow(FLOWS.replace('else "failing"', 'else "fine"')).wait()
    assert receiver.nothing_more()


def test_a_receiver_that_is_down_hears_of_it_later(notifying: ServedHome, receiver: Receiver) -> None:
    receiver.answers = [500, 200]
    notifying.armillary(
        "notification", "create", "failures", "--target", receiver.url, "--template", "{flow_run_name}!"
    )
    notifying.flow(FLOWS).wait()
    assert receiver.next()["status"] == 500
    again = receiver.next(30)
    assert (again["status"], again["text"]) == (200, again["flow_run_name"] + "!")
    assert receiver.nothing_more()


def test_what_happened_while_the_server_was_dead_is_told_and_nothing_twice(
    notifying: ServedHome, receiver: Receiver
) -> None:
    notifying.armillary("notification", "create", "failures", "--target", receiver.url)
    notifying.flow(FLOWS).wait()
    first = receiver.next()
    notifying.stop(signal.SIGKILL)
    notifying.flow(FLOWS).wait()
    notifying.start()
    second = receiver.next(40)
    if second["flow_run_id"] == first["flow_run_id"]:  # killed before it wrote that the first was told
        second = receiver.next(40)
    assert second["flow_run_id"] != first["flow_run_id"]
    assert receiver.nothing_more()


def test_a_receiver_that_answers_slowly_hears_each_once(notifying: ServedHome, receiver: Receiver) -> None:
    receiver.hold = Event()
    notifying.armillary("notification", "create", "failures", "--target", receiver.url)
    for run in [notifying.flow(FLOWS) for _ in range(6)]:
        run.wait()
    told = [receiver.next()["flow_run_id"] for _ in range(4)]
    assert receiver.nothing_more()
    receiver.hold.set()
    told += [receiver.next()["flow_run_id"] for _ in range(2)]
    assert len(set(told)) == 6
    assert receiver.nothing_more()


def test_a_resumed_policy_tells_nothing_of_before_even_after_a_restart(
    notifying: ServedHome, receiver: Receiver
) -> None:
    notifying.armillary("notification", "create", "failures", "--target", receiver.url)
    notifying.armillary("notification", "pause", "failures")
    notifying.flow(FLOWS).wait()
    notifying.armillary("notification", "resume", "failures")
    notifying.stop()
    notifying.start()
    assert receiver.nothing_more()
    notifying.flow(FLOWS).wait()
    receiver.next()


def test_a_paused_policy_is_silent_and_a_test_message_says_how_it_went(
    notifying: ServedHome, receiver: Receiver
) -> None:
    notifying.armillary("notification", "create", "failures", "--target", receiver.url, "--state", "Failed")
    notifying.armillary("notification", "test", "failures")
    assert receiver.next()["flow_run_name"] == "flashy-dove"
    receiver.answers = [403]
    said = notifying.armillary("notification", "test", "failures", code=2).stderr
    assert "answered 403" in said
    receiver.next()
    receiver.answers = [302]
    assert "inside this network" in notifying.armillary("notification", "test", "failures", code=2).stderr
    receiver.next()
    notifying.armillary("notification", "pause", "failures")
    notifying.flow(FLOWS).wait()
    assert receiver.nothing_more()
    notifying.armillary("notification", "delete", "failures", "--yes")
    assert notifying.json("notification", "ls") == []


INSIDE = [
    "127.0.0.1",
    "127.1",
    "127.0.0.1.",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "0177.0.0.1",
    "0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "169.254.169.254",
    "10.0.0.1",
    "192.168.0.1",
    "172.16.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "user@127.0.0.1",
    "example.org:x@127.0.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "\uff11\uff12\uff17.0.0.1",
    "127。0。0。1",
    "①②⑦.0.0.1",
]
NEVER = [
    "169.254.169.254",
    "169.254.170.2",
    "2852039166",
    "0xa9fea9fe",
    "[::ffff:169.254.169.254]",
    "[::169.254.169.254]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    "100.100.100.200",
    "168.63.129.16",
    "[fe80::1]",
    "0.0.0.0",
    "[::]",
    "224.0.0.1",
]
NOWHERE = ["[::1", "", "a\\@127.0.0.1", "[127.0.0.1]", "127.0.0.1:99999999"]


def refused(served: ServedHome, target: str) -> str:
    answer = served.ask("POST", "/notification_policies", {"name": "x", "states": ["FAILED"], "target": target})
    assert answer.status_code == 422, f"{target}: {answer.status_code} {answer.text}"
    return str(answer.json()["detail"])


def test_addresses_inside_are_refused_in_every_spelling_unless_allowed(served: ServedHome, receiver: Receiver) -> None:
    served.start()
    for target in (receiver.url, *(f"{scheme}://{host}/latest" for host in INSIDE for scheme in ("http", "https"))):
        assert "inside this network" in refused(served, target), target
    for host in NOWHERE:
        refused(served, f"http://{host}/")


def test_where_clouds_keep_credentials_is_never_asked(notifying: ServedHome) -> None:
    for host in NEVER:
        assert "never" in refused(notifying, f"http://{host}/latest"), host


def test_apprise_is_refused_what_a_webhook_is(served: ServedHome) -> None:
    served.start()
    for target in (
        "json://127.0.0.1:9/x",
        "form://[::1]:9/",
        "xml://169.254.169.254/latest",
        "jsons://user:password@2130706433/",
        "gotify://localhost/token",
        "mailto://user:password@example.org?smtp=127.0.0.1",
        "rsyslog://10.0.0.1",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ, json://127.0.0.1/x",
    ):
        assert "inside this network" in refused(served, target), target


def test_apprise_is_stopped_where_it_connects(notifying: ServedHome, receiver: Receiver) -> None:
    target = receiver.url.replace("http://", "json://")
    notifying.armillary("notification", "create", "failures", "--target", target)
    notifying.armillary("notification", "test", "failures")
    assert receiver.next()["status"] == 200
    receiver.answers = [302]
    said = notifying.armillary("notification", "test", "failures", code=2).stderr
    assert "'169.254.169.254' is an address inside this network" in said


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"states": ["BROKEN"]}, "BROKEN"),
        ({"states": []}, "states"),
        ({"target": "nowhere"}, "not a valid address"),
        ({"target": "gopher://example.org"}, "gopher"),
        ({"template": "{flow_run_nmae}"}, "flow_run_nmae"),
        ({"template": "{flow_name.__class__}"}, "flow_name.__class__"),
        ({"template": "{"}, "cannot be read"),
    ],
)
def test_what_could_never_be_delivered_is_refused_at_once(server: ServedHome, wrong: dict[str, Any], told: str) -> None:
    body = {"name": "x", "states": ["FAILED"], "target": "https://hooks.example.org/", **wrong}
    answer = server.ask("POST", "/notification_policies", body)
    assert answer.status_code == 422
    assert told in answer.text


def test_a_mail_is_sent_by_apprise(notifying: ServedHome) -> None:
    mails: Queue[str] = Queue()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=_take_mail, args=(listening, mails.put), daemon=True).start()
        port = listening.getsockname()[1]
        target = f"mailto://localhost:{port}?from=armillary@localhost.local&to=me@localhost.local&mode=insecure&smtp=127.0.0.1"
        notifying.armillary("notification", "create", "mail", "--target", target)
        notifying.flow(FLOWS).wait()
        mail = mails.get(timeout=120)
    assert "Subject:" in mail
    assert "failing/" in mail


def _take_mail(listening: socket.socket, take: Callable[[str], None]) -> None:
    """As much SMTP as one mail needs."""
    connection, _ = listening.accept()
    with suppress(ConnectionError), connection, connection.makefile("rwb") as stream:

        def say(text: str) -> None:
            stream.write(text.encode() + b"\r\n")
            stream.flush()

        say("220 ready")
        while line := stream.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb in (b"EHLO", b"HELO"):
                say("250 here")
            elif verb == b"DATA":
                say("354 go on")
                lines = []
                while (part := stream.readline()) not in (b".\r\n", b""):
                    lines.append(part.decode())
                say("250 taken")
                take("".join(lines))
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")
