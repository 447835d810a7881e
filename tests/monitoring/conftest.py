"""Monitoring is tried in the same house as the users' stories."""

from tests.acceptance.conftest import house as house  # noqa: PLC0414 - a fixture is used by its name
