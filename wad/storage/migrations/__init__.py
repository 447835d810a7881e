"""The registry's schema, revision by revision. A revision that was released is never edited."""
