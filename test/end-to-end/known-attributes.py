"""Known answers for every attribute of every valid file of the corpus, written with pydicom 2.3.1:

    python3 test/end-to-end/known-attributes.py path/of/the/corpus > test/end-to-end/known-attributes.json.gz

By file, a list of [path, VR, digest]. The digest is the beginning of the SHA-256 of the value's text: "e" for an empty one,
else a letter for its kind and
    t  texts, trimmed, joined by a backslash
    n  numbers as the file writes them (DS, IS) or as integers, joined by a backslash
    f  FL and FD as doubles in big-endian hex (-0 as 0), joined by a backslash
    p  names, groups joined by "=", names by a backslash
    s  how many items a sequence has; they follow with paths of their own
    b  SHA-256 of the bytes, little endian

Private attributes whose VR the file does not tell (implicit VR, or UN) are taken as the bytes they are: pydicom's own
table of private attributes is emptied. Group lengths are no attributes of an object, and are left out.
"""

import gzip
import hashlib
import json
import struct
import sys
import warnings
from pathlib import Path

import pydicom
from pydicom import _private_dict, config
from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.filewriter import correct_ambiguous_vr_element
from pydicom.multival import MultiValue
from pydicom.valuerep import PersonName

warnings.simplefilter("ignore")
config.settings.reading_validation_mode = config.IGNORE
_private_dict.private_dictionaries.clear()

TEXT = set("AE AS AT CS DA DT LO LT SH ST TM UC UI UR UT".split())
END_ONLY = set("LT ST UT UC".split())
NUMBER = set("DS IS SL SS SV UL US UV".split())
WORD = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}


def trimmed(text, vr):
    text = text.rstrip(" \0")
    return text if vr in END_ONLY else text.lstrip(" ")


def many(value):
    return list(value) if isinstance(value, (MultiValue, list, tuple)) else [value]


def text_of(one, vr):
    if one is None:
        return ""
    return f"{int(one):08X}" if vr == "AT" else trimmed(str(one), vr)


def bytes_text(value, vr, little_endian):
    size = 1 if little_endian else WORD.get(vr, 1)
    if size > 1:
        value = b"".join(value[at : at + size][::-1] for at in range(0, len(value), size))
    return "b" + hashlib.sha256(value).hexdigest()


def value_text(element, little_endian):
    vr, value = element.VR, element.value
    if vr == "SQ":
        return f"s{len(value)}" if len(value) else "e"
    if value is None or (isinstance(value, (str, bytes, list, MultiValue, PersonName)) and len(value) == 0):
        return "e"
    if isinstance(value, bytes):
        return bytes_text(value, vr, little_endian)
    if vr in ("FL", "FD"):
        return "f" + "\\".join("nan" if one != one else struct.pack(">d", one + 0.0).hex() for one in many(value))
    if vr == "PN":
        names = ["=".join(group.rstrip() for group in str(one).split("=")).rstrip("=") for one in many(value)]
        return "e" if not any(names) else "p" + "\\".join(names)
    texts = [text_of(one, vr) for one in many(value)]
    if texts == [""]:
        return "e"
    return ("n" if vr in NUMBER else "t") + "\\".join(texts)


def resolved(raw_ds, element, outer):
    """US or SS and such, by what the items around say (PS3.3 C.7.6.3.1.2)."""
    if " or " not in element.VR:
        return element
    context = Dataset()
    for keyword in ("PixelRepresentation", "LUTDescriptor", "BitsAllocated", "Rows", "Columns", "WaveformBitsAllocated"):
        for ds in (raw_ds, *outer):
            if keyword in ds:
                setattr(context, keyword, ds[keyword].value)
                break
    context.is_implicit_VR, context.is_little_endian = True, outer[-1].is_little_endian if outer else raw_ds.is_little_endian
    context.PixelData = b""
    return correct_ambiguous_vr_element(element, context, context.is_little_endian)


def creator_path(ds, tag):
    """The path by creator; None where there is none, or where it leads to another block."""
    if not tag.is_private or tag.elem < 0x1000:
        return None
    try:
        creator = trimmed(ds[tag.group, tag.elem >> 8].value, "LO")
    except (KeyError, AttributeError):
        return None
    except TypeError:
        return None
    if not 0 < len(creator) <= 64 or any(one in "{}\\" or ord(one) < 32 or 127 <= ord(one) < 160 for one in creator):
        return None
    for block in range(0x10, tag.elem >> 8):
        if (tag.group, block) in ds and trimmed(str(ds[tag.group, block].value), "LO") == creator:
            if (tag.group, (block << 8) | (tag.elem & 0xFF)) in ds:
                return None
    return f"{tag.group:04x}xx{tag.elem & 0xFF:02x}{{{creator}}}"


def step(ds, tag):
    keyword = "" if tag.is_private or tag.group & 0xFF00 in (0x5000, 0x6000) else keyword_for_tag(tag)
    return creator_path(ds, tag) or keyword or f"{tag.group:04X}{tag.elem:04X}"


def walk(ds, prefix, outer, little_endian):
    for tag in sorted(ds.keys()):
        if tag.elem == 0:
            continue
        path = prefix + step(ds, tag)
        raw = ds.get_item(tag).value
        try:
            element = resolved(ds, ds[tag], outer)
            vr, text = element.VR, value_text(element, little_endian)
        except Exception as problem:  # pydicom refuses a number that is none: what remains is what the file has
            vr = ds.get_item(tag).VR or "UN"
            print(f"{path} {vr}: {problem!r} {raw[:40]!r}", file=sys.stderr)
            text = ("n" + trimmed(raw.decode("latin1"), vr)) if vr in ("DS", "IS") else bytes_text(raw, "UN", True)
            element = None
        yield [path, vr, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]], text
        if element is not None and vr == "SQ":
            for index, item in enumerate(element.value):
                yield from walk(item, f"{path}[{index}].", (ds, *outer), little_endian)


folder = Path(sys.argv[1])
answers, texts = {}, {}
for file in json.loads((folder / "manifest.json").read_text()):
    if not file["valid"]:
        continue
    ds = pydicom.dcmread(folder / file["file"], force=True)
    found = list(walk(ds, "", (), ds.is_little_endian))
    answers[file["file"]] = [row for row, _ in found]
    texts[file["file"]] = [text[:300] for _, text in found]
if len(sys.argv) > 2:  # the texts themselves, to look at what differs
    Path(sys.argv[2]).write_text(json.dumps(texts))
packed = json.dumps(answers, separators=(",", ":"), ensure_ascii=False).encode()
sys.stdout.buffer.write(gzip.compress(packed, 9, mtime=0))
