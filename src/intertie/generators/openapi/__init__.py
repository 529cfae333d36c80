"""An OpenAPI 3.1 document from a spec and its plan."""

from intertie.generators.openapi.document import openapi_document
from intertie.generators.openapi.text import openapi_text

__all__ = ["openapi_document", "openapi_text"]
