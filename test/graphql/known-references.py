"""Known answers for what instances refer to, read apart from the product by pydicom (written with 2.3.1):

    python3 test/graphql/known-references.py path/of/the/corpus > test/graphql/known-references.json
    npx biome format --write test/graphql/known-references.json

By file: each SOP Instance UID that it refers to, sorted, with the series and the study that its Common Instance Reference
Module (PS3.3 C.12.2), its evidence (C.17.2) or its presentation state (C.11.11) gives for it, and the purposes of reference.
"""

import json
import sys
import warnings
from pathlib import Path

import pydicom

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
MANAGEMENT = "1.2.840.10008.3.1."
EVIDENCE = ["ReferencedRawDataSequence", "CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence", "StudiesContainingOtherReferencedInstancesSequence"]


def series_of(ds):
    """SOP Instance UID to (series, study), from the sequences that list instances by series."""
    found = {}
    groups = [(ds.get("ReferencedSeriesSequence") or [], ds.StudyInstanceUID)]
    for keyword in EVIDENCE:
        groups += [(study.get("ReferencedSeriesSequence") or [], study.StudyInstanceUID) for study in ds.get(keyword) or []]
    for sequence, study in groups:
        for series in sequence:
            for keyword in ("ReferencedInstanceSequence", "ReferencedSOPSequence", "ReferencedImageSequence"):
                for item in series.get(keyword) or []:
                    found.setdefault(item.ReferencedSOPInstanceUID, (series.get("SeriesInstanceUID"), study))
    for frame_of_reference in ds.get("ReferencedFrameOfReferenceSequence") or []:
        for study in frame_of_reference.get("RTReferencedStudySequence") or []:
            for series in study.get("RTReferencedSeriesSequence") or []:
                for item in series.get("ContourImageSequence") or []:
                    found.setdefault(item.ReferencedSOPInstanceUID, (series.SeriesInstanceUID, study.ReferencedSOPInstanceUID))
    return found


def instances(ds, sequence=None):
    for element in ds:
        if element.VR != "SQ":
            continue
        for item in element.value:
            uid = item.get("ReferencedSOPInstanceUID")
            is_study = element.keyword in ("RTReferencedStudySequence", "ReferencedStudySequence", "ReferencedPerformedProcedureStepSequence")
            if uid and not is_study and not str(item.get("ReferencedSOPClassUID", "")).startswith(MANAGEMENT):
                yield uid, item
            yield from instances(item, element.keyword)


answers = {}
for entry in json.loads((folder / "manifest.json").read_text()):
    if not entry["valid"] or not entry["storable"] or entry.get("duplicateOf"):
        continue
    ds = pydicom.dcmread(folder / entry["file"], force=True, stop_before_pixels=True)
    series = series_of(ds)
    references = {}
    for uid, item in instances(ds):
        known = references.setdefault(uid, {"sopInstanceUID": uid, "seriesInstanceUID": None, "studyInstanceUID": None, "purposes": []})
        if uid in series:
            known["seriesInstanceUID"], known["studyInstanceUID"] = series[uid]
        for code in item.get("PurposeOfReferenceCodeSequence") or []:
            known["purposes"] = sorted({*known["purposes"], code.CodeValue})
    if references:
        first = [references[uid] for uid in sorted(references)][:20]
        answers[entry["file"]] = {"sopInstanceUID": entry["sopInstanceUID"], "count": len(references), "first": first}
print(json.dumps(answers, indent=1))
