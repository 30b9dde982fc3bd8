"""How many examples a property test tries: all of them, or a tenth in `make quick`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_QUICK = bool(os.environ.get("MOTAMOT_QUICK"))

settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def examples(count: int, *, fixed: bool = False) -> settings:
    """Settings of a property test that tries `count` examples when all the tests run; `fixed`: the
    same ones each time, for what holds of most inputs and not of all."""
    return settings(
        derandomize=fixed,
        max_examples=max(5, count // 10) if _QUICK else count,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
