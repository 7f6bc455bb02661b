"""A value that is never shown."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

T = TypeVar("T")

MASK = "********"


class Secret(Generic[T]):
    """Holds a value and shows ``********`` in its place: in logs, parameters, the ledger and the UI.

        @flow
        def publish(token: Secret[str]):
            post(token.get())

    It goes to worker processes as any argument does. It protects against showing, not against code that calls ``get()``.
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def get(self) -> T:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        """A plain value where a Secret is annotated is wrapped."""
        from pydantic_core import core_schema  # called by pydantic only

        def wrapped(value: Any) -> Secret[Any]:
            return value if isinstance(value, Secret) else Secret(value)

        return core_schema.no_info_plain_validator_function(wrapped)
