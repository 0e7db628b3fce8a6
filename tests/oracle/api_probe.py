#!/usr/bin/env python3
"""Asks every route of the province, in each role, and the exports with a token, for what its description allows and for what it does not, with schemathesis:
no answer may be an error of the server's, nor one that the description does not name.

    python3 api_probe.py SAMPLE_PROVINCE OPENAPI

SAMPLE_PROVINCE is the built rasoat-sample-province, OPENAPI the description. Prints the seed; RASOAT_SEED repeats a run. Logging out is left out:
whoever does it is answered no more. Ends with 1 when something was found.
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = "12"
# Routes that must have done what they are for at least once.
FEWEST_DONE = {"administrator": 20, "officer": 14, "supervisor": 12, "reader": 10, "token": 1}
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def as_account(session):
    return [
        "--header", f"cookie: {session['cookie']}", "--header", f"x-rasoat-csrf: {session['csrf']}",
        "--exclude-operation-id", "close_session",
    ]


def as_system(token):
    return ["--header", f"authorization: Bearer {token}", "--include-operation-id", "read_table"]


def probe(world, who, openapi, seed, answered):
    command = [
        pathlib.Path(sys.executable).with_name("st"), "run", openapi, "--url", world["url"], *who, "--phases", "coverage,fuzzing", "--checks", CHECKS,
        "--max-examples", EXAMPLES, "--seed", seed, "--workers", "1", "--no-color", "--warnings", "off",
    ]
    settings = {"RASOAT_WORLD": json.dumps(world), "SCHEMATHESIS_HOOKS": "api_hooks", "PYTHONPATH": str(HERE)}
    settings["RASOAT_ANSWERED"] = answered
    return subprocess.Popen(
        command, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=HERE
    )


def judge(role, answered, process):
    """Says what came of a role's requests; whether all held."""
    said, _ = process.communicate()
    counts = json.loads(answered.read_text(encoding="ascii"))
    total = sum(sum(of.values()) for of in counts.values())
    done = {operation for operation, of in counts.items() if any(status.startswith("2") for status in of)}
    # Where hardly anything is taken, only the door is being asked.
    held = process.returncode == 0 and len(done) >= FEWEST_DONE[role]
    print(f"test {role} ... {'ok' if held else 'FAILED'}: {total} requests, {len(done)} of {len(counts)} routes did what they are for")
    if not held:
        print(said, *sorted(counts.items()), sep="\n", flush=True)
    return held


def main(sample_province, openapi):
    seed = os.environ.get("RASOAT_SEED") or str(random.randrange(2**31))
    print(f"RASOAT_SEED={seed}", flush=True)
    with subprocess.Popen([sample_province], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as province:
        world = json.loads(province.stdout.readline())
        openapi = str(pathlib.Path(openapi).resolve())
        with tempfile.TemporaryDirectory() as folder:
            probes = []
            for session in world["sessions"]:
                answered = pathlib.Path(folder, session["role"])
                probes.append((session["role"], answered, probe(world, as_account(session), openapi, seed, str(answered))))
            answered = pathlib.Path(folder, "token")
            probes.append(("token", answered, probe(world, as_system(world["token"]), openapi, seed, str(answered))))
            failed = sum(not judge(*one) for one in probes)
        province.stdin.close()
    print(f"test result: {'ok' if not failed else 'FAILED'}. {len(probes) - failed} passed; {failed} failed;")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
