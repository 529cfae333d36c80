from __future__ import annotations

from intertie.diagnostics import Severity
from intertie.lint.rule import CheckerCode, reported

CRASHED = CheckerCode("TIE099", "rule-crashed", Severity.ERROR, judges="surroundings")


@reported(CRASHED, by="checker", since="0.1.0")
def rule_crashed() -> None:
    """A rule of Intertie itself has failed.

    ## What it does
    Tells which rule failed, in which version and where in its code. All other rules have run.

    ## Why it matters
    What that rule would have found is not known, so the check is not complete.

    ## Example
    ```text
    error[TIE099] rule-crashed: Intertie 0.1.0 has a bug: the rule TIE204 retry-outlives-deadline failed with KeyError
    ```

    ## Use instead
    ```text
    [lint]
    ignore = ["TIE204"]      # until the bug is mended; report it with the version and the part of the spec
    ```

    ## References
    Configuration, lint.
    """
