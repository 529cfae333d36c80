"""Two JSON Schemas, compared part by part: what one accepts that the other does not, and where."""

from intertie.comparing.schemas.compare import compare_schemas
from intertie.comparing.schemas.delta import Aspect, Delta, Effect
from intertie.comparing.schemas.places import SchemaPlaces

__all__ = ["Aspect", "Delta", "Effect", "SchemaPlaces", "compare_schemas"]
