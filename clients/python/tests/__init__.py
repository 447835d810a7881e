"""The suite of the Python client."""
