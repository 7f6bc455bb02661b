"""The faults of a campaign, all of them drawn from its seed before it begins."""

from __future__ import annotations

import random
from enum import StrEnum
from typing import NamedTuple


class FaultKind(StrEnum):
    """What happens to the victim, and for a while. Afterwards all is well again."""

    KILL = "kill"
    """Ended by SIGKILL, or PostgreSQL by its immediate shutdown, and started again after a while."""
    TERMINATE = "terminate"
    STOP = "stop"
    """SIGSTOP, and SIGCONT after a while."""
    SLEEP = "sleep"
    """The agent is stopped, with all that it has started: its machine sleeps."""
    KILL_RUN = "kill a run"
    CUT = "cut"
    HOLE = "hole"
    DEAF = "deaf"
    SLOW = "slow"


class Fault(NamedTuple):
    """``after_seconds`` since the end of the one before. ``dice`` decides what only then can be decided."""

    after_seconds: float
    kind: FaultKind
    victim: str
    seconds: float
    dice: int

    def __str__(self) -> str:
        return f"{self.kind}: {self.victim}, for {self.seconds:.1f} s"


SHORT_SECONDS = 0.3, 6.0
PAUSE_SECONDS = 0.5, 5.0
LONG_LEASES = 0.9, 1.6
"""A long fault, in leases: agents lose their runs in some of them. Longer ones would make two bodies of a run be at work for as long,
as the one that is cut off cannot know of the other."""
SETTLING_SECONDS = 10.0
"""The pause after a long fault, in which an agent hears what it has lost, from a server that may have to come up first."""
LONG_ONE_OF = 3

OF_AGENTS = (FaultKind.KILL, FaultKind.TERMINATE, FaultKind.STOP, FaultKind.SLEEP, FaultKind.KILL_RUN)
OF_SERVERS = (FaultKind.KILL, FaultKind.TERMINATE, FaultKind.STOP)
OF_POSTGRESQL = (FaultKind.KILL, FaultKind.STOP)
OF_LINKS = (FaultKind.CUT, FaultKind.HOLE, FaultKind.DEAF, FaultKind.SLOW)
POSTGRESQL = "postgresql"


def draw(
    seed: int, seconds: float, lease_seconds: float, agents: list[str], servers: list[str], links: list[str]
) -> list[Fault]:
    """Faults, one after another, for so long in all."""
    chance = random.Random(seed)
    groups = [(agents, OF_AGENTS), (servers, OF_SERVERS), (links, OF_LINKS), ([POSTGRESQL], OF_POSTGRESQL)]
    faults: list[Fault] = []
    total = 0.0
    settling = 0.0
    while total < seconds:
        victims, kinds = chance.choices(groups, weights=(4, 2, 4, 1))[0]
        is_long = chance.randrange(LONG_ONE_OF) == 0
        shortest, longest = SHORT_SECONDS
        if is_long:
            shortest, longest = (leases * lease_seconds for leases in LONG_LEASES)
        fault = Fault(
            max(settling, chance.uniform(*PAUSE_SECONDS)),
            chance.choice(kinds),
            chance.choice(victims),
            chance.uniform(shortest, longest),
            chance.randrange(1 << 30),
        )
        settling = SETTLING_SECONDS if is_long else 0.0
        faults.append(fault)
        total += fault.after_seconds + fault.seconds
    return faults
