"""Known answers for the DICOM JSON decoder, read apart from the product by pydicom (written with 2.3.1):

    python3 test/dicom/known-answers.py > test/dicom/known-answers.json
    npx biome format --write test/dicom/known-answers.json

Each case is an element of the DICOM JSON Model that pydicom wrote from DICOM's own text, and what pydicom reads in it.
"""

import json
import warnings

from pydicom.dataset import Dataset
from pydicom.valuerep import DA, DT, TM, PersonName

warnings.simplefilter("ignore")

NAMES = [
    "Adams^John Robert Quincy^^Rev.^B.A. M.Div.",
    "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "Hong^Gildong=洪^吉洞=홍^길동",
    "Wang^XiaoDong=王^小东",
    "=山田^太郎",
    "==やまだ^たろう",
    "Buc^Jérôme",
    "Äneas^Rüdiger",
    "Διονυσιος",
    "Люкceмбypг",
    "قباني^لنزار",
    "שרון^דבורה",
    "ANONYMOUS",
    "^Bob^^Dr.",
]
NUMBERS = {
    "DS": ["1", "-1.5", "+.5", "1e3", "1.50E-05", "0.333333333333", "10.", "007"],
    "IS": ["1", "-2147483648", "+12", "0012"],
}
DATES = ["20240229", "19000101", "00010101"]
TIMES = ["14", "1405", "140530", "140530.25", "000000.000001"]
DATE_TIMES = ["2024", "202402", "20240229", "2024022914", "202402291405", "20240229140530.25", "20240229140530+0530", "20240229140530.1-1200"]


def element(vr, values):
    data_set = Dataset()
    data_set.add_new(0x00091001, vr, values)
    return data_set.to_json_dict()["00091001"]


def components(text):
    name = PersonName(text)
    return {
        "alphabetic": [name.family_name, name.given_name, name.middle_name, name.name_prefix, name.name_suffix],
        "ideographic": name.ideographic,
        "phonetic": name.phonetic,
    }


cases = {
    "names": [{"json": element("PN", text), "expected": components(text)} for text in NAMES],
    "numbers": [
        {"json": element(vr, texts), "texts": texts, "expected": [float(text) for text in texts]}
        for vr, texts in NUMBERS.items()
    ],
    "dates": [{"text": text, "expected": DA(text).isoformat()} for text in DATES],
    "times": [{"text": text, "expected": TM(text).isoformat("microseconds")} for text in TIMES],
    "dateTimes": [{"text": text, "expected": DT(text).isoformat(timespec="microseconds")} for text in DATE_TIMES],
}
print(json.dumps(cases, ensure_ascii=False, indent=2))
