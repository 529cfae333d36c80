"""Declared error answers: the body is what the endpoint's schema for that status says, with a code that tells."""

from __future__ import annotations

from collections.abc import Mapping

from intertie.core.errors import snake_case
from intertie.core.media_types import codec_of, concrete
from intertie.mockserver.generation import Sampler, Unsatisfiable
from intertie.mockserver.messages import Answer
from intertie.mockserver.problems import phrase, problem
from intertie.mockserver.wires.rest.bodies import encode
from intertie.runtime.mapping import parse_path
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.wires.rest.plan import ErrorAnswerPlan, rest_wire
from intertie.runtime.wires.rest.responses.error_codes import CODE_PATHS, MESSAGE_PATHS, declared_paths


class DeclaredErrors:
    """Makes the error answers of one plan."""

    def __init__(self, plan: Plan, *, recent_s: float, seed: int | str) -> None:
        self._code_path = plan.errors.error_code_path
        self._message_path = plan.errors.error_message_path
        self._recent_s = recent_s
        self._seed = seed
        self._samplers: dict[int, Sampler] = {}

    def find(self, operation: OperationPlan, status: int) -> ErrorAnswerPlan | None:
        """Return the declared answer of a status: the status itself, else its class, else `default`."""
        declared = {error.status.lower(): error for error in rest_wire(operation).response.errors}
        return next((declared[key] for key in (str(status), f"{status // 100}xx", "default") if key in declared), None)

    def answer(
        self,
        operation: OperationPlan,
        status: int,
        *,
        code: str | None = None,
        detail: str | None = None,
        rule: str = "forced",
    ) -> Answer:
        """Return the error answer of a status.

        Args:
            operation: Whose declaration is used.
            status: 400 to 599.
            code: The provider's own code to put where the plan reads it; else one made from the status.
            detail: Message; else the declared description.
            rule: Of the problem document that answers where the endpoint declares no schema and no code is asked for.
        """
        declared = self.find(operation, status)
        message = detail or (declared.description if declared else None) or phrase(status)
        if declared is not None and declared.example is not None and code is None:
            return _written(declared, status, declared.example)
        if declared is not None and declared.schema is not None:
            try:
                sample = self._sampler(declared).sample(f"{self._seed}:{operation.id}:{status}")
            except Unsatisfiable as reason:
                return problem(status, "no-answer", f"the schema of status {status}: {reason}", operation=operation.id)
            return _written(declared, status, self._told(sample, declared, code or snake_case(phrase(status)), message))
        if code is not None:
            body: dict[str, object] = {}
            parse_path(self._code_path or "error.code").write(body, code)
            if self._message_path is not None:
                parse_path(self._message_path).write(body, message)
            elif self._code_path is None:
                parse_path("error.message").write(body, message)
            return Answer(status, (("Content-Type", "application/json"),), encode("json", body))
        return problem(status, rule, message, place=operation.source, operation=operation.id)

    def _sampler(self, declared: ErrorAnswerPlan) -> Sampler:
        key = id(declared)
        if key not in self._samplers and declared.schema is not None:
            self._samplers[key] = Sampler(declared.schema, recent_s=self._recent_s)
        return self._samplers[key]

    def _told(self, sample: object, declared: ErrorAnswerPlan, code: str, message: str) -> object:
        """Return the sample with code and message in their places, as far as the schema allows."""
        if not isinstance(sample, Mapping) or declared.schema is None:
            return sample
        current = dict(sample)
        # The places that a client reads, in its order: what is told is what is understood.
        codes, messages = declared_paths(declared.schema)
        code_places = (parse_path(self._code_path),) if self._code_path else (*codes, *CODE_PATHS)
        message_places = (parse_path(self._message_path),) if self._message_path else (*messages, *MESSAGE_PATHS)
        for places, text in ((code_places, code), (message_places, message)):
            for path in places:
                if not isinstance(path.read(current), str):
                    continue
                changed = _deep_copy(current)
                path.write(changed, text)
                if declared.schema.is_valid(changed):
                    current = changed
                    break
        return current


def _written(declared: ErrorAnswerPlan, status: int, data: object) -> Answer:
    content_type = concrete(declared.content_type, "json")
    codec = codec_of(content_type) or "json"
    return Answer(status, (("Content-Type", content_type),), encode(codec, data, root="error"))


def _deep_copy(value: Mapping[str, object]) -> dict[str, object]:
    return {name: _copied(part) for name, part in value.items()}


def _copied(value: object) -> object:
    if isinstance(value, Mapping):
        return _deep_copy(value)
    return [_copied(part) for part in value] if isinstance(value, list) else value
