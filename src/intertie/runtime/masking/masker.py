"""What may be shown of headers, bodies and texts. Credentials are masked always; the rest where the spec asks for it.

| always | with `mask_sensitive` |
|---|---|
| every registered secret, also percent-encoded, in JSON or in Base64 | e-mail addresses |
| values of headers, fields and parameters whose names say that they are credentials | card numbers (Luhn) |
| what follows `Bearer`, `Basic` and their like; passwords in URLs | IBANs (check digits) |
| tokens by their shape: JWT, keys of well-known providers, private keys | telephone numbers, by the field's name |
| fields that the spec marks as personal, by their path (a single name: anywhere) | |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from intertie.core.outside_text import LONGEST_SHOWN, shown
from intertie.core.plurals import plural
from intertie.core.secret import MASK, Secret
from intertie.runtime.mapping.json_ready import to_json_ready
from intertie.runtime.mapping.paths import EACH, Step, parse_path
from intertie.runtime.masking.names import is_credential_header, is_credential_name, is_phone_name
from intertie.runtime.masking.secrets import KnownSecrets
from intertie.runtime.masking.shapes import CREDENTIALS, NAMED, SCHEME, URL_PASSWORD, VALUE, WORDS, mask_personal
from intertie.runtime.plan import LoggingOptions

_DEEPEST = 60
LONGEST = 200_000
"""Longer texts are cut before they are searched: a log line is no place for them."""


class Masker:
    """Masks what is logged, recorded or audited of one integration. May be used from any thread."""

    __slots__ = ("_anywhere", "_personal", "_personal_names", "_secrets", "_sensitive")

    def __init__(self, options: LoggingOptions, secrets: KnownSecrets | Iterable[Secret] = ()) -> None:
        self._sensitive = options.mask_sensitive
        self._personal = tuple(_steps(path) for path in options.personal)
        # In a text there are no paths: there the last name of a personal path counts.
        self._personal_names = frozenset(last.lower() for *_, last in self._personal if isinstance(last, str))
        self._anywhere = frozenset(steps[0] for steps in self._personal if len(steps) == 1)
        self._secrets = secrets if isinstance(secrets, KnownSecrets) else KnownSecrets(secrets)

    def register(self, secret: Secret) -> None:
        """Mask this secret's text wherever it stands, from now on."""
        self._secrets.add(secret)

    def headers(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return header fields with the values of credentials masked; the word of an authentication scheme stays."""
        return [(self._secrets.masked(name), self._header(name, value)) for name, value in pairs]

    def data(self, obj: object) -> object:
        """Return plain data, JSON-ready, with credentials and personal fields masked; the object is not changed."""
        return self._masked(obj, self._personal, 0)

    def text(self, text: str) -> str:
        """Return a text (a message, a URL, a body that is no JSON) with what it must not show masked."""
        if len(text) > LONGEST:
            text = self._secrets.masked(text)[:LONGEST] + "…"
        text = self._secrets.masked(text)
        text = CREDENTIALS().sub(MASK, text)
        if "://" in text:
            text = URL_PASSWORD().sub(rf"\1:{MASK}@", text)
        text = SCHEME().sub(_without_credential, text)
        if "=" in text or ":" in text:
            text = self._without_named(text)
        if self._sensitive:
            text = mask_personal(text)
        # Masking itself may bring two parts of a secret together.
        return self._secrets.masked(text)

    def known(self, text: str) -> str:
        """Return a sentence of ours without any secret that was resolved; its other words stay as they are."""
        return self._secrets.masked(text)

    def quoted(self, text: str, *, most: int = LONGEST_SHOWN) -> str:
        """Return words from outside as they may stand in a sentence: masked, on one line, cut at `most`."""
        return shown(self.text(text), most=most)

    def _header(self, name: str, value: str) -> str:
        if not is_credential_header(name):
            return self.text(value)
        scheme, space, _ = value.partition(" ")
        known = space and re.fullmatch(r"(?i)bearer|basic|digest|token|negotiate|dpop|apikey", scheme)
        return self._secrets.masked(f"{scheme} {MASK}") if known else MASK

    def _without_named(self, text: str) -> str:
        """Return the text with the values masked that stand after a name that says what they are."""
        parts: list[str] = []
        done = 0
        for match in NAMED().finditer(text):
            if match.start() < done or not self._hides(_last_name(match.group(1))):
                continue
            value = VALUE().match(text, match.end())
            if value is None or value.group().startswith(MASK):
                continue
            quote = value.group()[0] if value.group()[0] in "\"'" else ""
            parts += (text[done : match.end()], quote, MASK, quote)
            done = value.end()
        return "".join((*parts, text[done:])) if parts else text

    def _hides(self, name: str) -> bool:
        return (
            is_credential_name(name)
            or name.lower() in self._personal_names
            or (self._sensitive and is_phone_name(name))
        )

    def _masked(self, value: object, personal: tuple[tuple[Step, ...], ...], depth: int) -> object:
        if depth > _DEEPEST:
            return MASK
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                self._secrets.masked(str(name)): self._member(str(name), member, personal, depth)
                for name, member in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            inner = _after(personal, EACH)
            if () in inner:
                return MASK
            return [self._masked(element, inner, depth + 1) for element in value]
        if isinstance(value, bytes | bytearray | memoryview):
            return self._secrets.masked(plural(len(value), "byte"))
        if value is None or isinstance(value, bool):
            return value
        return self._scalar(value)

    def _member(self, name: str, value: object, personal: tuple[tuple[Step, ...], ...], depth: int) -> object:
        inner = _after(personal, name)
        if () in inner or name in self._anywhere:
            return None if value is None else MASK
        hidden = is_credential_name(name) or (self._sensitive and is_phone_name(name))
        if hidden and value is not None and not isinstance(value, bool | Mapping | list):
            return MASK
        return self._masked(value, inner, depth + 1)

    def _scalar(self, value: object) -> object:
        """Return a number or instant as it is, unless its text is something to mask."""
        try:
            ready = to_json_ready(value)
        except ValueError:
            return self._secrets.masked(f"({type(value).__name__})")
        text = str(ready)
        return ready if self.text(text) == text else MASK


def _without_credential(match: re.Match[str]) -> str:
    """Return what stands after the word of a scheme masked: "token" is a word of sentences too, before other words."""
    scheme, space, value = match.groups()
    if scheme.lower() in WORDS and re.fullmatch(r"[a-z]{8,20}[.]?", value):
        return match.group()
    return f"{scheme}{space}{MASK}"


def _last_name(name: str) -> str:
    """Return the innermost name of a form field: `token` of `filter[token]`, also percent-encoded."""
    inner = name.replace("%5B", "[").replace("%5D", "]").removesuffix("[]").rstrip("]")
    return inner.rpartition("[")[2]


def _steps(path: str) -> tuple[Step, ...]:
    """Return the steps of a personal path; a text that is no path is one name."""
    try:
        steps: tuple[Step, ...] = getattr(parse_path(path), "steps", ())
    except ValueError:
        steps = ()
    return steps or (path.strip(),)


def _after(personal: tuple[tuple[Step, ...], ...], step: Step) -> tuple[tuple[Step, ...], ...]:
    """Return what is left of the paths behind one step. A path holds inside lists without saying `[]`, too."""
    if not personal:
        return ()
    if step is EACH:
        return tuple(path[1:] if path and not isinstance(path[0], str) else path for path in personal if path)
    return tuple(path[1:] for path in personal if path and path[0] == step)
