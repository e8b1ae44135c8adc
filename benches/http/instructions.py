#!/usr/bin/env python3
"""Instructions per request, without a network, counted by callgrind: repeatable to about 0.1 %.

Needs valgrind. `./instructions.py` builds, then takes about half a minute. With `--where`, the
functions in which Arsenal's instructions go, too.
"""

import argparse
import pathlib
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
FEW, MANY = 200, 2200


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--where", action="store_true")
    options = parser.parse_args()
    subprocess.run(["cargo", "build", "--release", "-p", "in-process"], cwd=HERE, check=True)
    print(f"| {'server':9} | GET  | POST |\n|---|---|---|")
    found = {}
    for server in ("axum-hand", "arsenal"):
        found[server] = [per_request(server, method) for method in ("GET", "POST")]
        print(f"| {server:9} | " + " | ".join(f"{count:,.0f}" for count in found[server]) + " |")
    ratios = [ours / theirs for ours, theirs in zip(found["arsenal"], found["axum-hand"])]
    print(f"| {'ratio':9} | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")
    if options.where:
        for method in ("GET", "POST"):
            print(f"\narsenal, {method}, instructions of {MANY} requests by function:")
            print(where("arsenal", method))


def per_request(server, method):
    """Two runs of different length: what their difference holds is requests alone."""
    return (counted(server, method, MANY) - counted(server, method, FEW)) / (MANY - FEW)


def counted(server, method, count):
    with tempfile.NamedTemporaryFile() as out:
        run = callgrind(out.name, server, method, count)
    return int(re.search(r"Collected : (\d+)", run.stderr)[1])


def where(server, method):
    with tempfile.NamedTemporaryFile() as out:
        callgrind(out.name, server, method, MANY)
        table = subprocess.run(["callgrind_annotate", "--threshold=85", out.name],
                               check=True, capture_output=True, text=True).stdout
    lines = [line for line in table.splitlines() if re.match(r"\s*[\d,]+ \(", line)]
    return "\n".join(line[:150] for line in lines[:60])


def callgrind(out, server, method, count):
    program = HERE / "target" / "release" / "in-process"
    return subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, server, method, str(count)],
        check=True, capture_output=True, text=True, timeout=300)


if __name__ == "__main__":
    main()
