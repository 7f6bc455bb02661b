"""An agent's connection to the ledger, which outlives whoever keeps it."""

from __future__ import annotations

from typing import cast

import pytest

from armillary.agent.ledger_link import LedgerLink
from armillary.client.interface.client import Client
from armillary.core.errors import LedgerUnavailable, NotFound


class Connections:
    """Each connection is a number; those that are gone answer nothing."""

    def __init__(self) -> None:
        self.made = 0
        self.gone: set[int] = set()

    def connect(self) -> Client:
        self.made += 1
        return cast(Client, self.made)

    def question(self, client: Client) -> int:
        number = cast(int, client)
        if number in self.gone:
            raise LedgerUnavailable("It is away.")
        return number


def test_a_connection_is_kept_while_it_answers() -> None:
    connections = Connections()
    link = LedgerLink(connections.connect)
    assert [link.ask(connections.question) for _ in range(3)] == [1, 1, 1]


def test_what_a_lost_connection_left_unanswered_is_asked_over_a_new_one() -> None:
    connections = Connections()
    link = LedgerLink(connections.connect)
    link.ask(connections.question)
    connections.gone = {1}
    assert link.ask(connections.question) == 2


def test_when_nobody_answers_each_question_connects_anew_and_once() -> None:
    connections = Connections()
    connections.gone = {1, 2, 3}
    link = LedgerLink(connections.connect)
    for made in (1, 2, 3):
        with pytest.raises(LedgerUnavailable):
            link.ask(connections.question)
        assert connections.made == made
    assert link.ask(connections.question) == 4


def test_other_errors_are_answers() -> None:
    connections = Connections()
    link = LedgerLink(connections.connect)

    def missing(_client: Client) -> int:
        raise NotFound("There is none.")

    with pytest.raises(NotFound):
        link.ask(missing)
    assert connections.made == 1
