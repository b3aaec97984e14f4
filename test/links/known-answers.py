"""Known answers for signed links, computed apart from the product from the description of its format:

    python3 test/links/known-answers.py > test/links/known-answers.json

Standard library only. HKDF is RFC 5869; the layout of the encoding is that of `encodeGrant` in src/links/encoding.ts.
"""

import base64
import hashlib
import hmac
import json
import struct

SALT = b"dicomweb-graphql"
FORMS = ["resource", "template", "root", "upload"]
METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
REPRESENTATIONS = ["NATIVE", "FRAMES", "RENDERED", "THUMBNAIL", "BULKDATA", "METADATA"]
FUNCTIONS = ["linear", "linear-exact", "sigmoid"]
MEDIA_TYPES = [
    "application/dicom",
    'multipart/related; type="application/dicom"',
    "application/dicom+json",
    "application/octet-stream",
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/jp2",
    "image/jls",
    "image/jphc",
    "image/dicom-rle",
    "video/mp4",
    "application/pdf",
    "text/html",
]


def hkdf(secret, info):
    extracted = hmac.new(SALT, secret, hashlib.sha256).digest()
    return hmac.new(extracted, info.encode() + b"\x01", hashlib.sha256).digest()


def count(value):
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        if value == 0:
            return bytes(out + bytes([low]))
        out.append(low | 0x80)


def optional_count(value):
    return count(0 if value is None else value + 1)


def optional_integer(value):
    if value is None:
        return count(0)
    return count(-2 * value if value < 0 else 2 * value + 1)


def text(value):
    data = value.encode("utf-8")
    return count(len(data)) + data


def optional_text(value):
    if value is None:
        return count(0)
    data = value.encode("utf-8")
    return count(len(data) + 1) + data


def uid(value, base):
    if value is None:
        return b"\0"
    shared = 0
    while shared < min(len(base), len(value)) and base[shared] == value[shared]:
        shared += 1
    rest = value[shared:]
    halves = ["0123456789.".index(character) for character in rest] + [15] * (len(rest) % 2)
    packed = bytes(halves[i] << 4 | halves[i + 1] for i in range(0, len(halves), 2))
    return bytes([shared + 1, len(rest)]) + packed


def media_type(value):
    if value is None:
        return b"\0"
    if value in MEDIA_TYPES:
        return bytes([MEDIA_TYPES.index(value) + 2])
    return b"\1" + text(value)


def rendering(value):
    if value is None:
        return b"\0"
    viewport, window, quality = value["viewport"], value["window"], value["quality"]
    out = bytes([1 | (2 if viewport else 0) | (4 if window else 0) | (0 if quality is None else 8)])
    if viewport:
        out += count(viewport["width"]) + count(viewport["height"])
        for name in ["sourceX", "sourceY", "sourceWidth", "sourceHeight"]:
            out += optional_integer(viewport[name])
    if window:
        out += struct.pack(">dd", window["center"], window["width"]) + bytes([FUNCTIONS.index(window["function"])])
    if quality is not None:
        out += count(quality)
    return out


def bits(members, names):
    return bytes([sum(1 << names.index(member) for member in members)])


def encode(grant):
    series_base = grant["study"] or ""
    instance_base = grant["series"] or series_base
    return b"".join([
        bytes([grant["version"]]),
        text(grant["keyId"]),
        bytes([FORMS.index(grant["form"]) + 1]),
        bits(grant["methods"], METHODS),
        bits(grant["representations"], REPRESENTATIONS),
        text(grant["origin"]),
        uid(grant["study"], ""),
        uid(grant["series"], series_base),
        uid(grant["instance"], instance_base),
        optional_count(grant["frame"]),
        optional_count(grant["frameCount"]),
        optional_text(grant["attributePath"]),
        optional_text(grant["originPath"]),
        media_type(grant["mediaType"]),
        uid(grant["transferSyntaxUID"], "1.2.840.10008.1.2"),
        rendering(grant["rendering"]),
        optional_count(grant["maxBytes"]),
        struct.pack(">II", grant["notBefore"], grant["expiresAt"]),
        bytes.fromhex(grant["subject"]),
        count(grant["epoch"]),
        bytes.fromhex(grant["nonce"] or ""),
    ])


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def grant(secret, **parts):
    whole = {
        "version": 1,
        "keyId": "2026-11",
        "form": "resource",
        "methods": ["GET", "HEAD"],
        "representations": ["NATIVE"],
        "origin": "main",
        "study": "1.3.6.1.4.1.14519.5.2.1.7009.2403.334240657131972136850343327463",
        "series": None,
        "instance": None,
        "frame": None,
        "frameCount": None,
        "attributePath": None,
        "originPath": None,
        "mediaType": None,
        "transferSyntaxUID": None,
        "rendering": None,
        "maxBytes": None,
        "nonce": None,
        "notBefore": 1795361970,
        "expiresAt": 1795362600,
        "subject": hmac.new(hkdf(secret, "links/v1/subject"), b"anonymous", hashlib.sha256).hexdigest()[:32],
        "epoch": 0,
    }
    assert parts.keys() <= whole.keys()
    return whole | parts


