"""Counts the official tables and the targets anew from the CSV files of a full data set, with nothing of the program's own counting.

usage: reports_count.py FOLDER ROUND LIVING    (LIVING: JSON of households by commune)

Prints {"tables": {table: {row: {column: count or [numerator, denominator]}}}, "targets": {id: {commune: [numerator, denominator]}}} as JSON.
Rows are communes ("commune.06001"), or ethnic groups ("ethnic.07"). A household's class of the round before is that of the data set.
"""

import csv
import datetime
import json
import pathlib
import sys
from collections import defaultdict

CLASSES = ["poor", "near_poor", "average", "not_poor"]
IN_FORCE, COMING = "vn_2022_2026", "vn_2027_2030"
INDICATORS = (
    "employment dependents nutrition health_insurance adult_education child_school housing_quality housing_area "
    "water toilet telecom info_means"
).split()
NEEDS = "health education production credit housing training job water sanitation other".split()
CAUSES = "land capital labour tools knowledge skills illness other".split()


def read(folder):
    """The rows of both tables, with names in place of the numbers that stand for choices."""
    names = defaultdict(dict)
    with open(folder / "codebook_values.csv", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["choice"]:
                names[row["table"], row["variable"]][row["code"]] = row["choice"]

    def table(name):
        with open(folder / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield {key: names[name, key].get(value, value) for key, value in row.items()}

    return list(table("households")), list(table("members"))


def chosen(row, question, choice):
    """Whether a choice of several was chosen: each has a column of its own."""
    value = row.get(f"{question}_{choice}", "")
    return value == "1"


def age_of(member, on):
    birth = member["birth"]
    if not birth:
        return None
    age = on.year - int(birth[:4])
    if len(birth) == 10 and (on.month, on.day) < (int(birth[5:7]), int(birth[8:10])):
        age -= 1
    return age


UPPER = "upper_secondary elementary intermediate college university".split()


def educated(member, age):
    """The rule of adult education, written anew."""
    studying, level = member["studying"] == "yes", member["study_level"]
    finished = member["highest_education"]
    if member["enterprise_training"] == "yes":
        return True
    lower = ["lower_secondary"] if age < 18 else []
    return (studying and level in lower + UPPER) or finished in lower + UPPER + ["postgraduate"]


def at_school(member, age):
    """The rule of children's schooling: True, False, or None where an answer is missing."""
    if not member["studying"]:
        return None
    if member["studying"] == "no":
        return False
    level = member["study_level"]
    if not level and age >= 6:
        return None
    return not ((age >= 6 and level == "preschool") or (age >= 12 and level == "primary"))


def facts(household, members):
    """What is counted of a household's members."""
    on = datetime.date.fromisoformat(household["interview_date"])
    count = defaultdict(int)
    for member in members:
        age = age_of(member, on)

        def add(fact, holds):
            count[fact] += bool(holds)

        training, job = member["need_training"] == "yes", member["need_job"] == "yes"
        trained, placed = member["got_training"] == "yes", member["got_job"] == "yes"
        add("wants_training", training)
        add("got_training", training and trained)
        add("wants_job", job)
        add("got_job", job and placed)
        add("wants_work", training or job)
        add("got_work", (training or job) and (trained or not training) and (placed or not job))
        expiry = member["insurance_expiry"]
        valid = member["health_insurance"] == "yes" and (not expiry or expiry >= household["interview_date"])
        add("insured_supported", valid and member["premium_support"] == "yes")
        add("ill", member["ill"] == "yes")
        add("care_supported", member["ill"] == "yes" and member["used_facility"] == "yes" and member["care_support"] == "yes")
        add("merit", member["merit_type"] not in ("", "none"))
        add("social", member["monthly_allowance"] == "yes")
        add("able", member["labour_capacity"] in ("able_willing", "studying", "not_looking"))
        if age is None:
            continue
        add("child", age < 16)
        add("child_uninsured", age < 16 and member["health_insurance"] == "no")
        add("child_malnourished", age < 16 and member["child_nutrition"] in ("stunted", "underweight", "both"))
        if 3 <= age < 16:
            add("school_age", True)
            add("at_school", at_school(member, age) is True)
            add("child_out_of_school", at_school(member, age) is False)
        if 16 <= age <= 30:
            add("young_adult", True)
            known = member["studying"] and (member["highest_education"] or age < 15)
            add("educated", known and educated(member, age))
    return count


def head_of(members):
    heads = [member for member in members if member["relation"] == "head"]
    return (heads or members or [None])[0]


class Counter:
    def __init__(self):
        self.rows = defaultdict(lambda: defaultdict(int))

    def add(self, table, row, column, amount=1):
        self.rows[table, row][column] += amount

    def tables(self):
        tables = defaultdict(dict)
        for (table, row), columns in self.rows.items():
            tables[table][row] = dict(columns)
        return tables


def count(folder, year, living):
    households, members = read(folder)
    of_household = defaultdict(list)
    for member in members:
        of_household[member["household"], member["round"]].append(member)
    before = {
        row["household"]: row[f"class_{IN_FORCE}"]
        for row in households
        if row["round"] == str(year - 1) and row["state"] == "signed" and row[f"class_{IN_FORCE}"]
    }
    members_before = {
        row["household"]: len(of_household[row["household"], row["round"]])
        for row in households
        if row["round"] == str(year - 1)
    }
    earlier = {row["household"] for row in households if row["round"] == str(year - 1)}
    counter, targets = Counter(), defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for commune, number in living.items():
        counter.add("official", f"commune.{commune}", "all_households", number)
        targets["R1"][commune][1] += number
    asked = set()
    for household in (row for row in households if row["round"] == str(year)):
        commune, people = household["commune"], of_household[household["household"], household["round"]]
        asked.add(household["household"])
        one(counter, targets, household, people, commune, past(household, before, members_before, bool(earlier)))
    for name in earlier - asked:
        raise SystemExit(f"a household of the round before was not asked: {name}")
    return {"tables": counter.tables(), "targets": targets}


def past(household, before, members_before, has_earlier):
    """The class of the round before, the classes it is known to have had before that, and its members then, 0 where not known."""
    listed = household["previous_class"]
    once = {listed.removeprefix("escaped_")} if listed.startswith("escaped_") else set()
    was = "not_poor" if once else listed
    if has_earlier:
        once.add(was)
    return before.get(household["household"], was), once, members_before.get(household["household"], 0)


def one(counter, targets, household, people, commune, before):
    place, persons = f"commune.{commune}", len(people)
    signed = household["state"] == "signed"
    classes = [household[f"class_{standard}"] if signed else "" for standard in (IN_FORCE, COMING)]
    kind = classes[0]
    count = facts(household, people)
    counter.add("official", place, "known")
    if signed:
        counter.add("official", place, "reviewed")
        counter.add("official", place, f"{kind}.households" if kind else "open")
    if kind:
        counter.add("official", place, f"{kind}.persons", persons)
        if kind in CLASSES[:2]:
            counter.add("official", place, "both.households")
    was, once, then = before
    for table, of, other in (("movement_poor", "poor", "near_poor"), ("movement_near_poor", "near_poor", "poor")):
        columns = []
        if was == of:
            columns.append("opening")
            if not kind:
                columns.append("undecided")
            elif kind == other:
                columns.append("to_other")
            elif kind != of:
                columns.append("above")
        elif kind == of:
            if was == other:
                columns.append("from_other")
            elif of in once:
                columns.append("again")
            elif was:
                columns.append("new")
        if kind == of:
            columns.append("closing")
        for column in columns:
            # Who left is counted as it was, who came as it is.
            is_past = was == of and column != "closing"
            counter.add(table, place, f"households.{column}")
            counter.add(table, place, f"persons.{column}", (then or persons) if is_past else persons)
        if was == kind == of:
            change = persons - (then or persons)
            counter.add(table, place, "persons.more" if change > 0 else "persons.fewer", abs(change))
    head = head_of(people)
    ethnic = f"ethnic.{int(head['ethnicity'] or 0):02}" if head else "ethnic.00"
    if kind:
        counter.add("ethnicity", ethnic, "reviewed")
    deprived = {key: household[f"{IN_FORCE}_{key}"] for key in INDICATORS}
    if kind in CLASSES[:2]:
        table = f"indicators_{kind}"
        counter.add(table, place, "households")
        for key, state in deprived.items():
            counter.add(table, place, f"number.{key}", state == "deprived")
        groups = {
            "minority": head is not None and head["relation"] == "head" and head["ethnicity"] not in ("", "01"),
            "no_labour": persons > 0 and count["able"] == 0,
            "merit": count["merit"] > 0,
            "social": count["social"] > 0,
        }
        counter.add("groups", place, f"{kind}.households")
        for key, holds in groups.items():
            counter.add("groups", place, f"{kind}.{key}", holds)
        counter.add("groups", place, f"{kind}.other", not any(groups.values()))
        counter.add("ethnicity", ethnic, f"{kind}.households")
        counter.add("ethnicity", ethnic, f"{kind}.persons", persons)
        counter.add("causes", place, f"{kind}.households")
        for cause in CAUSES:
            counter.add("causes", place, f"{kind}.cause_{cause}", chosen(household, "poverty_causes", cause))
        counter.add("needs", place, f"{kind}.households")
        for need in NEEDS:
            counter.add("needs", place, f"{kind}.need_{need}", chosen(household, "support_needs", need))
        for column, fact in (
            ("children", "child"),
            ("school_age", "school_age"),
            ("malnourished", "child_malnourished"),
            ("uninsured", "child_uninsured"),
            ("out_of_school", "child_out_of_school"),
        ):
            counter.add("children", place, f"{kind}.{column}", count[fact])
    if signed:
        counter.add("standards", place, "reviewed")
        for group, name in zip(("in_force", "coming"), classes):
            counter.add("standards", place, f"{group}.{name or 'open'}")
        poor = [name == "poor" for name in classes]
        for column, wanted in (
            ("poor_in_both", [True, True]),
            ("poor_in_force_only", [True, False]),
            ("poor_coming_only", [False, True]),
        ):
            counter.add("standards", place, f"side_by_side.{column}", poor == wanted)
        if kind:
            number = sum(state == "deprived" for state in deprived.values())
            counter.add("standards", place, f"deprived.{min(number, 6)}")

    def reach(target, numerator, denominator):
        share = targets[target][commune]
        share[0] += numerator
        share[1] += denominator

    if not kind:
        return
    reach("R1", kind == "poor", 0)
    reach("R3", count["merit"] > 0 and kind != "poor", count["merit"] > 0)
    if kind in CLASSES[:2]:
        reach("R4", count["got_work"], count["wants_work"])
        reach("R5a", count["insured_supported"], persons)
        reach("R5b", count["care_supported"], count["ill"])
    if kind == "poor":
        reach("R6", count["at_school"], count["school_age"])
        reach("R7", count["educated"] > 0, count["young_adult"] > 0)
        met = {key: state == "met" for key, state in deprived.items()}
        reach("R8", met["housing_quality"] and met["housing_area"], 1)
        for target, key in (("R9", "water"), ("R10", "toilet"), ("R11", "telecom"), ("R12", "info_means")):
            reach(target, met[key], 1)


if __name__ == "__main__":
    folder, year, living = sys.argv[1:]
    print(json.dumps(count(pathlib.Path(folder), int(year), json.loads(living))))
