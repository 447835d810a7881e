"""What a watch tells people."""

from wad.cli.watch_views import WatchLines
from wad.v1 import event_pb2, session_pb2

SHORT, LONG = "shop", "a" * 64


def snapshot(session_id: str) -> event_pb2.WatchEventsResponse:
    """Return a session as it is."""
    session = session_pb2.Session(session_id=session_id, state=session_pb2.SESSION_STATE_CONNECTED)
    return event_pb2.WatchEventsResponse(snapshot=session)


def test_states_stand_in_one_column_after_a_long_id() -> None:
    """A long id moves the column for what follows, so that all lines after it are aligned."""
    lines = WatchLines()
    first, *later = (lines.line(snapshot(session_id)) or "" for session_id in (SHORT, LONG, SHORT, LONG))
    assert first.index("connected") == len("2026-11-23 09:00:00") + 2 + 24 + 2
    assert len({line.index("connected") for line in later}) == 1


def test_zone_of_the_times_is_said_once() -> None:
    """Where the present ends and what happens begins, the zone of all times is told."""
    line = WatchLines().line(event_pb2.WatchEventsResponse(synced=event_pb2.Synced()))
    assert line is not None
    assert "(times: " in line
