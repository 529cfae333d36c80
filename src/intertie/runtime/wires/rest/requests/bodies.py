"""The body of an operation's requests: what it takes, how it is validated and written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import NamedTuple

from intertie.core.charsets import CharsetError, encode_text
from intertie.core.errors import InvalidInput
from intertie.core.media_types import charset_of
from intertie.core.secret import Secret
from intertie.runtime.inputs.at_once import AtOnce
from intertie.runtime.inputs.coercion import coerced
from intertie.runtime.inputs.complaints import broken, invalid
from intertie.runtime.inputs.plain_data import NotPlainError, plain, plain_object
from intertie.runtime.inputs.schema_shape import NOTHING, Shape, fixed_members, shape_of
from intertie.runtime.streams import Upload, is_source
from intertie.runtime.wires.rest.plan import BodyPlan
from intertie.runtime.wires.rest.requests.media import encode_form, encode_json, encode_multipart, is_file

RAW_FIELD = "body"
"""Input field that is the whole body, where the body is no object: text, XML, bytes, a JSON list or scalar."""

Payload = bytes | AsyncIterator[bytes]


class Written(NamedTuple):
    """A body as it is sent. `content_type` is None where the declared one stands."""

    payload: Payload
    content_type: str | None = None


class BodyWriter:
    """One operation's body, compiled once.

    Attributes:
        shape: What its schema says at first sight.
        takes_members: The body is an object (or a form) made of input fields; else it is the input field `body`.
    """

    __slots__ = (
        "_at_once",
        "_codec",
        "_fixed",
        "_operation",
        "_schema",
        "_write",
        "content_type",
        "required",
        "shape",
        "takes_members",
    )

    def __init__(self, plan: BodyPlan, operation: str) -> None:
        self.content_type = plan.content_type
        self.required = plan.required
        self._codec = plan.codec
        self._schema = plan.schema
        self._at_once = AtOnce(plan.schema) if plan.schema is not None else None
        self._operation = operation
        self.shape: Shape = shape_of(plan.schema.json, plan.schema.json) if plan.schema else NOTHING
        self._fixed = fixed_members(self.shape)
        is_object = not self.shape.types or "object" in self.shape.types
        self.takes_members = plan.codec in ("form", "multipart") or (plan.codec == "json" and is_object)
        self._write: Callable[[dict[str, object], Mapping[str, str], Callable[[], str]], Written] = {
            "form": self._form,
            "multipart": self._multipart,
        }.get(plan.codec, self._json)

    def at_once(self, body: dict[str, object]) -> bytes | None:
        """Return a body of JSON that is plain and valid at first sight, None where it has to be looked at closely."""
        if self._at_once is None or self._fixed or self._codec != "json" or not self._at_once.passes(body):
            return None
        try:
            return encode_json(body)
        except (OverflowError, TypeError, ValueError, RecursionError):
            return None

    def members(
        self,
        body: dict[str, object],
        internal: Mapping[str, str],
        new_uuid: Callable[[], str],
        secret_field: tuple[str, Secret] | None,
    ) -> Written:
        """Return the body made of members, validated; required members that have one possible value are filled in.

        Args:
            body: External names.
            internal: Path in the body -> path in the call's input.
            new_uuid: For the boundary of a multipart body.
            secret_field: Name and credential that `authentication` puts into the body.

        Raises:
            InvalidInput: It breaks its schema, or holds something that can't be sent.
        """
        if self._fixed:
            body = {**body, **{name: value for name, value in self._fixed.items() if name not in body}}
        if secret_field is not None:
            name, secret = secret_field
            body = {**body, name: secret.reveal()}
        try:
            return self._write(body, internal, new_uuid)
        except NotPlainError as error:
            raise invalid(self._operation, internal.get(error.path, error.path), error.rule) from None
        except (OverflowError, TypeError, ValueError, RecursionError) as error:
            # Our own messages name rules; those of encoders may repeat the value.
            rule = str(error) if type(error) is ValueError else f"can't be written as {self.content_type}"
            raise invalid(self._operation, "", rule) from None

    def raw(self, value: object) -> Written:
        """Return the body that is one input field: text, bytes, chunks of bytes, or JSON of any type.

        Raises:
            InvalidInput: It is of another kind, or breaks its schema.
        """
        if self._codec == "json":
            return self._raw_json(value)
        if isinstance(value, bytes | bytearray | memoryview):
            sent = bytes(value)
            if self._codec == "binary" and self._schema is not None and not self._schema.is_valid(sent):
                raise broken(self._operation, self._schema, sent, {}, RAW_FIELD)
            return Written(sent)
        if self._codec == "binary" and is_source(value):
            return Written(Upload(value))  # type: ignore[arg-type]  # seen just now
        if isinstance(value, str):
            if self._codec == "text" and self._schema is not None and not self._schema.is_valid(value):
                raise broken(self._operation, self._schema, value, {}, RAW_FIELD)
            try:
                return Written(encode_text(value, charset_of(self.content_type)))
            except CharsetError as error:
                raise invalid(self._operation, RAW_FIELD, str(error)) from None
        wanted = "bytes, an iterator of bytes, or an open file" if self._codec == "binary" else "text or bytes"
        raise invalid(self._operation, RAW_FIELD, f"must be {wanted}")

    def _raw_json(self, value: object) -> Written:
        try:
            if self._at_once is not None and self._at_once.passes(value):
                return Written(encode_json(value))
            data = plain(value, RAW_FIELD)
            if self._schema is not None and not self._schema.is_valid(data):
                data = coerced(data, self._schema.json, self._schema.json, lenient=False)
                if not self._schema.is_valid(data):
                    raise broken(self._operation, self._schema, data, {}, RAW_FIELD)
            return Written(encode_json(data))
        except NotPlainError as error:
            raise invalid(self._operation, error.path, error.rule) from None
        except (OverflowError, UnicodeEncodeError, RecursionError):
            raise invalid(self._operation, RAW_FIELD, "can't be written as JSON") from None

    def _json(self, body: dict[str, object], internal: Mapping[str, str], new_uuid: Callable[[], str]) -> Written:
        del new_uuid
        if self._at_once is not None and self._at_once.passes(body):
            return Written(encode_json(body))
        data = plain_object(body)
        if self._schema is not None and not self._schema.is_valid(data):
            # A command line gives texts, a transform decimals: what the schema asks for is written.
            data = coerced(data, self._schema.json, self._schema.json, lenient=False)  # type: ignore[assignment]
            if not self._schema.is_valid(data):
                raise self._broken(data, internal)
        return Written(encode_json(data))

    def _form(self, body: dict[str, object], internal: Mapping[str, str], new_uuid: Callable[[], str]) -> Written:
        del new_uuid
        data = plain_object(body)
        if self._schema is not None and not self._schema.is_valid(data):
            # A form has texts only: "10" is as good as 10, whichever of both the schema says.
            data = coerced(data, self._schema.json, self._schema.json)  # type: ignore[assignment]
            if not self._schema.is_valid(data):
                raise self._broken(data, internal)
        return Written(encode_form(data))

    def _multipart(self, body: dict[str, object], internal: Mapping[str, str], new_uuid: Callable[[], str]) -> Written:
        parts: dict[str, object] = {}
        seen: dict[str, object] = {}
        for name, value in body.items():
            if is_file(value):
                parts[name], seen[name] = value, ""
            elif isinstance(value, list) and value and all(is_file(element) for element in value):
                parts[name], seen[name] = value, [""] * len(value)
            else:
                data = plain(value, name)
                shape_schema = self.shape.members.get(name)
                root = self._schema.json if self._schema is not None else {}
                parts[name] = seen[name] = coerced(data, shape_schema, root)
        if self._schema is not None and not self._schema.is_valid(seen):
            raise self._broken(seen, internal)
        boundary = f"intertie-{new_uuid()}"
        return Written(encode_multipart(parts, boundary), f"{self.content_type}; boundary={boundary}")

    def _broken(self, data: object, internal: Mapping[str, str]) -> InvalidInput:
        assert self._schema is not None  # noqa: S101  # asked only where a schema said no
        return broken(self._operation, self._schema, data, internal, "")
