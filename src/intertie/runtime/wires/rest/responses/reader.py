"""Answers made into data, and the provider's own codes and messages in them."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

from intertie.core.charsets import is_utf8
from intertie.core.errors import InvalidResponse
from intertie.core.media_types import agree, charset_of, codec_of, covers_anything
from intertie.runtime.bounds import FIRST_OF_MARKS, decode_json
from intertie.runtime.http import Response
from intertie.runtime.mapping.contracts import FieldPath
from intertie.runtime.mapping.paths import parse_path
from intertie.runtime.plan import OperationPlan
from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions
from intertie.runtime.wires.rest.expected_types import expected_types
from intertie.runtime.wires.rest.plan import rest_wire
from intertie.runtime.wires.rest.responses.decoding import NOT_JSON, decoded, decoded_as, not_json
from intertie.runtime.wires.rest.responses.error_codes import (
    MESSAGE_PATHS,
    ErrorReading,
    bare_code,
    declared_paths,
    first_text,
    usual_code,
)
from intertie.runtime.wires.rest.unexpected_type import UnexpectedTypeError

_Declared: TypeAlias = tuple[tuple[tuple[FieldPath, ...], tuple[FieldPath, ...]], str]
"""Paths of code and message in a declared error, and its codec."""
_UNDECLARED: Final[_Declared] = (((), ()), "json")
_LONGEST_ERROR = 64 * 1024
_KNOWN = 64
"""Content types of one operation whose reading is remembered: services send one or two, hostile ones any number."""


class _Reading(NamedTuple):
    """How successes of one content type are read.

    Attributes:
        codec: Empty where nothing was promised.
        is_json: It is JSON in UTF-8, but for a byte order mark perhaps.
    """

    codec: str
    charset: str
    content_type: str
    is_json: bool


class ResponseReader:
    """Reads one operation's answers. Compiled once; may be used from any thread."""

    __slots__ = (
        "_codec", "_errors", "_expected", "_id", "_is_loose", "_message_path", "_own_path", "_readings",
    )  # fmt: skip

    def __init__(self, operation: OperationPlan, errors: ErrorMappingOptions) -> None:
        wire = rest_wire(operation)
        self._id = operation.id
        self._codec = wire.response.codec
        self._expected = expected_types(operation)
        self._is_loose = all(covers_anything(each) for each in self._expected)
        self._readings: dict[bytes, _Reading] = {}
        self._own_path = parse_path(errors.error_code_path) if errors.error_code_path else None
        self._message_path = parse_path(errors.error_message_path) if errors.error_message_path else None
        self._errors: dict[str, _Declared] = {
            answer.status: (declared_paths(answer.schema), codec_of(answer.content_type or "") or "json")
            for answer in wire.response.errors
        }

    def decode(self, response: Response) -> object:
        """Return the body as data: JSON values, form fields, text, bytes; None for an empty body.

        Raises:
            UnexpectedTypeError: The body is of another media type than the spec declares.
            InvalidResponse: The body is not what its media type says.
        """
        body = response.body
        if not body:
            return None
        raw = b""
        for name, value in response.headers.raw:
            if name == b"content-type":
                raw = value
                break
        codec, charset, content_type, is_json = self._readings.get(raw) or self._reading(raw)
        if is_json and body[0] < FIRST_OF_MARKS:
            try:
                return decode_json(body)
            except NOT_JSON as error:
                raise not_json(self._id, content_type, error) from None
        if codec == "":
            return decoded(response, self._codec, self._id)
        return decoded_as(codec, body, charset, content_type, self._id)

    def small_json(self, response: Response) -> object:
        """Return the body as data where it is JSON and as small as errors are, None where it is not."""
        content_type = response.headers.get("content-type") or ""
        if len(response.body) > _LONGEST_ERROR or codec_of(content_type) != "json":
            return None
        try:
            return decoded(response, "json", self._id)
        except InvalidResponse:
            return None

    def check_type(self, response: Response) -> None:
        """Return where the media type of a success is one that the spec declares; an absent type counts as that.

        Raises:
            UnexpectedTypeError: It is another.
        """
        self._check(response.headers.get("content-type") or "")

    def _check(self, content_type: str) -> None:
        if self._expected and not any(agree(each, content_type) for each in self._expected):
            raise UnexpectedTypeError(self._id, content_type, self._expected)

    def _reading(self, raw: bytes) -> _Reading:
        content_type = raw.decode("latin-1")
        self._check(content_type)
        if self._is_loose:
            codec = ""
        elif self._codec in ("binary", "multipart"):
            codec = "binary"  # bytes were promised: whatever kind of them came is handed over as bytes
        else:
            codec = codec_of(content_type) or self._codec
        if len(self._readings) >= _KNOWN:
            self._readings.clear()
        charset = charset_of(content_type)
        self._readings[raw] = reading = _Reading(codec, charset, content_type, codec == "json" and is_utf8(charset))
        return reading

    def error_codes(self, response: Response) -> ErrorReading:
        """Return the provider's own code and message of an error answer.

        Looked for at `error_code_path` and `error_message_path`, then where the declared error schema has them, then
        in the usual places. An answer that can't be decoded has none.
        """
        _, codec = self._declared(response.status)
        try:
            data = decoded(response, codec, self._id)
        except InvalidResponse:
            return ErrorReading(None, None, None)
        return ErrorReading(self.own_code(data, response), self.own_message(data, response.status), data)

    def own_message(self, data: object, status: int) -> str | None:
        """Return the provider's own message in a decoded body, None where there is none."""
        (_, message_paths), _ = self._declared(status)
        own = first_text(data, (self._message_path,)) if self._message_path is not None else None
        return own or first_text(data, message_paths) or first_text(data, MESSAGE_PATHS)

    def own_code(self, data: object, response: Response) -> str | None:
        """Return the provider's own code in a decoded body, None where there is none."""
        (code_paths, _), _ = self._declared(response.status)
        own = first_text(data, (self._own_path,)) if self._own_path is not None else None
        content_type = (response.headers.get("content-type") or "").lower()
        return bare_code(own or first_text(data, code_paths)) or usual_code(data, content_type)

    def _declared(self, status: int) -> _Declared:
        known = self._errors
        return known.get(str(status)) or known.get(f"{status // 100}xx") or known.get("default") or _UNDECLARED
