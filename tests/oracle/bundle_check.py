#!/usr/bin/env python3
"""Opens the kept bundles with docs/bundle_reader.py, which shares no code with the program: what it prints must be what they hold.

    python3 bundle_check.py

Needs what the reader needs. Prints one line for each bundle; ends with 1 when one differs.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "tests/fixtures/protocol/v1.json").read_text(encoding="utf-8"))
READER = ROOT / "docs/bundle_reader.py"


def read(identity, bundle):
    with tempfile.TemporaryDirectory() as folder:
        key, file = pathlib.Path(folder, "identity"), pathlib.Path(folder, "x.rasoat")
        key.write_text(identity + "\n", encoding="ascii")
        file.write_bytes(bundle)
        return subprocess.run([sys.executable, READER, key, file], capture_output=True, text=True)


def check(name, identity, bundle, *wanted):
    read_back = read(VECTORS[identity], bytes.fromhex(VECTORS[bundle]))
    missing = [words for words in wanted if words not in read_back.stdout]
    print(f"{name}: {'as it was made' if not missing else read_back.stdout + read_back.stderr}")
    return not missing


if __name__ == "__main__":
    news = "news    for 06325  changes 2  forms 1  standards 1  devices 2  revoked 1  round 2026 kept for 90 days\n"
    held = [
        check("edits", "bundle_identity", "bundle_file", "kind    edits\n", "edits 1  bytes "),
        check("files", "bundle_identity", "bundle_with_file_file", "edits 1  bytes ", "file of type 0  bytes 24\n"),
        check("reply", "reply_identity", "reply_file", "kind    reply\n", "edits 1  bytes ", news),
    ]
    stranger = read(VECTORS["reply_identity"], bytes.fromhex(VECTORS["bundle_file"]))
    held.append(stranger.returncode != 0 and stranger.stdout == "")
    sys.exit(0 if all(held) else 1)
