from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.OUT_OF_RANGE, by="parser", since="0.1.0")
def out_of_range() -> None:
    """A number lies outside what its field allows.

    ## What it does
    Compares numbers, durations and percentages with the smallest and largest value of their field.

    ## Why it matters
    A limit of no requests or a negative delay can't be kept.

    ## Example
    ```yaml
    retry:
      max_attempts: 0
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 1
    ```

    ## References
    Spec format, all sections.
    """
