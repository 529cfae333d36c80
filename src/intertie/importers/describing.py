"""From a source to an `ApiDescription`, whatever kind it is."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from intertie.importers.curl import describe_curl
from intertie.importers.har import describe_har
from intertie.importers.losses import Ledger
from intertie.importers.model import ApiDescription
from intertie.importers.openapi3 import ImportOptions, OpenApiReader
from intertie.importers.postman import describe_postman
from intertie.importers.reading import ReadSource
from intertie.importers.swagger2 import swagger_options, upgraded


class Described(Struct, frozen=True):
    """A description, and what is needed to refer to the source for its schemas.

    Attributes:
        source_schemas: Name -> JSON pointer in the source, of those that mean the same there.
        in_place: Names of components that have none in the source: each stands in an operation.
    """

    description: ApiDescription
    source_schemas: dict[str, str]
    in_place: frozenset[str] = frozenset()


def describe(source: ReadSource, options: ImportOptions, ledger: Ledger) -> Described:
    """Return what a source says of the selected operations, with all that is lost and guessed.

    Raises:
        UsageError: It has no operations, or the selection fits none.
    """
    schemas: dict[str, str] = {}
    in_place: frozenset[str] = frozenset()
    match source.kind:
        case "curl":
            description = describe_curl(source.text, options, ledger)
        case "har":
            description = describe_har(source.data, options, ledger)
        case "postman":
            description = describe_postman(source.data, options, ledger)
        case "swagger2":
            options = swagger_options(options, source.data)
            reader = OpenApiReader(upgraded(source.data, ledger), options, ledger)
            description, schemas = reader.read(), reader.source_schemas()
        case _:
            reader = OpenApiReader(source.data, options, ledger)
            description, schemas, in_place = reader.read(), reader.source_schemas(), reader.schemas_in_place()
    return Described(replace(description, losses=ledger.losses, guesses=ledger.guesses), schemas, in_place)
