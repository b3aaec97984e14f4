"""Known answers for texts in the character sets of corpus/charset, written with pydicom 2.3.1:

    python3 test/graphql/known-character-sets.py path/of/the/corpus > test/graphql/known-character-sets.json

The files of the corpus have their script in the patient's name alone. Each is given texts of that script here, in its own
character set: several names, LO, LT, and texts in a sequence and in a sequence below that. `file` is the DICOM file
(base64, without pixels), `texts` what pydicom reads in it again, by attribute path.
"""

import base64
import io
import json
import sys
import warnings
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

warnings.simplefilter("ignore")
folder = Path(sys.argv[1]) / "charset"

PATHS = [
    "PatientName",
    "OperatorsName",
    "StudyDescription",
    "PatientComments",
    "RequestAttributesSequence[0].RequestedProcedureDescription",
    "RequestAttributesSequence[0].RequestingPhysician",
    "RequestAttributesSequence[0].ScheduledProtocolCodeSequence[0].CodeMeaning",
]


def add_texts(ds):
    name = str(ds.PatientName)
    words = " ".join(word for group in name.split("=") for word in group.split("^") if word)
    ds.OperatorsName = [name, name]
    ds.StudyDescription = words[:64]
    ds.PatientComments = words
    meaning, request = Dataset(), Dataset()
    meaning.CodeValue, meaning.CodingSchemeDesignator, meaning.CodeMeaning = "1", "99TEST", words[:64]
    request.RequestedProcedureDescription = words[:64]
    request.RequestingPhysician = name
    request.ScheduledProtocolCodeSequence = [meaning]
    ds.RequestAttributesSequence = [request]


def read(ds, path):
    for step in path.split("."):
        keyword, _, index = step.partition("[")
        value = ds[keyword].value
        ds = value[int(index[:-1])] if index else value
    return [str(one) for one in ds] if ds.__class__.__name__ == "MultiValue" else [str(ds)]


answers = {}
for path in sorted(folder.glob("*.dcm")):
    ds = pydicom.dcmread(path)
    del ds.PixelData
    for keyword in ("Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"):
        if keyword in ds:
            delattr(ds, keyword)
    # Objects of their own, the same whenever this runs.
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"):
        setattr(ds, keyword, generate_uid("2.25.", [path.name, keyword]))
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.PatientID = f"{ds.PatientID}-TEXTS"
    add_texts(ds)
    written = io.BytesIO()
    pydicom.dcmwrite(written, ds, write_like_original=False)
    again = pydicom.dcmread(io.BytesIO(written.getvalue()))
    again.decode()
    answers[path.name] = {
        "characterSet": "\\".join(ds.SpecificCharacterSet) if isinstance(ds.SpecificCharacterSet, (list, pydicom.multival.MultiValue)) else ds.SpecificCharacterSet,
        "sopInstanceUID": ds.SOPInstanceUID,
        "studyInstanceUID": ds.StudyInstanceUID,
        "texts": {one: read(again, one) for one in PATHS},
        "file": base64.b64encode(written.getvalue()).decode(),
    }
json.dump(answers, sys.stdout, indent=2, ensure_ascii=False)
