"""Known answers for the modules of images, read apart from the product by pydicom (written with 2.3.1):

    python3 test/graphql/known-modules.py path/of/the/corpus > test/graphql/known-modules.json
    npx biome format --write test/graphql/known-modules.json

By SOP Instance UID. Functional groups are looked up by the names of their macros, in the frame's own groups, then in the
shared ones, as PS3.3 C.7.6.16 has it. An attribute without a value is null.
"""

import json
import sys
import warnings
from collections import Counter
from pathlib import Path

import pydicom
from pydicom.multival import MultiValue

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])

NUMBERS = {"DS": float, "FD": float, "FL": float, "UL": float, "IS": int, "US": int, "SS": int, "SL": int}
PLANE = ["ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "SpacingBetweenSlices", "SliceLocation"]
PIXEL = ["SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"]
CT = ["KVP", "XRayTubeCurrent", "ExposureTime", "Exposure", "ConvolutionKernel", "GantryDetectorTilt", "ReconstructionDiameter"]
MR = ["MagneticFieldStrength", "RepetitionTime", "EchoTime", "InversionTime", "FlipAngle", "EchoTrainLength", "ScanningSequence", "SequenceName", "PixelBandwidth", "NumberOfAverages", "MRAcquisitionType"]
PT = ["Units", "CorrectedImage", "DecayCorrection", "AttenuationCorrectionMethod", "FrameReferenceTime", "ActualFrameDuration", "SeriesType"]
DOSE = ["Radiopharmaceutical", "RadionuclideTotalDose", "RadionuclideHalfLife", "RadionuclidePositronFraction", "RadiopharmaceuticalStartTime"]
# Where an enhanced image has what its single-frame sibling has at the top: macro, and the name that it has there.
MACROS = {
    "ImagePositionPatient": ("PlanePositionSequence", None),
    "ImageOrientationPatient": ("PlaneOrientationSequence", None),
    "PixelSpacing": ("PixelMeasuresSequence", None),
    "SliceThickness": ("PixelMeasuresSequence", None),
    "SpacingBetweenSlices": ("PixelMeasuresSequence", None),
    "WindowCenter": ("FrameVOILUTSequence", None),
    "WindowWidth": ("FrameVOILUTSequence", None),
    "WindowCenterWidthExplanation": ("FrameVOILUTSequence", None),
    "RescaleSlope": ("PixelValueTransformationSequence", None),
    "RescaleIntercept": ("PixelValueTransformationSequence", None),
    "RescaleType": ("PixelValueTransformationSequence", None),
    "StackID": ("FrameContentSequence", None),
    "InStackPositionNumber": ("FrameContentSequence", None),
    "DimensionIndexValues": ("FrameContentSequence", None),
    "ReferencedSegmentNumber": ("SegmentIdentificationSequence", None),
    "RepetitionTime": ("MRTimingAndRelatedParametersSequence", None),
    "FlipAngle": ("MRTimingAndRelatedParametersSequence", None),
    "EchoTrainLength": ("MRTimingAndRelatedParametersSequence", None),
    "EchoTime": ("MREchoSequence", "EffectiveEchoTime"),
    "PixelBandwidth": ("MRImagingModifierSequence", None),
    "NumberOfAverages": ("MRAveragesSequence", None),
    "KVP": ("CTXRayDetailsSequence", None),
    "XRayTubeCurrent": ("CTExposureSequence", "XRayTubeCurrentInmA"),
    "ExposureTime": ("CTExposureSequence", "ExposureTimeInms"),
    "Exposure": ("CTExposureSequence", "ExposureInmAs"),
    "ConvolutionKernel": ("CTReconstructionSequence", None),
    "ReconstructionDiameter": ("CTReconstructionSequence", None),
}
RENAMED = {"SequenceName": "PulseSequenceName"}
LISTS = {"ConvolutionKernel", "ScanningSequence", "CorrectedImage", "SeriesType", "DimensionIndexValues"}


def value(item, keyword):
    element = item.get(pydicom.datadict.tag_for_keyword(keyword)) if item is not None else None
    if element is None or element.value in (None, "") or (isinstance(element.value, MultiValue) and not element.value):
        return None
    convert = NUMBERS.get(element.VR, str)
    values = [convert(one) + (0 if convert is float else convert()) for one in (element.value if isinstance(element.value, (MultiValue, list)) else [element.value])]
    return values if len(values) > 1 or keyword in LISTS else values[0]


def in_groups(groups, keyword):
    macro, name = MACROS.get(keyword, (None, None))
    items = groups.get(macro) if groups is not None and macro else None
    return value(items[0], name or keyword) if items else None


def first(*candidates):
    return next((one for one in candidates if one is not None), None)


def shared_of(ds):
    return ds.SharedFunctionalGroupsSequence[0] if ds.get("SharedFunctionalGroupsSequence") else None


def of_instance(ds, keyword):
    only = ds.get("PerFrameFunctionalGroupsSequence") or []
    groups = [shared_of(ds), only[0] if len(only) == 1 else None]
    return first(value(ds, keyword), *(in_groups(one, keyword) for one in groups), value(ds, RENAMED.get(keyword, keyword)))


def of_frame(ds, frame, keyword):
    own = ds.PerFrameFunctionalGroupsSequence[frame] if ds.get("PerFrameFunctionalGroupsSequence") else None
    top = None if keyword in ("ImagePositionPatient", "SliceLocation") else value(ds, keyword)
    return first(in_groups(own, keyword), in_groups(shared_of(ds), keyword), top)


def camel(keyword):
    special = {"KVP": "kvp", "XRayTubeCurrent": "xRayTubeCurrent", "MRAcquisitionType": "mrAcquisitionType"}
    return special.get(keyword) or keyword[0].lower() + keyword[1:]


def windows(read):
    as_list = lambda one: one if isinstance(one, list) else [] if one is None else [one]
    centers, widths, texts = (as_list(read(k)) for k in ("WindowCenter", "WindowWidth", "WindowCenterWidthExplanation"))
    pairs = list(zip(centers, widths))
    return [{"center": c, "width": w, "explanation": texts[i] if i < len(texts) else None} for i, (c, w) in enumerate(pairs)]


def described(read, keywords):
    return {camel(keyword): read(keyword) for keyword in keywords}


def time(text):
    if text is None:
        return None
    whole, _, fraction = text.partition(".")
    parts = ":".join(whole[i : i + 2] for i in range(0, len(whole), 2))
    return parts + ("." + fraction if fraction else "")


def answer(ds):
    top = lambda keyword: of_instance(ds, keyword)
    result = {
        "imagePixel": described(top, PIXEL),
        "imagePlane": described(top, PLANE),
        "modalityLut": described(top, ["RescaleSlope", "RescaleIntercept", "RescaleType"]),
        "voiLut": {"windows": windows(top)},
        "frameOfReferenceUID": value(ds, "FrameOfReferenceUID"),
    }
    kind = ds.SOPClassUID.name
    for name, keywords in (("CT Image", CT), ("MR Image", MR), ("Positron", PT)):
        if name in kind or (name.split()[0] + " Image") in kind:
            result["acquisition"] = described(top, keywords)
    if "Positron" in kind:
        items = ds.get("RadiopharmaceuticalInformationSequence") or []
        result["radiopharmaceuticals"] = [described(lambda k, item=item: value(item, k), DOSE) for item in items] or None
        for one in result["radiopharmaceuticals"] or []:
            one["radiopharmaceuticalStartTime"] = time(one["radiopharmaceuticalStartTime"])
    if ds.get("SharedFunctionalGroupsSequence"):
        keywords = ["StackID", "InStackPositionNumber", "DimensionIndexValues", "ReferencedSegmentNumber"]
        result["frames"] = []
        for number in range(int(ds.NumberOfFrames)):
            read = lambda keyword, number=number: of_frame(ds, number, keyword)
            result["frames"].append(
                {
                    "number": number + 1,
                    **described(read, keywords),
                    "imagePlane": described(read, PLANE[:4]),
                    "voiLut": {"windows": windows(read)},
                    "modalityLut": described(read, ["RescaleSlope", "RescaleIntercept"]),
                }
            )
    return result


answers = {}
in_series = Counter()
for entry in json.loads((folder / "manifest.json").read_text()):
    if not entry["valid"] or not entry["storable"] or entry.get("duplicateOf") or entry["frames"] is None:
        continue
    in_series[entry["seriesInstanceUID"]] += 1
    if in_series[entry["seriesInstanceUID"]] > 3:
        continue  # slices like those before
    ds = pydicom.dcmread(folder / entry["file"], force=True, stop_before_pixels=True)
    answers[entry["sopInstanceUID"]] = {"file": entry["file"], **answer(ds)}
print(json.dumps(answers, ensure_ascii=False, indent=1))
