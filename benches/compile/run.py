#!/usr/bin/env python3
"""What operations cost to compile and to start, beside as many axum handlers written by hand.

Generates crates (see generate.py), builds what they depend on, then builds each of them alone again
and again, in turn, and compares user and system time. Incremental compilation is off.

    operations            #[operation], with everything that follows from it
    handlers              axum handlers with derived inputs and checks by hand
    handlers-with-schema  the same with derived JSON schemas, which operations have, too

    ./run.py                 200 of each, 3 rounds, debug and release: about 10 CPU minutes
    ./run.py lines           only the lines of LLVM IR, and which functions they come from
    ./run.py start           only the start of a program of 1,000 operations
"""

import argparse
import collections
import os
import pathlib
import re
import resource
import statistics
import subprocess

import generate

PARTS = ["time", "lines", "start"]
CRATES = ["operations", "handlers", "handlers-with-schema"]
PROFILES = {"debug": [], "release": ["--release"]}
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", generate.HERE / "target")).absolute()
ENVIRONMENT = {**os.environ, "CARGO_INCREMENTAL": "0", "CARGO_TARGET_DIR": str(TARGET)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="time|lines|start", help="all if none is named")
    parser.add_argument("--count", type=int, default=200, help="operations, and handlers")
    parser.add_argument("--start-count", type=int, default=1000, help="operations of the program that starts")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profiles", default="debug,release")
    options = parser.parse_args()
    # Not by `choices`: before Python 3.12 they refuse a default of several.
    if unknown := set(options.what) - set(PARTS):
        parser.error(f"no {', '.join(sorted(unknown))}: there are {', '.join(PARTS)}")
    options.what = options.what or PARTS
    generate.generate(options.count, options.start_count)
    profiles = [profile for profile in PROFILES if profile in options.profiles.split(",")]
    if "time" in options.what:
        compare(options, profiles)
    if "lines" in options.what:
        lines()
    if "start" in options.what:
        start()


def compare(options, profiles):
    print(f"\n{options.count} of each, {options.rounds} rounds, CPU seconds, median and range\n")
    print("| crate                | profile | CPU s                 | operations are |\n|---|---|---|---|")
    for profile in profiles:
        took = {crate: [] for crate in CRATES}
        for crate in CRATES:
            build(crate, profile)
        for number in range(options.rounds):
            turn = number % len(CRATES)
            for crate in CRATES[turn:] + CRATES[:turn]:
                took[crate].append(build_again(crate, profile))
        ours = statistics.median(took["operations"])
        for crate, seconds in took.items():
            median = statistics.median(seconds)
            spread = f"{median:5.1f} ({min(seconds):.1f} – {max(seconds):.1f})"
            print(f"| {crate:20} | {profile:7} | {spread:21} | {ours / median:.2f} ×         |")


def build(crate, profile, *more):
    run(["cargo", "build", "--quiet", "-p", crate, *PROFILES[profile], *more])


def build_again(crate, profile):
    """CPU seconds of building this crate alone; cargo's own part is a few hundredths."""
    os.utime(generate.GENERATED / crate / "src" / "lib.rs")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    build(crate, profile)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def lines():
    """Before LLVM optimises anything: what it is given to do."""
    print("\n| crate                | lines of LLVM IR | operations are |\n|---|---|---|")
    counts = {crate: lines_by_function(crate) for crate in CRATES}
    ours = counts["operations"].total()
    for crate, by_function in counts.items():
        print(f"| {crate:20} | {by_function.total():16,} | {ours / by_function.total():.2f} ×         |")
    print("\nof the operations, the functions with the most lines, all instances together:\n")
    for function, count in counts["operations"].most_common(25):
        print(f"{count:9,}  {function[:110]}")


def lines_by_function(crate):
    flags = ["--emit=llvm-ir", "-Cno-prepopulate-passes", "-Cpasses=name-anon-globals", "-Ccodegen-units=1"]
    os.utime(generate.GENERATED / crate / "src" / "lib.rs")
    run(["cargo", "rustc", "--quiet", "--release", "-p", crate, "--lib", "--", *flags])
    return counted(crate)


def counted(crate):
    folder = TARGET / "release" / "deps"
    files = sorted(folder.glob(f"{crate.replace('-', '_')}-*.ll"), key=lambda file: file.stat().st_mtime)
    counts, name, comment = collections.Counter(), None, ""
    with files[-1].open() as text:
        for line in text:
            if line.startswith("; ") and not line.startswith("; Function Attrs"):
                comment = line[2:].strip()
            elif line.startswith("define "):
                name = generic(comment)
            if name:
                counts[name] += 1
            if line.startswith("}"):
                name = None
    return counts


def generic(name):
    """The name of a function without what tells its instances apart."""
    name = re.sub(r"\b(Thing|Input|Query|read_|add_|change_|delete_)\d+", r"\1N", name)
    return re.sub(r"::h[0-9a-f]{16}$", "", name)


def start():
    build("start", "release")
    runs = []
    for _ in range(10):
        output = subprocess.run([TARGET / "release" / "start"], check=True, capture_output=True, text=True)
        runs.append([int(word) for word in output.stdout.split()])
    count, size = runs[0][0], runs[0][4]
    print(f"\nstart of a program of {count:,} operations, median of {len(runs)} runs, milliseconds\n")
    print("| registry | OpenAPI document | router | together | size of the document |\n|---|---|---|---|---|")
    parts = [statistics.median(run[at] for run in runs) / 1000 for at in (1, 2, 3)]
    cells = [f"{part:.1f}" for part in [*parts, sum(parts)]]
    print("| " + " | ".join(cells) + f" | {size / 1e6:.2f} MB |")


def run(command):
    subprocess.run(command, cwd=generate.GENERATED, env=ENVIRONMENT, check=True)


if __name__ == "__main__":
    main()
