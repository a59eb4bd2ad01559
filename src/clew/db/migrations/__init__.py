"""Bring a database of any released schema to the present one; the steps stand in steps/, one file each."""

from clew.db.migrations.forward import NewerSchema, is_current, migrate, present, schema_of

__all__ = ["NewerSchema", "is_current", "migrate", "present", "schema_of"]
