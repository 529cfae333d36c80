"""Two versions of a spec, compared: what changes for those who call, each change weighed and placed."""

from intertie.comparing.change import Change, Impact
from intertie.comparing.compare import Comparison, compare
from intertie.comparing.sides import Side

__all__ = ["Change", "Comparison", "Impact", "Side", "compare"]
