"""Known answers for specialised objects, read apart from the product by pydicom (written with 2.3.1):

    python3 test/graphql/known-objects.py path/of/the/corpus > test/graphql/known-objects.json
    npx biome format --write test/graphql/known-objects.json

By file of the corpus. Content items of reports are lines; of long reports the first 40 stand here, of all of them the
SHA-256 of the lines joined by line feeds. Colours are converted by the formulas of CIE 15 and IEC 61966-2-1 with a
Bradford adaptation computed here.
"""

import hashlib
import json
import sys
import warnings
from pathlib import Path

import pydicom
from pydicom.valuerep import DA, TM

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])


def code(sequence):
    if not sequence:
        return None
    item = sequence[0]
    value = item.get("CodeValue") or item.get("LongCodeValue") or item.get("URNCodeValue")
    return {"value": value, "scheme": item.get("CodingSchemeDesignator"), "meaning": item.get("CodeMeaning")}


def text(item, keyword):
    value = item.get(keyword)
    return None if value is None or value == "" else str(value)


def whole(item, keyword):
    value = item.get(keyword)
    return None if value in (None, "") else int(value)


def real(item, keyword):
    value = item.get(keyword)
    return None if value in (None, "") else float(value)


def iso_date(item, keyword):
    return DA(item.get(keyword)).isoformat() if item.get(keyword) else None


# Colours


def multiply(matrix, vector):
    return [sum(m * v for m, v in zip(row, vector)) for row in matrix]


def inverse(m):
    (a, b, c), (d, e, f), (g, h, i) = m
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    adjugate = [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ]
    return [[x / det for x in row] for row in adjugate]


BRADFORD = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
D50 = [0.96422, 1.0, 0.82521]
D65 = [0.95047, 1.0, 1.08883]
SRGB = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]


def rgb(values):
    if not values:
        return None
    lightness, a, b = values[0] * 100 / 65535, values[1] * 255 / 65535 - 128, values[2] * 255 / 65535 - 128
    fy = (lightness + 16) / 116
    cubed = lambda t: t**3 if t > 6 / 29 else 3 * (6 / 29) ** 2 * (t - 4 / 29)
    xyz = [white * cubed(t) for white, t in zip(D50, (fy + a / 500, fy, fy - b / 200))]
    cone, from50, to65 = multiply(BRADFORD, xyz), multiply(BRADFORD, D50), multiply(BRADFORD, D65)
    adapted = multiply(inverse(BRADFORD), [c * t / f for c, f, t in zip(cone, from50, to65)])
    linear = [min(1, max(0, v)) for v in multiply(inverse(SRGB), adapted)]
    encoded = [12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in linear]
    red, green, blue = [int(v * 255 + 0.5) for v in encoded]
    return {"hex": f"#{red:02x}{green:02x}{blue:02x}", "red": red, "green": green, "blue": blue}


# Objects


def segmentation(ds):
    frames = {}
    for index, groups in enumerate(ds.get("PerFrameFunctionalGroupsSequence", [])):
        if "SegmentIdentificationSequence" in groups:
            number = groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber
            frames.setdefault(number, []).append(index + 1)
    return {
        "segmentationType": text(ds, "SegmentationType"),
        "fractionalType": text(ds, "SegmentationFractionalType"),
        "maximumFractionalValue": whole(ds, "MaximumFractionalValue"),
        "contentLabel": text(ds, "ContentLabel"),
        "segments": [
            {
                "number": segment.SegmentNumber,
                "label": text(segment, "SegmentLabel"),
                "description": text(segment, "SegmentDescription"),
                "algorithmType": text(segment, "SegmentAlgorithmType"),
                "algorithmName": [segment.SegmentAlgorithmName] if segment.get("SegmentAlgorithmName") else None,
                "category": code(segment.get("SegmentedPropertyCategoryCodeSequence")),
                "type": code(segment.get("SegmentedPropertyTypeCodeSequence")),
                "anatomicRegion": code(segment.get("AnatomicRegionSequence")),
                "trackingID": text(segment, "TrackingID"),
                "trackingUID": text(segment, "TrackingUID"),
                "displayColor": rgb(segment.get("RecommendedDisplayCIELabValue")),
                "frameNumbers": None if ds.SegmentationType == "LABELMAP" else frames.get(segment.SegmentNumber, []),
            }
            for segment in ds.SegmentSequence
        ],
    }


def number_of(item):
    [measured] = item.get("MeasuredValueSequence") or [None]
    if measured is None:
        return None, None, None
    raw = measured.get("NumericValue")
    value = measured.get("FloatingPointValue")
    value = float(value if value is not None else raw)
    return value, str(getattr(raw, "original_string", raw)).strip(), code(measured.get("MeasurementUnitsCodeSequence"))


