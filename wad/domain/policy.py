"""Limits, time-outs and backoff. All durations are seconds; 0 switches a limit off."""

from __future__ import annotations

from dataclasses import dataclass, fields

from wad.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a session may take for what, and how often it may fail.

    The defaults of the first eight are those of the session lifecycle that users know from other servers; the rest are
    this project's own.

    Attributes:
        connecting: From the start of a client to its first QR or connection.
        qr_window: How long the user has to scan, however often the code rotates meanwhile.
        pairing: From the scan to the first login.
        syncing: From the first login to the connection.
        reconnecting: How long the engine may try to restore a lost connection by itself.
        idle: Time without activity after which a session expires.
        max_age: Age at which a session expires.
        max_failures: Failed attempts in a row after which a session is given up. Of a linked session only refusals by
            WhatsApp count: while that cannot be reached, attempts go on.
        backoff_base: The longest wait before the first new attempt.
        backoff_cap: The longest wait before any attempt.
        stable_after: A connection that has lasted this long resets the count of failures.
        pairing_silence: Silence after a scan for which the client is restarted with its new credentials: one client in
            eight never logs in when the server closes the connection right after it asked for a new login.
        replaced_wait: Wait before the one attempt that follows when another client took the stream.
        replaced_window: A second replacement within this time is the last: someone else is using the credentials.
        heartbeat: Interval at which WhatsApp is asked whether it still answers a session that has been connected.
        restart_intensity: Crashes of its worker within ``restart_period`` that a session may live through; after one
            more it waits until somebody asks for it. 0 is no limit. The words and the rule are OTP supervisors'.
        restart_period: Time within which crashes are counted.
        max_failed_heartbeats: Unanswered heartbeats in a row after which a session is removed; 0 for never.
    """

    connecting: float = 60
    qr_window: float = 5 * 60
    pairing: float = 30
    syncing: float = 60
    reconnecting: float = 60
    idle: float = 15 * 60
    max_age: float = 2 * 60 * 60
    max_failures: int = 10
    backoff_base: float = 1
    backoff_cap: float = 60
    stable_after: float = 60
    pairing_silence: float = 5
    replaced_wait: float = 30
    replaced_window: float = 5 * 60
    heartbeat: float = 0
    max_failed_heartbeats: int = 3
    restart_intensity: int = 5
    restart_period: float = 5 * 60

    def __post_init__(self) -> None:
        """Refuse what is not a duration.

        Raises:
            InvalidInput: A value is negative or not finite.
        """
        for field in fields(self):
            value: float = getattr(self, field.name)
            if not 0 <= value < float("inf"):
                raise InvalidInput(
                    f"policy.{field.name}",
                    f"{field.name} is {value}; it must be 0 (off) or a positive number.",
                )

    @property
    def limits_life(self) -> bool:
        """True when a linked session ends by itself some time: after a while without activity, or at some age."""
        return bool(self.idle or self.max_age)

    def backoff(self, failures: int, chance: float) -> float:
        """Return the seconds to wait after *failures* failed attempts in a row, with full jitter.

        Full jitter spreads attempts evenly over the whole interval, so that sessions which were lost together do not
        come back together.
        """
        exponent = min(max(failures - 1, 0), 32)  # beyond 2**32 s any cap has long been reached
        return chance * min(self.backoff_cap, self.backoff_base * 2**exponent)
