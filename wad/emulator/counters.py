"""What has happened since the emulator started."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Numbers that only grow.

    Args:
        connections_total: connections that clients opened.
        registrations_total: connections that waited for a phone.
        pairings_total: devices that were linked.
        logins_total: logins that were accepted.
        logins_refused_total: logins that were refused.
        superseded_total: connections that ended because their device logged in on another one.
        messages_total: messages that devices sent.
        messages_relayed_total: copies of them, one for each device that they were addressed to.
        messages_dropped_total: copies that found the mailbox of their device full.
        crashes_total: connections that ended by a defect of the emulator.
    """

    connections_total: int = 0
    registrations_total: int = 0
    pairings_total: int = 0
    logins_total: int = 0
    logins_refused_total: int = 0
    superseded_total: int = 0
    messages_total: int = 0
    messages_relayed_total: int = 0
    messages_dropped_total: int = 0
    crashes_total: int = 0
