from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.FILE_TOO_LARGE, by="parser", since="0.1.0")
def file_too_large() -> None:
    """A file or a YAML block is larger than is read.

    ## What it does
    Compares the size of the file, and of each YAML block in it, with what is read.

    ## Why it matters
    A spec is written by people. One of many megabytes is a mistake or an attack, and would hold up every tool that reads
    the workspace.

    ## Example
    ```text
    a spec of 40 MB with a database dump in a code block
    ```

    ## Use instead
    ```text
    the schema alone; data belongs into fixtures, a large schema into a file of its own that `$ref` points to
    ```

    ## References
    Spec format, reading rules.
    """
