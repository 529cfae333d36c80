from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.NO_FRONT_MATTER, by="parser", since="0.1.0")
def no_front_matter() -> None:
    """The file does not start with front matter.

    ## What it does
    Looks for the YAML between two `---` lines at the top of the file.

    ## Why it matters
    Without it the integration has no id, and commands, routes, metrics and stored state have no handle for it.

    ## Example
    ```text
    # Parcel Rates

    ## Service Overview
    ```

    ## Use instead
    ```text
    ---
    id: INT-900
    type: Integration
    name: Parcel Rates
    ---
    # Parcel Rates
    ```

    ## References
    Spec format, front matter.
    """
