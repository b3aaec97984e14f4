"""Known answers for signed links, computed apart from the product from the description of its format:

    python3 test/links/known-answers.py > test/links/known-answers.json

Standard library only. HKDF is RFC 5869, AES FIPS 197, GCM NIST SP 800-38D (checked with test cases of McGrew and Viega
before anything is written); the layout of the encoding is that of `encodeGrant` in src/links/encoding.ts.
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


def xtime(value):
    return (value << 1) ^ (0x11B if value & 0x80 else 0)


def make_sbox():
    sbox, p, q = [0x63] * 256, 1, 1
    while True:  # p runs through all but 0, q through their inverses
        p ^= xtime(p)
        for shift in (1, 2, 4):
            q ^= q << shift & 0xFF
        if q & 0x80:
            q ^= 0x09
        sbox[p] = 0x63
        for shift in range(5):
            sbox[p] ^= (q << shift | q >> 8 - shift) & 0xFF
        if p == 1:
            return sbox


SBOX = make_sbox()


def aes256(key):
    """The cipher of a block of 16 bytes."""
    words, rcon = [list(key[i : i + 4]) for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        word = list(words[-1])
        if i % 8 == 0:
            word = [SBOX[byte] for byte in word[1:] + word[:1]]
            word[0] ^= rcon
            rcon = xtime(rcon)
        elif i % 8 == 4:
            word = [SBOX[byte] for byte in word]
        words.append([a ^ b for a, b in zip(word, words[-8])])
    keys = [sum(words[i : i + 4], []) for i in range(0, 60, 4)]

    def encrypt(block):
        state = [a ^ b for a, b in zip(block, keys[0])]
        for number in range(1, 15):
            state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]  # with ShiftRows
            if number < 14:
                mixed = []
                for i in range(0, 16, 4):
                    column = state[i : i + 4]
                    whole = column[0] ^ column[1] ^ column[2] ^ column[3]
                    mixed += [column[j] ^ whole ^ xtime(column[j] ^ column[(j + 1) % 4]) for j in range(4)]
                state = mixed
            state = [a ^ b for a, b in zip(state, keys[number])]
        return bytes(state)

    return encrypt


def gcm(key, nonce, plain, data):
    """Ciphertext and tag, for a nonce of 12 bytes."""
    encrypt = aes256(key)
    h = int.from_bytes(encrypt(bytes(16)), "big")

    def times_h(x):
        z, v = 0, h
        for bit in range(127, -1, -1):
            if x >> bit & 1:
                z ^= v
            v = v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
        return z

    def stream(number, block):
        return bytes(a ^ b for a, b in zip(block, encrypt(nonce + struct.pack(">I", number))))

    out = b"".join(stream(i // 16 + 2, plain[i : i + 16]) for i in range(0, len(plain), 16))
    hashed = 0
    for part in (data, out, struct.pack(">QQ", 8 * len(data), 8 * len(out))):
        for i in range(0, len(part), 16):
            hashed = times_h(hashed ^ int.from_bytes(part[i : i + 16].ljust(16, b"\0"), "big"))
    return out + stream(1, hashed.to_bytes(16, "big"))


def check_gcm():
    """Test cases 13, 14 and 16 of "The Galois/Counter Mode of Operation (GCM)", McGrew and Viega."""
    assert gcm(bytes(32), bytes(12), b"", b"").hex() == "530f8afbc74536b9a963b4f1c4cb738b"
    assert gcm(bytes(32), bytes(12), bytes(16), b"").hex() == (
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    assert gcm(
        bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2),
        bytes.fromhex("cafebabefacedbaddecaf888"),
        bytes.fromhex(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"),
        bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
    ).hex() == (
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" "76fc6ece0f4e1768cddf8853bb2d551b")


def seal(secret, purpose, head, plain):
    padded = plain + b"\x80"
    padded += bytes(-len(padded) % 16)
    nonce = hmac.new(hkdf(secret, "opaque/v1/nonce/" + purpose), head + padded, hashlib.sha256).digest()[:12]
    return head + nonce + gcm(hkdf(secret, "opaque/v1/encrypt/" + purpose), nonce, padded, head)


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


def token(secret, grant):
    encoding = encode(grant)
    if grant["version"] == 1:
        key = hkdf(secret, "links/v1/" + grant["form"])
        return base64url(encoding) + base64url(hmac.new(key, encoding, hashlib.sha256).digest())
    size = 1 + len(text(grant["keyId"]))
    return base64url(seal(secret, "links/" + grant["form"], encoding[:size], encoding[size:]))


def opaque(secret, purpose, value):
    return base64url(seal(secret, "texts/" + purpose, b"\1" + text("2026-11"), value.encode("utf-8")))


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


def opaque_answers(secret):
    """Every form once, encrypted."""
    forms = set()
    for name, parts in answers(secret):
        if parts["form"] not in forms or parts["attributePath"]:
            forms.add(parts["form"])
            yield name + ", opaque", parts | {"version": 2}
    instance = next(parts for name, parts in answers(secret) if name == "an instance, decoded")
    yield "a rendered frame, for one without patient data", instance | {
        "version": 3,
        "representations": ["RENDERED"],
        "frame": 3,
        "mediaType": "image/jpeg",
        "transferSyntaxUID": None,
    }


TEXTS = [
    ("uid", "1.3.6.1.4.1.14519.5.2.1.7009.2403.334240657131972136850343327463"),
    ("id", "1.3.6.1.4.1.14519.5.2.1.7009.2403.334240657131972136850343327463"),
    ("uid", "2.25.1"),
    ("cursor", "Grüße, 15 Byt"),
    ("cursor", ""),
]


if __name__ == "__main__":
    check_gcm()
    key = bytes(range(1, 41))
    print(json.dumps({
        "secret": key.hex(),
        "answers": [
            {
                "name": name,
                "grant": parts,
                "encoding": encode(parts).hex(),
                "token": token(key, parts),
            }
            for name, parts in [*answers(key), *opaque_answers(key)]
        ],
        "texts": [
            {"purpose": purpose, "text": value, "token": opaque(key, purpose, value)} for purpose, value in TEXTS
        ],
    }, indent=2, ensure_ascii=False))
