"""What the subjects of one compilation share: the spec, the settings, and the lists that findings go to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from intertie.compiler.codes import CODES
from intertie.compiler.defaults import DEFAULTS
from intertie.compiler.settings import Settings
from intertie.diagnostics import Diagnostic, Label, Severity, SourceSpan
from intertie.runtime.plan import NotEnforced
from intertie.spec.fields import Located
from intertie.spec.model import Spec

T = TypeVar("T")
U = TypeVar("U")


class Chosen(Struct, Generic[T], frozen=True):
    """An effective value and where it came from: `path:line`, `config` or `default`."""

    value: T
    source: str


class Build(Struct):
    """One compilation. The subjects read `spec` and `settings` and add to the lists; nothing else is shared."""

    spec: Spec
    settings: Settings
    diagnostics: list[Diagnostic] = field(default_factory=list)
    not_enforced: list[NotEnforced] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    retention: Chosen[float | None] = Chosen(None, "default")
    """Seconds that external data may be kept, read before whatever keeps any."""

    def report(
        self,
        name: str,
        message: str,
        span: SourceSpan,
        *,
        help: str | None = None,  # noqa: A002  # the diagnostic's own word
        severity: Severity | None = None,
        related: tuple[Label, ...] = (),
    ) -> None:
        """Add a finding of the table; its `help` is used if none is given."""
        code = CODES[name]
        self.diagnostics.append(
            Diagnostic(code.code, name, severity or code.severity, message, span, help or code.help, related)
        )

    def leave_out(self, what: str, why: str, source: SourceSpan | str) -> None:
        """Say that something of the spec is not done by this plan, and why."""
        self.not_enforced.append(NotEnforced(what, why, str(source)))

    def choose(self, located: Located[T] | None, key: str) -> Chosen[T]:
        """Return what the spec says, else what `[defaults]` says, else the built-in default of `key`."""
        if located is not None:
            return Chosen(located.value, str(located.span))
        return self.fallback(key)

    def choose_optional(self, located: Located[T] | None, key: str) -> Chosen[T | None]:
        """Return a value as `choose` does, where the default may be that there is none."""
        return Chosen(located.value, str(located.span)) if located is not None else self.fallback(key)

    def fallback(self, key: str) -> Chosen[Any]:
        """Return what holds where the spec is silent."""
        configured = self.settings.defaults.get(key)
        if configured is not None:
            return Chosen(configured.value, "config")
        return Chosen(DEFAULTS[key].value, "default")

    def configured(self, block: str) -> bool:
        """Return whether `[defaults]` says anything about a block."""
        return any(key.startswith(f"{block}.") for key in self.settings.defaults)

    def switched_off(self, enabled: Located[bool] | None, what: str) -> bool:
        """Return whether `enabled: false` switches a block off, and say so in the plan."""
        if enabled is None or enabled.value:
            return False
        self.leave_out(what, "switched off by the spec (`enabled: false`)", enabled.span)
        return True

    @property
    def failed(self) -> bool:
        """Whether an error was found, so that there is no plan."""
        return any(finding.severity is Severity.ERROR for finding in self.diagnostics)


def sources_of(chosen: Iterable[tuple[str, Chosen[Any]]]) -> dict[str, str]:
    """Return option -> source."""
    return {name: value.source for name, value in chosen}
