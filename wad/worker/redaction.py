"""Takes secrets out of what the engine prints and logs."""

from __future__ import annotations

import re

_LINKING = re.compile(r"https?://wa\.me/settings/linked_devices#\S+")
_OLD_QR = re.compile(r"\b[12]@[A-Za-z0-9+/=,@-]{20,}")
_PAIRING_CODE = re.compile(r"(?i)(pair(?:ing)?[ _-]?code\b.{0,8}?)\b[A-Z0-9]{4}-?[A-Z0-9]{4}\b")
# Who the session itself was linked as may be read.
_JID = re.compile(r"(?<!paired )\b[0-9]{5,}(?=[0-9.:_-]*@(?:s\.whatsapp\.net|lid|g\.us)\b)")
_LONG_RUN = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{32,}={0,2}")
_HEX = re.compile(r"[0-9a-fA-F]+")


def redact(text: str) -> str:
    """Return *text* without QR texts, pairing codes, the numbers of people and groups, keys and other long secrets.

    A run of 32 or more characters of the base64 or hex alphabets is taken for a secret when it looks random: when it is
    hex, or mixes digits with letters of both cases. Words and paths are left alone.
    """
    text = _LINKING.sub("[redacted QR]", text)
    text = _OLD_QR.sub("[redacted QR]", text)
    text = _PAIRING_CODE.sub(r"\1[redacted]", text)
    text = _JID.sub("[redacted number]", text)
    return _LONG_RUN.sub(_long_run, text)


def _long_run(match: re.Match[str]) -> str:
    run = match.group()
    mixed = any(c.isdigit() for c in run) and any(c.isupper() for c in run) and any(c.islower() for c in run)
    if mixed or _HEX.fullmatch(run):
        return f"[redacted {len(run)} characters]"
    return run
