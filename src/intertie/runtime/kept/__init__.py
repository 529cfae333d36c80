"""A plan as bytes and back, each operation read when it is first asked for.

A plan is data, so it can be kept: `write_plan` gives bytes that hold no code and no secret, `read_plan` a plan equal to
the one that was written. A plan that holds something else than data of the kinds known here is `Unkeepable`.
"""

from __future__ import annotations

from intertie.runtime.kept.form import BrokenPlan, Unkeepable
from intertie.runtime.kept.reading import read_plan
from intertie.runtime.kept.writing import write_plan

__all__ = ["BrokenPlan", "Unkeepable", "read_plan", "write_plan"]
