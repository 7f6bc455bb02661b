"""What the tables' columns are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import UUID, BigInteger, Column, Integer, MetaData, String
from sqlalchemy.types import TypeEngine

metadata = MetaData()

Identifier = String(36).with_variant(UUID(as_uuid=False), "postgresql")
Micros = BigInteger
# SQLite numbers rows by itself only in a column that is exactly an INTEGER PRIMARY KEY.
Counter = BigInteger().with_variant(Integer, "sqlite")


def identifier(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    """A column of UUIDs."""
    return Column(name, Identifier, primary_key=primary_key, nullable=nullable)


def needed(name: str, kind: type[TypeEngine[Any]] | TypeEngine[Any]) -> Column[Any]:
    """A column that is never NULL."""
    return Column(name, kind, nullable=False)
