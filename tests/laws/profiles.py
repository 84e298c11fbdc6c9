"""How many histories the laws look at: few in CI, many with ``--hypothesis-profile=thorough``.

The same by environment: ``HYPOTHESIS_PROFILE=thorough``. Over the whole contract language
(`test_contracts.py`, `test_explained.py`) 12 laws look at 60 histories each in CI, the reader's at 90. Before
this was written they were looked at over 1200 each, the reader's over 1800 and `more work` over 4000, drawn
anew: none was broken at the end.
"""

from hypothesis import Phase, settings

#: The examples of the profile that CI uses; what stands beside a law is meant for it.
_HOUSE = 60


def stories(count: int, steps: int = 20) -> settings:
    """Look at so many histories in CI, and in proportion under another profile.

    One failure is told, as short as five minutes make it.
    """
    now = settings.default
    assert now is not None
    return settings(
        now,
        max_examples=count * now.max_examples // _HOUSE,
        stateful_step_count=steps,
        report_multiple_bugs=False,
        phases=[phase for phase in now.phases if phase is not Phase.explain],
    )
