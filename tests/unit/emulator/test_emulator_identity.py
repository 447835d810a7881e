"""The signed device identity, against a device that checks what real ones check."""

import hmac

import pytest

from wad.emulator.errors import WireError
from wad.emulator.identity import Offer
from wad.emulator.v1.whatsapp_pb2 import ADVDeviceIdentity, ADVSignedDeviceIdentity, ADVSignedDeviceIdentityHMAC
from wad.emulator.xeddsa import SigningKey, verify

SECRET = b"s" * 32
ACCOUNT, DEVICE = SigningKey(b"a" * 32), SigningKey(b"d" * 32)


@pytest.fixture
def offer() -> Offer:
    """Return what a phone offers the device."""
    return Offer(ACCOUNT, DEVICE.public, raw_id=5, key_index=3, now=100)


def opened(offer: Offer) -> ADVSignedDeviceIdentity:
    """Open an offer as the device does that showed the QR code."""
    sealed = ADVSignedDeviceIdentityHMAC.FromString(offer.sealed(SECRET))
    assert hmac.digest(SECRET, sealed.details, "sha256") == sealed.hmac
    return ADVSignedDeviceIdentity.FromString(sealed.details)


def answer(identity: ADVSignedDeviceIdentity, key: SigningKey) -> bytes:
    """Sign an offer as a device does."""
    message = b"\6\1" + identity.details + DEVICE.public + identity.account_signature_key
    return ADVSignedDeviceIdentity(details=identity.details, device_signature=key.sign(message)).SerializeToString()


def test_the_offer_is_the_phones(offer: Offer) -> None:
    """The phone's signature covers the device's key, and the details say what the device needs to know."""
    identity = opened(offer)
    message = b"\6\0" + identity.details + DEVICE.public
    assert verify(identity.account_signature_key, message, identity.account_signature)
    assert ADVDeviceIdentity.FromString(identity.details) == ADVDeviceIdentity(raw_id=5, timestamp=100, key_index=3)


def test_the_devices_signature_is_accepted(offer: Offer) -> None:
    """A device that signs the offer with its identity key is linked."""
    offer.check(answer(opened(offer), DEVICE))


@pytest.mark.parametrize("wrong", [b"", b"\xff", answer(ADVSignedDeviceIdentity(details=b"other"), DEVICE)])
def test_anything_else_is_refused(offer: Offer, wrong: bytes) -> None:
    """Garbage, or the signature of something else, links nothing."""
    with pytest.raises(WireError):
        offer.check(wrong)


def test_another_key_is_refused(offer: Offer) -> None:
    """A signature by another key than the QR code's links nothing."""
    with pytest.raises(WireError, match="signature"):
        offer.check(answer(opened(offer), SigningKey.generate()))