def key(coded):
    return "" if coded is None else f"{coded['scheme']} {coded['value']} {coded['meaning']}"


def value_of(item):
    kind = item.get("ValueType")
    if kind == "TEXT":
        return item.TextValue.rstrip(" ")
    if kind == "CODE":
        return key(code(item.get("ConceptCodeSequence")))
    if kind == "NUM":
        _, raw, unit = number_of(item)
        return f"{raw} {unit['value']}"
    if kind == "DATE":
        return DA(item.Date).isoformat()
    if kind == "TIME":
        return TM(item.Time).isoformat("microseconds")
    if kind == "DATETIME":
        return str(item.DateTime)
    if kind == "PNAME":
        return str(item.PersonName)
    if kind == "UIDREF":
        return str(item.UID)
    if kind in ("IMAGE", "COMPOSITE", "WAVEFORM"):
        reference = item.ReferencedSOPSequence[0]
        listed = lambda v: "" if v is None else ",".join(str(int(n)) for n in (v if hasattr(v, "__iter__") else [v]))
        numbers = [listed(reference.get(k)) for k in ("ReferencedFrameNumber", "ReferencedSegmentNumber")]
        return " ".join([reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID, *numbers])
    if kind in ("SCOORD", "SCOORD3D"):
        return " ".join([item.GraphicType, *(f"{v:.3f}" for v in item.GraphicData)])
    if kind == "CONTAINER":
        return item.ContinuityOfContent
    raise ValueError(kind)


def content(item, path):
    concept = code(item.get("ConceptNameCodeSequence"))
    fields = [path, item.get("RelationshipType") or "", item.get("ValueType") or "", key(concept), value_of(item)]
    yield "|".join(fields)
    for index, child in enumerate(item.get("ContentSequence", [])):
        yield from content(child, f"{path}.{index + 1}")


def measurements(item, group=None):
    children = item.get("ContentSequence", [])
    concept = code(item.get("ConceptNameCodeSequence"))
    named = lambda items, *names: next((i for i in items if (code(i.get("ConceptNameCodeSequence")) or {}).get("value") in names), None)
    coded = lambda i: None if i is None else code(i.ConceptCodeSequence)
    is_group = item.get("ValueType") == "CONTAINER" and concept and concept["value"] == "125007"
    for child in children:
        if is_group and child.ValueType == "NUM":
            value, _, unit = number_of(child)
            own = child.get("ContentSequence", [])
            identifier, unique = named(children, "112039"), named(own, "112040") or named(children, "112040")
            yield {
                "name": code(child.ConceptNameCodeSequence),
                "value": value,
                "unit": unit,
                "derivation": coded(named(own, "121401")),
                "method": coded(named(own, "G-C036") or named(children, "G-C036")),
                "findingSite": coded(named(own, "G-C0E3") or named(children, "G-C0E3")),
                "trackingID": identifier and identifier.TextValue,
                "trackingUID": unique and unique.UID,
                "group": {"finding": coded(named(children, "121071"))},
            }
        yield from measurements(child)


def report(ds):
    lines = list(content(ds, "1"))
    is_measurement_report = ds.ConceptNameCodeSequence[0].CodeValue == "126000"
    return {
        "title": code(ds.ConceptNameCodeSequence),
        "completion": text(ds, "CompletionFlag"),
        "verification": text(ds, "VerificationFlag"),
        "preliminary": text(ds, "PreliminaryFlag"),
        "contentItemCount": len(lines),
        "lines": lines[:40],
        "digest": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        "measurements": list(measurements(ds)) if is_measurement_report else None,
    }


