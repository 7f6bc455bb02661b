"""Which attempt a token names: what anybody may send is read here."""

from __future__ import annotations

import pytest

from armillary.ledger.nouns.attempt_tokens import HeldAttempt
from armillary.server.access.attempt_tokens import attempt_token, named_attempt

RUN = "0190163d-8694-739b-aea5-966c26f8ad91"
SECRET = "s" * 43


def test_the_token_of_an_attempt_names_it() -> None:
    assert named_attempt(attempt_token("of the agent", "a claim", RUN, 7)) == HeldAttempt(RUN, 7)


@pytest.mark.parametrize(
    "token",
    [
        "",
        SECRET,
        f"{SECRET}.{RUN}",
        f"{SECRET}.{RUN}.",
        f"{SECRET}.{RUN}.0",
        f"{SECRET}.{RUN}.-1",
        f"{SECRET}.{RUN}.x",
        f"{SECRET}.{RUN}.1.1",
        f"{SECRET}.{RUN}.{'9' * 5000}",
        f"{SECRET}.{RUN}.１",  # noqa: RUF001  a digit of another script
        f"{SECRET}.{RUN.upper()}.1",
        f"{SECRET}..1",
        f".{RUN}.1",
        f"{SECRET}.{RUN}.1\n",
        "." * 10_000,
        "\ud800",
    ],
)
def test_any_other_token_names_none(token: str) -> None:
    assert named_attempt(token) is None
