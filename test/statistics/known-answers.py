"""Known answers for histograms of Study Date, read apart from the product by pydicom and datetime (written with 2.3.1):

    python3 test/statistics/known-answers.py CORPUS_FOLDER > test/statistics/known-answers.json
    npx biome format --write test/statistics/known-answers.json

Studies of the corpus by the day, ISO week, month and year of their Study Date: first day of each, and how many.
"""

import datetime
import json
import re
import sys
import warnings
from collections import Counter
from pathlib import Path

import pydicom

warnings.simplefilter("ignore")
corpus = Path(sys.argv[1])

texts = {}
for file in json.loads((corpus / "manifest.json").read_text()):
    if not (file["valid"] and file["storable"] and "duplicateOf" not in file):
        continue
    data_set = pydicom.dcmread(corpus / file["file"], stop_before_pixels=True, force=True)
    text = str(data_set.get("StudyDate", "") or "")
    assert texts.setdefault(file["studyInstanceUID"], text) == text, "a study has one date in all of its files"

dates = []
for text in texts.values():
    dates.append(datetime.datetime.strptime(text, "%Y%m%d").date() if re.fullmatch(r"\d{8}", text) else None)

FIRST_DAYS = {
    "DAY": lambda date: date,
    "WEEK": lambda date: date - datetime.timedelta(days=date.isoweekday() - 1),
    "MONTH": lambda date: date.replace(day=1),
    "YEAR": lambda date: date.replace(month=1, day=1),
}


def histogram(first_day):
    counts = Counter(date and first_day(date).isoformat() for date in dates)
    ordered = sorted(counts.items(), key=lambda item: (item[0] is None, item[0]))
    return [{"key": key, "studies": studies} for key, studies in ordered]


answers = {interval: histogram(first_day) for interval, first_day in FIRST_DAYS.items()}
answers["invalid"] = sum(1 for text in texts.values() if text and not re.fullmatch(r"\d{8}", text))
json.dump(answers, sys.stdout, indent=2)
