"""Bring a database of any released schema to the present one; the steps stand in steps/, one file each."""

from clew.db.migrations.forward import (
    NewerSchema,
    carry,
    is_current,
    known_schemas,
    migrate,
    present,
    schema_of,
    version_table,
)

__all__ = [
    "NewerSchema",
    "carry",
    "is_current",
    "known_schemas",
    "migrate",
    "present",
    "schema_of",
    "version_table",
]
