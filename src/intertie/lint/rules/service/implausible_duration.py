from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import parse_number, seconds_text
from intertie.diagnostics import Severity
from intertie.lint.durations import durations
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE114", severity=Severity.WARNING, since="0.1.0")
def implausible_duration(spec: Spec) -> Iterator[Finding]:
    """A bare number was probably meant in another unit.

    ## What it does
    Looks at bare numbers whose field counts in milliseconds and that would be shorter than any network allows (timeouts
    below 50, waits below 10, latency targets below 3), and at bare numbers of 1000 and more whose field counts in
    seconds (the breaker's `timeout`, `retry_after`, `max_wait`).

    ## Why it matters
    `timeout: 15000` keeps a breaker open for four hours, and `total: 10` ends every call after ten milliseconds. Both
    are read as they are written.

    ## Example
    ```yaml
    circuit_breaker:
      failure_threshold: 5
      timeout: 15000
    fallback_behavior:
      strategy: cache
      cache_ttl: 300
    ```

    ## Use instead
    ```yaml
    circuit_breaker:
      failure_threshold: 5
      timeout: 15s
    fallback_behavior:
      strategy: cache
      cache_ttl: 300
    ```

    ## References
    Spec format, reading rules.
    """
    for located, least_s, most_s in durations(spec):
        number = parse_number(located.text.lstrip("<≤= "))
        if number is None or located.value <= 0:
            # A unit is written: what it says is meant.
            continue
        if least_s is not None and located.value < least_s:
            meant, unit = f"{number:f}s", "seconds"
        elif most_s is not None and located.value >= most_s:
            meant, unit = f"{number:f}ms", "milliseconds"
        else:
            continue
        yield Finding(
            located.span,
            f"{located.text.strip()} is {seconds_text(located.value)} here; were {unit} meant?",
            f"write the unit: `{meant}`, or `{seconds_text(located.value).replace(' ', '')}` if that is meant",
        )
