"""What a worker says of itself over the API."""

from __future__ import annotations

from threading import Thread
from uuid import uuid4

from .conftest import Api


def heard_of(api: Api) -> str:
    [worker] = api.get("workers")
    return str(worker["last_heartbeat"])


def test_who_waits_for_work_gives_no_sign_of_life(api: Api) -> None:
    worker_id = str(uuid4())
    api.put("workers", worker_id, name="agent", host="here", pid=1, version="1", expect=204)
    heard = {heard_of(api)}
    asked = {"claim_id": str(uuid4()), "queues": [], "limit": 1, "wait_seconds": 0.5}
    waiting = Thread(target=api.post, args=("workers", worker_id, "claim"), kwargs=asked)
    waiting.start()
    while waiting.is_alive():
        api.put("variables", "news", value=1)
        heard.add(heard_of(api))
    waiting.join()
    assert len(heard) <= 2, "asking is a sign of life, and nothing since"
