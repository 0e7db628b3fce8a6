#!/usr/bin/env python3
"""Opens a bundle (.rasoat) and prints what it holds, without the program: see docs/protocol.md.

    python3 bundle_reader.py IDENTITY_FILE BUNDLE

IDENTITY_FILE holds an age identity (AGE-SECRET-KEY-1...). Needs the packages cbor2 and zstandard, and the age tool or,
without it, the package pyrage. The signatures inside are checked by nothing here: whoever takes in a batch verifies them.
"""
import datetime
import io
import shutil
import subprocess
import sys
import uuid

import cbor2
import zstandard

MOST = 64 * 1024 * 1024


def opened(identity_file, bundle):
    if shutil.which("age"):
        return subprocess.run(["age", "-d", "-i", identity_file, bundle], check=True, capture_output=True).stdout
    import pyrage

    lines = open(identity_file, encoding="ascii").read().split()
    identity = next(line for line in lines if line.startswith("AGE-SECRET-KEY-1"))
    return pyrage.decrypt(open(bundle, "rb").read(), [pyrage.x25519.Identity.from_str(identity)])


def inflated(stream):
    content = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(stream)).read(MOST + 1)
    return io.BytesIO(content) if len(content) <= MOST else sys.exit("too large")


def main(identity_file, bundle):
    content = inflated(opened(identity_file, bundle))
    version, *manifest = cbor2.load(content)
    if version != 1:
        sys.exit(f"format {version} is newer than this reader")
    kind, created, creator, entries, news, files = manifest
    when = datetime.datetime.fromtimestamp(created / 1000, datetime.timezone.utc).isoformat(timespec="milliseconds")
    print(f"kind    {('edits', 'reply')[kind]}\ncreated {when}")
    print("creator", uuid.UUID(bytes=creator))
    for at in range(0, len(entries), 3):
        batch, device, edits = entries[at : at + 3]
        signed = cbor2.load(content)
        print(f"{batch.hex()}  device {uuid.UUID(bytes=device)}  edits {edits}  bytes {len(signed[0])}")
    for _ in range(news):
        _, _, made, communes, changes, forms, standards, devices, revoked, term = cbor2.loads(cbor2.load(content)[0])
        # Each parcel begins with runs of edits: writer, first number, how many.
        count = sum(sum(parcel[0][2::3]) for parcel in changes)
        print(f"news    for {' '.join(communes)}  changes {count}  forms {len(forms)}", end="  ")
        print(f"standards {len(standards)}  devices {len(devices)}  revoked {len(revoked) // 2}", end="")
        print(f"  round {term[0]} kept for {term[2]} days" if term else "")
    for digest, of_type in zip(files[0::3], files[1::3]):
        print(f"{digest.hex()}  file of type {of_type}  bytes {len(cbor2.load(content))}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
