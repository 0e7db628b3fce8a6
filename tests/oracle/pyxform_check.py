"""Asks pyxform whether it reads forms kept as folders of CSV sheets.

    python pyxform_check.py [--odk-validate] FOLDER...

Each folder holds `survey.csv` and, if the form has them, the other sheets of an XLSForm; further files are look-ups and not handed over.
The columns that are this project's own are taken away first (instruments/README.md lists them); the rest becomes an Excel workbook,
which is how other users of XLSForm hand theirs over. With --odk-validate the result also goes through ODK Validate, which comes
with pyxform, takes Java, and reads every expression.

Prints one line of JSON per folder: {"folder": …, "ok": true, "warnings": […]} or {"folder": …, "ok": false, "error": …}.
Ends with 1 when any form was refused, with 2 when a folder could not be read or pyxform is not installed.
"""

import csv
import io
import json
import sys
from pathlib import Path

SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")

# Columns by sheet that only this project knows, without their language.
OWN_COLUMNS = {
    "survey": {"warning", "warning_message", "protected", "confidence", "source", "completion", "renamed_from"},
}


def is_own(sheet, header):
    name, _, language = header.partition("::")
    name = "_".join(name.lower().split())
    if sheet == "settings" and name == "form_title" and language:
        return True
    return name in OWN_COLUMNS.get(sheet, set())


def sheets(folder):
    """The form's sheets by name, as rows of texts, without our own columns."""
    found = {}
    for name in SHEETS:
        path = folder / f"{name}.csv"
        if not path.exists():
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        if not rows:
            continue
        kept = [place for place, header in enumerate(rows[0]) if not is_own(name, header.strip())]
        found[name] = [[row[place] if place < len(row) else "" for place in kept] for row in rows]
    if "survey" not in found:
        raise OSError(f"{folder} has no survey.csv")
    return found


def workbook(folder):
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets(folder).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([cell or None for cell in row])
        # Texts stay texts: a cell that begins with "=" is no formula.
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def verdict(folder, validate):
    from pyxform.xls2xform import convert

    try:
        result = convert(workbook(folder), file_type=".xlsx", form_name="form", validate=validate)
    except OSError:
        raise
    except Exception as error:  # pyxform's own refusals, and whatever else it stumbles over
        refusal = str(error) if type(error).__module__.startswith("pyxform.") else f"{type(error).__name__}: {error}"
        return {"folder": str(folder), "ok": False, "error": refusal}
    return {"folder": str(folder), "ok": True, "warnings": result.warnings}


def main(arguments):
    validate = "--odk-validate" in arguments
    folders = [Path(argument) for argument in arguments if argument != "--odk-validate"]
    if not folders:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        import pyxform  # noqa: F401 (its absence is no verdict on a form)

        verdicts = [verdict(folder, validate) for folder in folders]
    except (OSError, ImportError) as error:
        print(f"pyxform_check: {error}", file=sys.stderr)
        return 2
    for line in verdicts:
        print(json.dumps(line, ensure_ascii=False))
    return 0 if all(line["ok"] for line in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
