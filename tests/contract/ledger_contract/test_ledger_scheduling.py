"""Deployments, their schedules, queues and claims, on each database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from armillary.clock import to_datetime, to_us
from armillary.core.deployments.deployment import Catchup, Deployment, DeploymentSchedule, OnCollision
from armillary.core.deployments.work_queue import QueueFilter, WorkQueue
from armillary.core.deployments.worker import Worker
from armillary.core.errors import Conflict, NotFound
from armillary.core.filters import FlowRunFilter
from armillary.core.ids import flow_id
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.waiting import WaitsFor
from armillary.core.schedules.interval import IntervalSchedule
from armillary.core.schedules.schedule import to_document
from armillary.core.states import CANCELLED, CRASHED, PENDING, SCHEDULED
from armillary.ledger import Ledger
from armillary.ledger.deployments import claims, deployments, scheduled_runs, scheduling, work_queues, workers
from armillary.ledger.deployments.scheduled_runs import NewRun
from armillary.ledger.nouns import attempt_tokens
from armillary.ledger.nouns.attempt_tokens import HeldAttempt
from armillary.ledger.ownership import flow_run_changes, settling
from armillary.ledger.runs import flow_runs
from armillary.ledger.views import waiting
from ledger_contract.journals import START, new_id

MINUTE = 60_000_000
EVERY_MINUTE = to_document(IntervalSchedule(timedelta(minutes=1)))
NOW = START - START % MINUTE


def deployment(name: str = "hourly", **facts: Any) -> Deployment:
    return Deployment(
        new_id(), name, flow_id("pipe"), "pipe", "/srv/pipe.py:pipe", to_datetime(NOW), to_datetime(NOW), **facts
    )


def scheduled(**facts: Any) -> Deployment:
    schedule = DeploymentSchedule(new_id(), EVERY_MINUTE, "", **facts)
    return deployment(schedules=[schedule], parameters={"rows": 3}, tags=["ml"])


def turn(connection: Connection, now: int) -> int:
    return scheduling.schedule_runs(connection, now, new_id)["scheduled"]


def runs(connection: Connection) -> list[FlowRun]:
    return sorted(flow_runs.page(connection, limit=1000).items, key=lambda run: run.expected_start_time)


def worker(connection: Connection, now: int = NOW) -> str:
    made = Worker(new_id(), "agent", "here", 1, "0", to_datetime(now), to_datetime(now))
    workers.register(connection, made, now)
    return made.id


def due_run(connection: Connection, of: Deployment, due: int = NOW, key: str = "") -> str:
    [made] = scheduled_runs.make(connection, of, [NewRun(new_id(), "calm-dove", due, key or new_id())], NOW)
    return made


def test_a_hundred_runs_are_made_once_however_often_they_are_asked_for(ledger: Ledger) -> None:
    with ledger.write() as connection:
        saved = deployments.save(connection, scheduled(), NOW)
        assert turn(connection, NOW) == 100
        assert turn(connection, NOW) == 0
        made = runs(connection)
    times = [run.expected_start_time for run in made]
    assert times == [to_datetime(NOW + (number + 1) * MINUTE) for number in range(100)]
    first = made[0]
    assert (first.state_type, first.parameters, first.tags) == (SCHEDULED, {"rows": 3}, ["ml", "auto-scheduled"])
    assert (first.deployment_id, first.attempt, first.auto_scheduled) == (saved.id, 0, True)


def test_as_time_goes_on_only_what_is_lacking_is_made(ledger: Ledger) -> None:
    with ledger.write() as connection:
        deployments.save(connection, scheduled(), NOW)
        turn(connection, NOW)
        assert turn(connection, NOW + 3 * MINUTE) == 3
        assert len(runs(connection)) == 103


@pytest.mark.parametrize(("catchup", "made"), [(Catchup.ALL, 400), (Catchup.LATEST, 101), (Catchup.SKIP, 100)])
def test_what_was_missed_while_nothing_ran_is_caught_up_with_as_was_said(
    ledger: Ledger, catchup: Catchup, made: int
) -> None:
    with ledger.write() as connection:
        deployments.save(connection, scheduled(catchup=catchup), NOW)
        assert turn(connection, NOW + 300 * MINUTE) == made
        assert turn(connection, NOW + 300 * MINUTE) == 0


def test_replacing_a_deployment_keeps_its_id_and_what_has_run_and_makes_the_rest_anew(ledger: Ledger) -> None:
    with ledger.write() as connection:
        first = deployments.save(connection, scheduled(), NOW)
        turn(connection, NOW)
        [claimed] = claims.claim_runs(connection, worker(connection), new_id(), [], 1, NOW + MINUTE)
        later = NOW + MINUTE + 1
        second = deployments.save(connection, deployment(schedules=[], tags=["new"]), later)
        assert (second.id, second.tags) == (first.id, ["new"])
        assert [run.id for run in runs(connection)] == [claimed.flow_run.id]


def test_a_pause_takes_back_what_nobody_started_and_survives_a_replacement(ledger: Ledger) -> None:
    with ledger.write() as connection:
        saved = deployments.save(connection, scheduled(), NOW)
        turn(connection, NOW)
        deployments.set_paused(connection, saved.id, True, NOW)
        assert runs(connection) == []
        assert turn(connection, NOW) == 0
        assert deployments.save(connection, scheduled(), NOW).paused
        deployments.set_paused(connection, saved.id, False, NOW + 10 * MINUTE)
        assert turn(connection, NOW + 10 * MINUTE) == 100
        assert runs(connection)[0].expected_start_time == to_datetime(NOW + 11 * MINUTE)


def test_one_of_several_schedules_is_paused_and_the_others_keep_their_runs(ledger: Ledger) -> None:
    with ledger.write() as connection:
        hourly = DeploymentSchedule(new_id(), to_document(IntervalSchedule(timedelta(hours=1))), "")
        minutely = DeploymentSchedule(new_id(), EVERY_MINUTE, "")
        saved = deployments.save(connection, deployment(schedules=[hourly, minutely]), NOW)
        turn(connection, NOW)
        before = {run.id for run in runs(connection) if run.expected_start_time.minute == 0}
        paused = deployments.get(connection, saved.id).schedules
        paused[1].active = False
        deployments.set_schedules(connection, saved.id, paused, NOW)
        assert turn(connection, NOW) == 0
        assert {run.id for run in runs(connection)} <= before
        assert len(runs(connection)) == 100
        paused[1].active = True
        deployments.set_schedules(connection, saved.id, paused, NOW)
        assert turn(connection, NOW) == 100


def test_removing_a_deployment_leaves_what_ran(ledger: Ledger) -> None:
    with ledger.write() as connection:
        saved = deployments.save(connection, scheduled(), NOW)
        turn(connection, NOW)
        [claimed] = claims.claim_runs(connection, worker(connection), new_id(), [], 1, NOW + MINUTE)
        deployments.remove(connection, saved.id, NOW + MINUTE)
        assert [run.id for run in runs(connection)] == [claimed.flow_run.id]
        with pytest.raises(NotFound):
            deployments.get(connection, saved.id)


def test_a_deployment_is_found_by_what_people_call_it(ledger: Ledger) -> None:
    with ledger.write() as connection:
        saved = deployments.save(connection, deployment(), NOW)
        for words in (saved.id, "pipe/hourly", "hourly"):
            assert deployments.find(connection, words).id == saved.id
        with pytest.raises(NotFound, match="pipe/hourly"):
            deployments.find(connection, "pipe/hourli")


def test_runs_five_seconds_past_their_time_are_late_once(ledger: Ledger) -> None:
    with ledger.write() as connection:
        due_run(connection, deployments.save(connection, deployment(), NOW))
        assert scheduled_runs.mark_late(connection, NOW + 5_000_000) == 0
        assert scheduled_runs.mark_late(connection, NOW + 5_000_001) == 1
        assert scheduled_runs.mark_late(connection, NOW + 9_000_000) == 0
        [run] = runs(connection)
        assert (run.state_type, run.state_name) == (SCHEDULED, "Late")
        assert [each.name for each in flow_runs.history(connection, run.id)] == ["Scheduled", "Late"]


def test_a_claim_hands_each_run_out_once_and_asked_again_the_same(ledger: Ledger) -> None:
    with ledger.write() as connection:
        of = deployments.save(connection, deployment(), NOW)
        made = [due_run(connection, of, NOW + number) for number in range(3)]
        due_run(connection, of, NOW + MINUTE)
        one, other, claim = worker(connection), worker(connection), new_id()
        now = NOW + 10
        first = claims.claim_runs(connection, one, claim, [], 2, now)
        assert [each.flow_run.id for each in first] == made[:2]
        assert all((each.flow_run.state_type, each.flow_run.attempt) == (PENDING, 1) for each in first)
        assert claims.claim_runs(connection, one, claim, [], 2, now) == first
        assert [each.flow_run.id for each in claims.claim_runs(connection, other, new_id(), [], 9, now)] == made[2:]
        assert claims.claim_runs(connection, other, new_id(), [], 9, now) == []
        assert claims.next_due(connection, now) == NOW + MINUTE


def test_a_claim_asked_again_gives_only_what_its_worker_still_holds(ledger: Ledger) -> None:
    with ledger.write() as connection:
        of = deployments.save(connection, deployment(), NOW)
        kept, gone = (due_run(connection, of, NOW + number) for number in range(2))
        one, claim = worker(connection), new_id()
        assert len(claims.claim_runs(connection, one, claim, [], 2, NOW + 10)) == 2
        claims.hand_back(connection, one, gone, NOW + 10)
        assert [each.flow_run.id for each in claims.claim_runs(connection, one, claim, [], 2, NOW + 10)] == [kept]


def test_a_claim_asked_again_with_another_token_makes_tokens_from_that(ledger: Ledger) -> None:
    def made_from(agents_token: str) -> Callable[[str, int], str]:
        return lambda flow_run_id, attempt: f"{agents_token} {flow_run_id} {attempt}"

    with ledger.write() as connection:
        run_id = due_run(connection, deployments.save(connection, deployment(), NOW))
        one, claim = worker(connection), new_id()
        for agents_token in ("old", "new"):
            claims.claim_runs(connection, one, claim, [], 1, NOW, token_hash_of=made_from(agents_token))
        assert attempt_tokens.with_hash(connection, f"new {run_id} 1") == HeldAttempt(run_id, 1)
        assert attempt_tokens.with_hash(connection, f"old {run_id} 1") is None
        claims.hand_back(connection, one, run_id, NOW)
        claims.claim_runs(connection, one, new_id(), [], 1, NOW + 1, token_hash_of=made_from("newer"))
        late = claims.claim_runs(connection, one, claim, [], 1, NOW + 2, token_hash_of=made_from("new"))
        assert late == []
        assert attempt_tokens.with_hash(connection, f"newer {run_id} 2") == HeldAttempt(run_id, 2)


def test_queues_select_by_priority_tag_deployment_runner_and_name(ledger: Ledger) -> None:
    with ledger.write() as connection:
        ml = work_queues.create(connection, queue("ml", priority=1, filter=QueueFilter(tags=["ml"])), NOW)
        docker = work_queues.create(connection, queue("docker", filter=QueueFilter(flow_runner_types=["docker"])), NOW)
        named = work_queues.create(connection, queue("named"), NOW)
        wanted = {
            ml.name: deployments.save(connection, deployment("a", tags=["ml", "x"]), NOW),
            docker.name: deployments.save(connection, deployment("b", flow_runner={"type": "docker"}), NOW),
            named.name: deployments.save(connection, deployment("c", tags=["ml"], work_queue_name="named"), NOW),
            "default": deployments.save(connection, deployment("d"), NOW),
        }
        made = {name: due_run(connection, of) for name, of in wanted.items()}
        for name, run_id in made.items():
            found = work_queues.preview(connection, work_queues.find(connection, name), NOW)
            assert [run.id for run in found] == [run_id]
        claimed = claims.claim_runs(connection, worker(connection), new_id(), ["docker", "ml"], 9, NOW)
        assert [(each.work_queue, each.flow_run.id) for each in claimed] == [
            ("ml", made["ml"]),
            ("docker", made["docker"]),
        ]
        with pytest.raises(NotFound, match="named"):
            claims.claim_runs(connection, worker(connection), new_id(), ["namd"], 9, NOW)
        with pytest.raises(Conflict):
            work_queues.create(connection, queue("ml"), NOW)


def queue(name: str, **facts: Any) -> WorkQueue:
    return WorkQueue(new_id(), name, to_datetime(NOW), to_datetime(NOW), **facts)


def test_limits_and_pauses_of_queues_and_deployments_hold(ledger: Ledger) -> None:
    with ledger.write() as connection:
        limited = deployments.save(connection, deployment("one", concurrency_limit=1, crash_retries=0), NOW)
        strict = deployments.save(
            connection,
            deployment("two", concurrency_limit=1, crash_retries=0, on_collision=OnCollision.CANCEL_NEW),
            NOW,
        )
        for _ in range(2):
            due_run(connection, limited)
            due_run(connection, strict)
        one = worker(connection)
        assert len(claims.claim_runs(connection, one, new_id(), [], 9, NOW)) == 2
        ended = flow_runs.page(connection, FlowRunFilter(state_types=[CANCELLED])).items
        assert [run.deployment_id for run in ended] == [strict.id]
        default = work_queues.find(connection, "default")
        default.paused = True
        work_queues.change(connection, default, NOW)
        for held in list(workers.every(connection, NOW)[0].held):
            claims.release(connection, one, held, NOW)
        assert claims.claim_runs(connection, one, new_id(), [], 9, NOW) == []
        default.paused, default.concurrency_limit = False, 0
        work_queues.change(connection, default, NOW)
        assert claims.claim_runs(connection, one, new_id(), [], 9, NOW) == []
        default.concurrency_limit = 5
        work_queues.change(connection, default, NOW)
        assert len(claims.claim_runs(connection, one, new_id(), [], 9, NOW)) == 1


def test_a_run_handed_back_waits_again(ledger: Ledger) -> None:
    with ledger.write() as connection:
        due_run(connection, deployments.save(connection, deployment(), NOW))
        one = worker(connection)
        [claimed] = claims.claim_runs(connection, one, new_id(), [], 1, NOW)
        claims.hand_back(connection, one, claimed.flow_run.id, NOW)
        [again] = claims.claim_runs(connection, one, new_id(), [], 1, NOW)
        assert (again.flow_run.id, again.flow_run.attempt) == (claimed.flow_run.id, 2)


@pytest.mark.parametrize("late", ["release", "hand_back"])
def test_a_worker_that_was_given_a_run_again_lets_go_of_what_it_had_before_and_not_of_what_it_has(
    ledger: Ledger, late: str
) -> None:
    with ledger.write() as connection:
        run_id = due_run(connection, deployments.save(connection, deployment(), NOW))
        one = worker(connection)
        claims.claim_runs(connection, one, new_id(), [], 1, NOW)
        claims.hand_back(connection, one, run_id, NOW)
        claims.claim_runs(connection, one, new_id(), [], 1, NOW)
        if late == "release":
            claims.release(connection, one, run_id, NOW, attempt=1, died="Its process was killed by SIGKILL.")
        else:
            claims.hand_back(connection, one, run_id, NOW, attempt=1)
        assert workers.held_by(connection, one) == [run_id]
        run = flow_runs.get(connection, run_id)
        assert run is not None
        assert (run.state_type, run.attempt) == (PENDING, 2)
        claims.release(connection, one, run_id, NOW, attempt=2, died="Its process was killed by SIGKILL.")
        assert workers.held_by(connection, one) == []


def test_why_a_due_run_waits_names_the_slots_of_agents_and_the_ended_runs_that_hold_them(ledger: Ledger) -> None:
    with ledger.write() as connection:
        saved = deployments.save(connection, deployment(), NOW)
        first = due_run(connection, saved)
        one = Worker(new_id(), "small", "here", 1, "0", to_datetime(NOW), to_datetime(NOW), slots=1)
        workers.register(connection, one, NOW)
        claims.claim_runs(connection, one.id, new_id(), [], 1, NOW)
        second = due_run(connection, saved)
        [reason] = waiting.of_flow_run(connection, second, NOW).reasons
        assert (reason.kind, reason.many) == (WaitsFor.AGENT_LIMIT, 1)
        assert [(each.id, each.state_type) for each in reason.waited_for] == [(first, PENDING)]
        assert "'small'" in reason.message
        assert "ended" not in reason.message
        settling.settle(connection, first, 1, NOW, presumed=True)
        [reason] = waiting.of_flow_run(connection, second, NOW).reasons
        assert [each.state_type for each in reason.waited_for] == [CRASHED]
        assert "1 of them ended" in reason.message
        worker(connection)  # another, whose runs are not limited
        [reason] = waiting.of_flow_run(connection, second, NOW).reasons
        assert reason.kind is WaitsFor.START


class Crashing:
    """A due run of a deployment, and what its workers do to it."""

    def __init__(self, connection: Connection, **facts: Any) -> None:
        self.connection = connection
        self.now = NOW
        self.run_id = due_run(connection, deployments.save(connection, deployment(**facts), NOW))

    def its_process_dies(self, died: str | None = "Its process was killed by SIGKILL.") -> FlowRun:
        one = self._claimed()
        claims.release(self.connection, one, self.run_id, self.now, died=died)
        return self.run()

    def its_agent_dies(self) -> FlowRun:
        self._claimed()
        self.now += workers.lease_micros() + 1
        claims.reap(self.connection, self.now)
        return self.run()

    def run(self) -> FlowRun:
        found = flow_runs.get(self.connection, self.run_id)
        assert found is not None
        return found

    def _claimed(self) -> str:
        one = worker(self.connection, self.now)
        [claimed] = claims.claim_runs(self.connection, one, new_id(), [], 1, self.now)
        assert claimed.flow_run.id == self.run_id
        return one


def test_a_run_whose_process_died_is_tried_once_more_unless_its_deployment_says_otherwise(ledger: Ledger) -> None:
    with ledger.write() as connection:
        run = Crashing(connection)
        again = run.its_process_dies()
        assert again.state_type is SCHEDULED
        assert again.state_message == "To be tried again: Its process was killed by SIGKILL."
        last = run.its_process_dies()
        assert (last.state_type, last.state_name) == (CRASHED, "Crashed")
        assert last.state_message == "Its process was killed by SIGKILL."


def test_the_death_of_an_agent_spends_no_retry_and_three_deaths_are_enough(ledger: Ledger) -> None:
    with ledger.write() as connection:
        run = Crashing(connection)
        assert run.its_agent_dies().state_type is SCHEDULED
        assert run.its_process_dies().state_type is SCHEDULED
        last = run.its_agent_dies()
        assert (last.state_type, last.state_name) == (CRASHED, "Quarantined")
        assert "It died 3 times" in (last.state_message or "")
        assert "Attempt 2: Its process was killed by SIGKILL." in (last.state_message or "")
        assert flow_runs.history(connection, run.run_id)[-1].name == "Quarantined"
        flow_run_changes.schedule_again(connection, run.run_id, run.now)
        assert run.its_process_dies().state_type is SCHEDULED, "who asks for it forgives it"


def test_a_crash_that_others_saw_first_is_still_its_workers_to_tell(ledger: Ledger) -> None:
    with ledger.write() as connection:
        run = Crashing(connection)
        one = worker(connection)
        claims.claim_runs(connection, one, new_id(), [], 1, NOW)
        settling.settle(connection, run.run_id, 1, NOW)
        assert claims.claim_runs(connection, worker(connection), new_id(), [], 1, NOW) == []
        claims.release(connection, one, run.run_id, NOW, died="Its process was killed by SIGKILL.")
        assert run.run().state_type is SCHEDULED


def test_a_deployment_without_crash_retries_has_none_whatever_died(ledger: Ledger) -> None:
    with ledger.write() as connection:
        assert Crashing(connection, crash_retries=0).its_agent_dies().state_type is CRASHED


def test_a_process_that_leaves_before_its_run_has_ended_has_died(ledger: Ledger) -> None:
    with ledger.write() as connection:
        left = Crashing(connection, crash_retries=0).its_process_dies(died=None)
        assert (left.state_type, left.state_message) == (
            CRASHED,
            "Its process left with exit code 0 before the run had ended.",
        )


def test_a_worker_nobody_knows_any_more_is_told_to_register(ledger: Ledger) -> None:
    with ledger.write() as connection:
        one = worker(connection)
        workers.heartbeat(connection, one, NOW)
        claims.stop(connection, one, NOW)
        with pytest.raises(NotFound, match="any more"):
            workers.heartbeat(connection, one, NOW)
        assert workers.every(connection, NOW) == []


def test_times_are_those_of_the_ledgers_clock(ledger: Ledger) -> None:
    assert to_us(datetime.fromisoformat("2023-11-14T22:13:20+00:00")) == START


def test_a_stored_rule_that_is_refused_by_now_stops_no_other_and_says_why(ledger: Ledger) -> None:
    refused = DeploymentSchedule(new_id(), {"rrule": "FREQ=SECONDLY", "timezone": "UTC"}, "")
    with ledger.write() as connection:
        old = deployments.save(connection, deployment("old", schedules=[refused]), NOW)
        deployments.save(connection, scheduled(), NOW)
        assert turn(connection, NOW) == 100
        assert "every second" in deployments.get(connection, old.id).schedules[0].words
