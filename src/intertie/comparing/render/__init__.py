"""A comparison as text for people, as JSON for programs, and as Markdown for a pull request."""

from intertie.comparing.render.json_ import comparison_json
from intertie.comparing.render.markdown import comparison_markdown
from intertie.comparing.render.names import Names
from intertie.comparing.render.text import comparison_text

__all__ = ["Names", "comparison_json", "comparison_markdown", "comparison_text"]
