"""Results stored beyond their run: serializers, and reading a result."""

from armillary.engine.results.results import Header, Kept, read_result
from armillary.engine.results.serializers import (
    CompressedSerializer,
    JsonSerializer,
    PickleSerializer,
    Serializer,
    serializer_named,
)

__all__ = [
    "CompressedSerializer",
    "Header",
    "JsonSerializer",
    "Kept",
    "PickleSerializer",
    "Serializer",
    "read_result",
    "serializer_named",
]