def slide(ds):
    across = -(-ds.TotalPixelMatrixColumns // ds.Columns)
    down = -(-ds.TotalPixelMatrixRows // ds.Rows)
    return {
        "totalPixelMatrixColumns": ds.TotalPixelMatrixColumns,
        "totalPixelMatrixRows": ds.TotalPixelMatrixRows,
        "tiles": {
            "columns": ds.Columns,
            "rows": ds.Rows,
            "across": across,
            "down": down,
            "count": int(ds.NumberOfFrames),
            "organizationType": text(ds, "DimensionOrganizationType"),
        },
        "opticalPaths": [
            {
                "identifier": text(path, "OpticalPathIdentifier"),
                "description": text(path, "OpticalPathDescription"),
                "illuminationType": code(path.get("IlluminationTypeCodeSequence")),
            }
            for path in ds.OpticalPathSequence
        ],
    }


def structure_set(ds):
    contours = {item.ReferencedROINumber: item for item in ds.ROIContourSequence}
    observations = {item.ReferencedROINumber: item for item in ds.RTROIObservationsSequence}
    rois = []
    for roi in ds.StructureSetROISequence:
        contour, observation = contours.get(roi.ROINumber), observations.get(roi.ROINumber)
        color = contour and contour.get("ROIDisplayColor")
        rois.append(
            {
                "number": int(roi.ROINumber),
                "name": text(roi, "ROIName"),
                "generationAlgorithm": text(roi, "ROIGenerationAlgorithm"),
                "color": {"hex": "#" + "".join(f"{int(c):02x}" for c in color)} if color else None,
                "contourCount": len(contour.get("ContourSequence", [])) if contour else 0,
                "interpretedType": observation and text(observation, "RTROIInterpretedType"),
            }
        )
    return {
        "structureSetLabel": text(ds, "StructureSetLabel"),
        "structureSetDate": iso_date(ds, "StructureSetDate"),
        "rois": rois,
    }


def dose(ds):
    return {
        "doseUnits": text(ds, "DoseUnits"),
        "doseType": text(ds, "DoseType"),
        "doseSummationType": text(ds, "DoseSummationType"),
        "doseGridScaling": real(ds, "DoseGridScaling"),
        "gridFrameOffsets": [float(v) for v in ds.GridFrameOffsetVector],
    }


def plan(ds):
    return {
        "planLabel": text(ds, "RTPlanLabel"),
        "planDate": iso_date(ds, "RTPlanDate"),
        "fractionGroups": [
            {
                "number": whole(group, "FractionGroupNumber"),
                "numberOfFractionsPlanned": whole(group, "NumberOfFractionsPlanned"),
                "numberOfBeams": whole(group, "NumberOfBeams"),
            }
            for group in ds.FractionGroupSequence
        ],
        "beams": [
            {
                "number": whole(beam, "BeamNumber"),
                "name": text(beam, "BeamName"),
                "type": text(beam, "BeamType"),
                "radiationType": text(beam, "RadiationType"),
                "treatmentMachineName": text(beam, "TreatmentMachineName"),
                "numberOfControlPoints": whole(beam, "NumberOfControlPoints"),
            }
            for beam in ds.BeamSequence
        ],
    }


def presentation_state(ds):
    return {
        "contentLabel": text(ds, "ContentLabel"),
        "contentDescription": text(ds, "ContentDescription"),
        "presentationCreationDate": iso_date(ds, "PresentationCreationDate"),
        "voiLuts": [
            {"voiLut": {"luts": [{"lutExplanation": text(lut, "LUTExplanation")} for lut in item.VOILUTSequence]}}
            for item in ds.SoftcopyVOILUTSequence
        ],
        "referencedInstances": [
            {"sopInstanceUID": image.ReferencedSOPInstanceUID, "seriesInstanceUID": series.SeriesInstanceUID}
            for series in ds.ReferencedSeriesSequence
            for image in series.ReferencedImageSequence
        ],
    }


def document(ds):
    return {
        "mediaType": ds.MIMETypeOfEncapsulatedDocument,
        "documentTitle": text(ds, "DocumentTitle"),
        "digest": hashlib.sha256(ds.EncapsulatedDocument).hexdigest(),
    }


def waveform(ds):
    return {
        "waveforms": [
            {
                "label": text(group, "MultiplexGroupLabel"),
                "numberOfChannels": group.NumberOfWaveformChannels,
                "numberOfSamples": group.NumberOfWaveformSamples,
                "samplingFrequency": real(group, "SamplingFrequency"),
                "channels": [
                    {
                        "label": text(channel, "ChannelLabel"),
                        "source": code(channel.get("ChannelSourceSequence")),
                        "sensitivity": real(channel, "ChannelSensitivity"),
                        "sensitivityUnits": code(channel.get("ChannelSensitivityUnitsSequence")),
                    }
                    for channel in group.ChannelDefinitionSequence
                ],
            }
            for group in ds.WaveformSequence
        ]
    }


READERS = {
    "seg": segmentation,
    "sr": report,
    "sm": slide,
    "RTSTRUCT": structure_set,
    "RTDOSE": dose,
    "RTPLAN": plan,
    "PR": presentation_state,
    "doc": document,
    "waveform": waveform,
}

answers = {}
for path in sorted(p for name in ("seg", "sr", "sm", "rt", "pr", "doc", "waveform") for p in (folder / name).iterdir()):
    ds = pydicom.dcmread(path)
    reader = READERS.get(path.parent.name) or READERS.get(ds.Modality)
    if reader and (reader is not slide or "TotalPixelMatrixRows" in ds):
        answers[f"{path.parent.name}/{path.name}"] = {"uid": ds.SOPInstanceUID, **reader(ds)}
json.dump(answers, sys.stdout, indent=1, ensure_ascii=False)
