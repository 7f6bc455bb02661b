"""For tests of flows: a temporary home, and what was recorded in it.

    from armillary.testing import temporary_home

    def test_pipeline():
        with temporary_home() as client:
            assert pipeline() == 42
            [run] = client.flow_runs().items
            assert run.state_type == "COMPLETED"

A task's plain function is ``task.fn``, and needs none of this.
"""

from armillary.testing.home import temporary_home

__all__ = ["temporary_home"]
