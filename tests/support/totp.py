"""Codes of an authenticator app (RFC 6238: SHA-1, 30 s, six digits) from an otpauth:// address."""
import base64
import hashlib
import hmac
import struct
import time
import urllib.parse


def code(uri, at=None):
    text = urllib.parse.parse_qs(urllib.parse.urlsplit(uri).query)["secret"][0]
    secret = base64.b32decode(text + "=" * (-len(text) % 8))
    step = int((time.time() if at is None else at) // 30)
    digest = hmac.digest(secret, struct.pack(">Q", step), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
