"""What the daemon and its workers share: frames, their lengths on the socket, and a worker's settings."""

PROTOCOL_VERSION = 2
"""Version of ``protos/wad/wire/v1`` that this program speaks. In 1, a worker's Hello told no ``latest`` facts."""

OLDEST_PROTOCOL_VERSION = 1
"""The oldest version of a worker that a daemon can drive: the one before, so that an upgrade costs no connection."""