def answers(secret):
    series = "1.3.6.1.4.1.14519.5.2.1.7009.2403.226151125820845824875394858561"
    instance = "1.3.6.1.4.1.14519.5.2.1.7009.2403.811199116755887922789178901449"
    yield "a study as stored", grant(secret, mediaType='multipart/related; type="application/dicom"')
    yield "an instance, decoded", grant(
        secret,
        series=series,
        instance=instance,
        mediaType="application/dicom",
        transferSyntaxUID="1.2.840.10008.1.2.1",
    )
    yield "every frame of an instance", grant(
        secret,
        form="template",
        representations=["FRAMES"],
        study="2.25.329800735698586629295641978511506172918",
        series="2.25.1",
        instance="0",
        frameCount=300,
        expiresAt=1795365600,
        epoch=40000,
    )
    yield "a rendered frame with every parameter", grant(
        secret,
        representations=["RENDERED"],
        series=series,
        instance=instance,
        frame=128,
        mediaType="image/png",
        rendering={
            "viewport": {
                "width": 512, "height": 16384, "sourceX": None, "sourceY": 64, "sourceWidth": -256, "sourceHeight": 512,
            },
            "window": {"center": -0.5, "width": 1500.25, "function": "sigmoid"},
            "quality": 90,
        },
    )
    yield "bulk data of a type of its own", grant(
        secret,
        representations=["BULKDATA"],
        origin="archive/2",
        series=series,
        instance=instance,
        attributePath="ContentSequence[0].0029xx10{Grüße}",
        originPath="/studies/1.2/bulkdata/00420011?part=ü",
        mediaType="model/stl",
    )
    yield "a DICOMweb root for a series", grant(
        secret,
        form="root",
        methods=["GET", "HEAD", "OPTIONS"],
        representations=["FRAMES", "RENDERED", "BULKDATA", "METADATA"],
        series=series,
        expiresAt=1795365600,
        epoch=7,
    )
    yield "bulk data below a DICOMweb root", grant(
        secret,
        form="root",
        methods=["GET", "HEAD", "OPTIONS"],
        representations=["BULKDATA"],
        series=series,
        instance=instance,
        attributePath="EncapsulatedDocument",
        originPath="/dicom-web/studies/1/bulk/1",
        expiresAt=1795365600,
        epoch=7,
    )
    yield "an upload to a study", grant(
        secret,
        form="upload",
        methods=["POST"],
        representations=[],
        maxBytes=2147483648,
        nonce="000102030405060708090a0b0c0d0eff",
    )
    yield "an upload to any study", grant(
        secret,
        form="upload",
        methods=["POST"],
        representations=[],
        study=None,
        maxBytes=1,
        nonce="ff" * 16,
        epoch=3,
    )


if __name__ == "__main__":
    key = bytes(range(1, 41))
    print(json.dumps({
        "secret": key.hex(),
        "answers": [
            {
                "name": name,
                "grant": parts,
                "encoding": encode(parts).hex(),
                "token": base64url(encode(parts)) + base64url(
                    hmac.new(hkdf(key, "links/v1/" + parts["form"]), encode(parts), hashlib.sha256).digest()),
            }
            for name, parts in answers(key)
        ],
    }, indent=2, ensure_ascii=False))
