from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["incomplete-pagination"], by="compiler", since="0.1.0")
def incomplete_pagination() -> None:
    """The pagination lacks what its style needs.

    ## What it does
    Compares the fields of `pagination` with its `style`.

    ## Why it matters
    The next page can't be found.

    ## Example
    ```yaml
    request:
      parameters:
        - {name: country, in: path, type: string, required: true, description: where to}
        - {name: after, in: query, type: string, required: false, description: cursor}
    pagination:
      style: cursor
      cursor_parameter: after
    ```

    ## Use instead
    ```yaml
    request:
      parameters:
        - {name: country, in: path, type: string, required: true, description: where to}
        - {name: after, in: query, type: string, required: false, description: cursor}
    pagination:
      style: cursor
      cursor_parameter: after
      cursor_path: next
      items_path: items
    ```

    ## References
    Spec format, additions.
    """
