"""The text of a QR code."""

from base64 import b64encode

import pytest

from wad.emulator.errors import InvalidRequest
from wad.emulator.qr import PREFIX, QrCode, parse_qr
from wad.emulator.settings import qr_lifetimes

KEYS = [bytes([number]) * 32 for number in (1, 2, 3)]
TEXT = ",".join(["2@ref", *(b64encode(key).decode() for key in KEYS), "1"])
CODE = QrCode("2@ref", *KEYS)


@pytest.mark.parametrize("text", [PREFIX + TEXT, TEXT, f"  {TEXT}\n", TEXT.removesuffix(",1")])
def test_every_form_is_read(text: str) -> None:
    """A code is read with and without the address before it, and with and without a client type."""
    assert parse_qr(text) == CODE


@pytest.mark.parametrize(
    "text",
    ["", "hello", ",".join(["", *TEXT.split(",")[1:]]), f"{TEXT},more", TEXT.replace("A", "!"), "r,AAAA,AAAA,AAAA,1"],
)
def test_anything_else_is_refused(text: str) -> None:
    """What is no linking code is refused, and the refusal says what a code looks like."""
    with pytest.raises(InvalidRequest) as refusal:
        parse_qr(text)
    assert refusal.value.code == "invalid_qr"
    assert PREFIX in refusal.value.hint


@pytest.mark.parametrize(
    ("codes", "seconds"), [(6, (60, 20, 20, 20, 20, 20)), (1, (20,)), (2, (20, 20)), (7, 7 * (20,))]
)
def test_only_the_first_code_of_a_full_batch_lasts_longer(codes: int, seconds: tuple[float, ...]) -> None:
    """The codes end when clients cease to show them."""
    assert qr_lifetimes(codes) == seconds
