"""Makes a spec from what people have: OpenAPI, Swagger, Postman, HAR, curl."""

from intertie.importers.importing import Imported, Request, import_again, import_new
from intertie.importers.losses import HEADS, brief_words, losses_rows, weighty
from intertie.importers.merging.record import read_record
from intertie.importers.selection import Selection

__all__ = [
    "HEADS", "Imported", "Request", "Selection", "brief_words", "import_again", "import_new", "losses_rows",
    "read_record", "weighty",
]  # fmt: skip
