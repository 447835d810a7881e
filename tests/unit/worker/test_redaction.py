"""No secret reaches the worker's log, and ordinary words do."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.worker.redaction import redact

QR = "https://wa.me/settings/linked_devices#2@abc/DEF+,bm9pc2U=,aWRlbnRpdHk=,YWR2c2VjcmV0,1"


@pytest.mark.parametrize("line", [f"Emitting QR code {QR}", "qr 2@aBcDeFgHiJkLmNoPqRsTuV,xYz012=,AbC=,Zz9=,1 end"])
def test_a_qr_text_is_redacted(line: str) -> None:
    """Whoever reads a QR text in a log could link the session to his account."""
    assert "[redacted QR]" in redact(line)
    assert "aWRlbnRpdHk" not in redact(line)
    assert "xYz012" not in redact(line)


@pytest.mark.parametrize("line", ["Pair Code:  ABCD-1234", "pairing code is ABCD1234", "Pair Code: ABCD-1234"])
def test_a_pairing_code_is_redacted(line: str) -> None:
    """A pairing code in a log would let its reader link the session."""
    assert "1234" not in redact(line)


@given(st.text("123456789ABCDEFGHJKLMNPQRSTVWXYZ", min_size=8, max_size=8))
def test_what_the_library_prints_of_a_pairing_code_is_redacted(code: str) -> None:
    """The line that the library itself prints never passes, whatever the code."""
    assert redact(f"Pair Code:  {code[:4]}-{code[4:]}") == "Pair Code:  [redacted]"


@pytest.mark.parametrize(
    "jid", ["4915112345678@s.whatsapp.net", "123456789012345:7@lid", "4915112345678-1600000000@g.us"]
)
def test_a_number_of_a_person_or_a_group_is_redacted(jid: str) -> None:
    """Whom a session writes to is nobody else's business."""
    assert "12345" not in redact(f"Error sending message: no LID found for {jid} from server")


@given(st.binary(min_size=32, max_size=64))
def test_keys_are_redacted(key: bytes) -> None:
    """Keys of 32 bytes or more, as hex, never pass."""
    assert key.hex() not in redact(f"key {key.hex()} end")


def test_a_key_in_base64_is_redacted() -> None:
    """A key of 32 bytes, as base64, does not pass."""
    key = base64.b64encode(bytes(range(100, 132))).decode()
    assert redact(f"key={key}") == f"key=[redacted {len(key)} characters]"


@pytest.mark.parametrize(
    "line",
    [
        "Got 515 code, reconnecting...",
        "Successfully paired 4915112345678:1@s.whatsapp.net",
        "/usr/lib/python3/site-packages/wad/worker/server.py",
        "failed to get reader: failed to read frame header: EOF",
    ],
)
def test_ordinary_lines_are_left_alone(line: str) -> None:
    """A log without words would help nobody."""
    assert redact(line) == line
