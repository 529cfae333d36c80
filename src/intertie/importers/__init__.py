"""Makes a spec from what people have: OpenAPI, Swagger, Postman, HAR, curl."""

from intertie.importers.importing import Imported, Request, import_again, import_new
from intertie.importers.losses import HEADS, losses_rows
from intertie.importers.merging.record import read_record
from intertie.importers.selection import Selection

__all__ = ["HEADS", "Imported", "Request", "Selection", "import_again", "import_new", "losses_rows", "read_record"]
