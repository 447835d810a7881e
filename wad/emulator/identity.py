"""The signed device identity: how a phone vouches for the device whose QR code it scanned."""

import hmac

from google.protobuf.message import DecodeError

from wad.emulator.errors import WireError
from wad.emulator.v1.whatsapp_pb2 import ADVDeviceIdentity, ADVSignedDeviceIdentity, ADVSignedDeviceIdentityHMAC
from wad.emulator.xeddsa import SigningKey, verify

_ACCOUNT_PREFIX = b"\6\0"
_DEVICE_PREFIX = b"\6\1"


class Offer:
    """A device identity that a phone has signed and the device has not yet.

    Args:
        account: the phone's signing key.
        identity_key: Signal identity key of the device.
        raw_id: random number of the account's device list.
        key_index: position of the device in that list.
        now: seconds since the epoch.
    """

    def __init__(self, account: SigningKey, identity_key: bytes, *, raw_id: int, key_index: int, now: int) -> None:
        details = ADVDeviceIdentity(raw_id=raw_id, timestamp=now, key_index=key_index).SerializeToString()
        self._account, self._identity_key, self._details = account, identity_key, details

    def sealed(self, secret: bytes) -> bytes:
        """Return the offer for the device, authenticated with the secret of its QR code."""
        signature = self._account.sign(_ACCOUNT_PREFIX + self._details + self._identity_key)
        signed = ADVSignedDeviceIdentity(
            details=self._details, account_signature_key=self._account.public, account_signature=signature
        ).SerializeToString()
        seal = hmac.digest(secret, signed, "sha256")
        return ADVSignedDeviceIdentityHMAC(details=signed, hmac=seal).SerializeToString()

    def check(self, answer: bytes) -> None:
        """Check the identity that the device sends back.

        Raises:
            WireError: the device did not sign this offer with its identity key.
        """
        try:
            signed = ADVSignedDeviceIdentity.FromString(answer)
        except DecodeError as error:
            raise WireError("the device's answer is no signed device identity") from error
        message = _DEVICE_PREFIX + self._details + self._identity_key + self._account.public
        if signed.details != self._details or not verify(self._identity_key, message, signed.device_signature):
            raise WireError("the device's signature does not fit its identity key")
