from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.NOT_UTF8, by="parser", since="0.1.0")
def not_utf8() -> None:
    """The file is not UTF-8.

    ## What it does
    Reads the file's bytes as UTF-8, with or without a byte order mark.

    ## Why it matters
    In another encoding names and messages would come out garbled, and they are sent to the service.

    ## Example
    ```text
    a file saved as Windows-1252, in which "é" is the single byte E9
    ```

    ## Use instead
    ```text
    the same file saved as UTF-8, in which "é" is the two bytes C3 A9
    ```

    ## References
    RFC 3629, UTF-8.
    """
