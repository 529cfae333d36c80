from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.FILE_UNREADABLE, by="parser", since="0.1.0")
def file_unreadable() -> None:
    """The file can't be read.

    ## What it does
    Tells why a file that was to be read is not: it is not there, it is no regular file, or its permissions forbid it.

    ## Why it matters
    Nothing in it is checked or run.

    ## Example
    ```text
    error TIE001 specs/parcels.md can't be read: permission denied
    ```

    ## Use instead
    ```text
    chmod u+r specs/parcels.md
    ```

    ## References
    Spec format, reading rules.
    """
