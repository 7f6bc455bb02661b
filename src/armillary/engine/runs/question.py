"""The input a paused flow run requests: a value of a type, published as JSON Schema."""

from __future__ import annotations

from typing import Any

from msgspec import json

from armillary.core.errors import InvalidOption, InvalidParameters
from armillary.journal.format.events import InputAsked


class Question:
    """``key`` names it within the run. ``wanted`` is any annotation pydantic understands; None: no input, the run
    only waits. Raises InvalidOption for a type that JSON Schema cannot express, TooLarge for one whose schema is too large to validate
    against."""

    __slots__ = ("_adapter", "key", "schema", "timeout_seconds")

    def __init__(self, key: str, wanted: Any, timeout_seconds: float | None) -> None:
        if timeout_seconds is not None and timeout_seconds <= 0:
            raise InvalidOption(
                f"timeout_seconds={timeout_seconds!r}: the timeout of a pause is above 0 seconds.",
                subject="timeout_seconds",
                advice="None waits forever.",
            )
        self.key = key
        self.timeout_seconds = timeout_seconds
        self._adapter: Any = None
        self.schema: dict[str, Any] | None = None
        if wanted is None:
            return
        from pydantic import PydanticSchemaGenerationError, TypeAdapter  # heavy, needed only for input
        from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError

        from armillary.core.rules.schema_work import check_schema  # as above

        try:
            self._adapter = TypeAdapter(wanted)
            self.schema = self._adapter.json_schema()
        except (PydanticSchemaGenerationError, PydanticInvalidForJsonSchema, PydanticUserError) as problem:
            raise InvalidOption(
                f"wait_for_input={wanted!r} cannot be asked for: {problem}",
                subject="wait_for_input",
                advice="Give a pydantic model, or a type such as bool, str or Literal['yes', 'no'].",
            ) from None
        check_schema(self.schema, "wait_for_input")

    def asked(self, run_id: str, at: int) -> InputAsked:
        """Its record, requested by that run at ``at`` microseconds."""
        schema = None if self.schema is None else json.encode(self.schema).decode()
        expires = None if self.timeout_seconds is None else at + int(self.timeout_seconds * 1_000_000)
        return InputAsked(at, run_id, self.key, schema, expires)

    def read(self, answer: str | None) -> Any:
        """The value of an answer in JSON. Raises InvalidParameters, naming each invalid field."""
        if self._adapter is None:
            return None
        from pydantic import ValidationError

        if answer is None:
            answer = "{}" if self.schema and self.schema.get("type") == "object" else "null"
        try:
            return self._adapter.validate_json(answer)
        except ValidationError as problem:
            reasons = "; ".join(
                f"{'.'.join(map(str, each['loc'])) or 'input'}: {each['msg']}" for each in problem.errors()
            )
            raise InvalidParameters(f"Invalid input: {reasons}.", subject=self.key) from None
