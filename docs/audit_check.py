"""Checks an audit trail that a laptop wrote out: every row is hashed over the one before.

    python3 audit_check.py rasoat-audit-20261126-1430-1.jsonl [LAST_HASH]

LAST_HASH, noted down when the trail was written out (or an earlier one), shows that nothing was taken off its end. Says how many
rows there are and exits with 0, or names the first row that is not as it was written and exits with 1. Needs nothing but Python 3.
"""

import hashlib
import json
import sys

NOTHING = "0" * 64


def check(lines):
    """The hashes of all rows, and the number of the first that is broken (None: all are whole)."""
    before = NOTHING
    hashes = []
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            entry, claimed = row["entry"], row["hash"]
            named = json.loads(entry)["number"]
        except (ValueError, KeyError, TypeError):
            return hashes, number
        made = hashlib.sha256(f"{before}\n{entry}".encode()).hexdigest()
        if made != claimed or named != number:
            return hashes, number
        hashes.append(made)
        before = made
    return hashes, None


def main(path, last=None):
    with open(path, encoding="utf-8") as file:
        hashes, broken = check(file.read().splitlines())
    if broken is not None:
        print(f"row {broken} is not as it was written; {len(hashes)} before it are whole")
        return 1
    if last is not None and last not in hashes:
        print(f"{len(hashes)} rows are whole, but none has the hash {last}: rows are missing at the end")
        return 1
    print(f"{len(hashes)} rows are whole; last hash {hashes[-1] if hashes else NOTHING}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
