"""What a carrier sends, as a server that only counts receives it: every frame of every journal before its files are deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from msgspec import DecodeError, msgpack
from msgspec.structs import replace

from armillary.client.shipping import Carrier
from armillary.clock import new_id
from armillary.journal.format.events import LOG_LANE, STATE_LANE, Closed, Header, Log, StateChanged, StateLaneEvent
from armillary.journal.format.frames import pack, unpack
from armillary.journal.format.shipment import LaneAnswer, Shipment, ShipmentAnswer
from armillary.journal.writing.writer import JournalWriter

_decode_state = msgpack.Decoder(StateLaneEvent).decode


class Counting:
    """A server that remembers frames by journal and lane. ``before_answer`` is called once, before the first answer."""

    def __init__(self, before_answer: Callable[[], object] = lambda: None) -> None:
        self.received: dict[tuple[str, str], list[bytes]] = {}
        self.over: list[str] = []
        self.requests = 0
        counting = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                counting.requests += 1
                if counting.requests == 1:
                    before_answer()
                said = msgpack.encode(counting.take(msgpack.decode(body, type=Shipment)))
                self.send_response(200)
                self.send_header("Content-Type", "application/msgpack")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  as it is called
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def take(self, shipment: Shipment) -> ShipmentAnswer:
        lanes = []
        for part in shipment.lanes:
            known = self.received.setdefault((shipment.journal_id, part.lane), [])
            known += part.frames[max(0, len(known) - part.first_ordinal) :]
            lanes.append(LaneAnswer(part.lane, len(known), _is_closed(part.frames[-1])))
        if shipment.over:
            self.over.append(shipment.journal_id)
        return ShipmentAnswer(lanes, False, 0, "ledger")

    def received_of(self, journal_id: str, lane: str) -> list[bytes]:
        return self.received.get((journal_id, lane), [])

    @contextmanager
    def serving(self) -> Iterator[str]:
        Thread(target=self._server.serve_forever, daemon=True).start()
        try:
            yield self.url
        finally:
            self._server.shutdown()
            self._server.server_close()


def _is_closed(frame: bytes) -> bool:
    try:
        return isinstance(_decode_state(frame), Closed)
    except DecodeError:
        return False


def journal_in(folder: Path) -> JournalWriter:
    return JournalWriter.create(folder, root_flow_run_id=new_id(), attempt=1, journal_id=new_id())


def state(number: int, message: str = "") -> StateChanged:
    return StateChanged(number, "t", new_id(), "PENDING", "RUNNING", "Running", number, message)


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("*.jnl")]


def test_log_lines_that_begin_while_another_journal_is_shipped_arrive_too(tmp_path: Path) -> None:
    first, second = journal_in(tmp_path), journal_in(tmp_path)

    def end_the_second() -> None:
        second.append_log(Log(1, 20, "hello", new_id()))
        second.close()

    counting = Counting(end_the_second)
    with counting.serving() as url:
        assert Carrier(str(tmp_path), url, None).ship_all() == 1
    assert [len(counting.received_of(second.journal_id, lane)) for lane in (STATE_LANE, LOG_LANE)] == [2, 3]
    assert counting.over == [second.journal_id]
    assert files_in(tmp_path) == [f"{first.journal_id}.jnl"]
    first.close()


def test_what_a_carrier_cannot_read_to_its_end_is_set_aside(tmp_path: Path) -> None:
    writer = journal_in(tmp_path)
    writer.append(state(1))
    writer.append(state(2))
    writer.close()
    path = Path(writer.path)
    header, first, *others = [body for body, _ in unpack(path.read_bytes())]
    of_the_dead = replace(msgpack.decode(header, type=Header), boot_id="of before the restart")
    sound = pack(msgpack.encode(of_the_dead)) + pack(first)
    path.write_bytes(sound + b"\xff\xff\xff\xff" + b"".join(map(pack, others)))
    counting = Counting()
    with counting.serving() as url:
        assert Carrier(str(tmp_path), url, None).ship_all() == 0
    assert len(counting.received_of(writer.journal_id, STATE_LANE)) == 3
    assert counting.over == [writer.journal_id]
    assert files_in(tmp_path) == []
    assert (tmp_path / "damaged" / path.name).exists()


def test_frames_that_a_server_has_are_not_sent_again(tmp_path: Path) -> None:
    writer = journal_in(tmp_path)
    for number in range(5_000):
        writer.append(state(number))
    writer.close()
    counting = Counting()
    with counting.serving() as url:
        assert Carrier(str(tmp_path), url, None).ship_all() == 0
    assert len(counting.received_of(writer.journal_id, STATE_LANE)) == 5_002
    assert counting.requests == 4  # three portions, and that it is over
