"""What certificates say: how long they hold, and whose they are.

The library is loaded when there is a certificate to read: a daemon without TLS does without its memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# ruff: noqa: PLC0415 - see above


def expires_at(pem: bytes) -> float:
    """Return when the first of several certificates expires, in seconds since the epoch.

    Args:
        pem: Certificates in PEM.

    Raises:
        ValueError: There is no certificate, or something else than one.
    """
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise ValueError("it is no certificate") from error
    return min(each.not_valid_after_utc for each in found).timestamp()


def client_names(pem: bytes) -> Sequence[str]:
    """Return the names under which the holder of a certificate is known: its DNS names, or else its common name.

    They are read from the certificate itself. gRPC tells names too, but cuts them off at a zero byte, so that a name
    that goes on behind one would be somebody else's; here such a name is none.

    Args:
        pem: The certificate.
    """
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        certificate = x509.load_pem_x509_certificate(pem)
        try:
            alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except x509.ExtensionNotFound:
            names = [str(name.value) for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        else:
            names = alternative.value.get_values_for_type(x509.DNSName)
    except ValueError:  # it is damaged, though an authority has signed it
        return ()
    return [name for name in names if name.isprintable() and not name.isspace()]
