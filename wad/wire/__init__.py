"""What the daemon and its workers share: frames, their lengths on the socket, and a worker's settings."""

PROTOCOL_VERSION = 1
"""Version of ``protos/wad/wire/v1`` that this side speaks; the daemon and its workers must agree on it."""
