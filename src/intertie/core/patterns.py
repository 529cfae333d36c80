"""Regular expressions that are compiled when they are first used.

Compiling one takes as long as importing a module, and most texts need few of them: what reads odd spellings, masks or
explains is declared with `later`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from typing import TypeAlias

Later: TypeAlias = Callable[[], re.Pattern[str]]


def later(pattern: str, flags: int = 0) -> Later:
    r"""Return what gives the compiled pattern, the same one each time.

    >>> digits = later(r"\d+")
    >>> digits().search("a 12"), digits() is digits()
    (<re.Match object; span=(2, 4), match='12'>, True)
    """
    return cache(partial(re.compile, pattern, flags))
