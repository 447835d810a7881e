"""Maintenance, next to a running daemon and without one: cleanup, backup and restore, the daily report."""
