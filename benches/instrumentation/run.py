#!/usr/bin/env python3
"""What observation costs a cluster of three real processes: idle, and with 100,000 actors on each node.

Starts `crowd dev`, the `arsenal` program with an actor that starts many others, and prints

    idle       CPU of each node over half a minute in which nobody asks anything: first without actors,
               then with 100,000 that are idle
    top 100    how long a request to node a takes that ranks the actors of all three nodes

    cargo build --release --workspace && ./run.py        about 2 minutes after the build
"""

import argparse
import http.client
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
NODES = "abc"
LISTS = {
    "first 100 by mailbox depth": "sort=mailbox_depth&limit=100",
    "first 100 by messages handled": "sort=handled&limit=100",
    "first 100 by the longest handler": "sort=handler_max&limit=100",
    "first 100 in the order of starts": "limit=100",
}
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--program", default=HERE / "target" / "release" / "crowd")
    parser.add_argument("--actors", type=int, default=100_000, help="on each node")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--idle-s", type=float, default=30)
    parser.add_argument("--http-base", type=int, default=14840)
    parser.add_argument("--listen-base", type=int, default=17840)
    options = parser.parse_args()
    command = [options.program, "dev", "--nodes", str(len(NODES)), "--ephemeral", "--no-demo",
               "--http-base", str(options.http_base), "--listen-base", str(options.listen_base)]
    with tempfile.TemporaryFile() as log:
        cluster = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            measure(options, cluster.pid, log)
        finally:
            cluster.send_signal(signal.SIGINT)
            try:
                cluster.wait(15)
            except subprocess.TimeoutExpired:
                cluster.kill()
                cluster.wait()


def measure(options, session, log):
    until = time.monotonic() + 60
    while not is_whole(options):
        if time.monotonic() > until:
            sys.exit("the cluster is not whole after a minute")
        time.sleep(0.2)
    nodes = children(session)
    print("| Idle node | CPU, of a core |\n|---|---|")
    idle(options, nodes, "without actors")
    start_actors(options, token(log))
    # What comes after so many starts is no part of being idle.
    time.sleep(20)
    idle(options, nodes, f"with {options.actors:,} actors")
    print(f"\n| Over HTTP, of {len(NODES)} × {options.actors:,} | Median | 90 % | CPU of all nodes |")
    print("|---|---|---|---|")
    for what, query in LISTS.items():
        top(options, nodes, what, f"/api/v1/cluster/processes?{query}")


def idle(options, nodes, what):
    before = [cpu_s(node) for node in nodes]
    time.sleep(options.idle_s)
    shares = [(cpu_s(node) - cpu) / options.idle_s for node, cpu in zip(nodes, before)]
    print(f"| {what} | " + ", ".join(f"{100 * share:.2f} %" for share in sorted(shares)) + " |", flush=True)


def top(options, nodes, what, path):
    for _ in range(3):
        ask(options, "GET", path)
    took, begun = [], sum(map(cpu_s, nodes))
    for _ in range(options.rounds):
        start = time.perf_counter()
        answer = ask(options, "GET", path)
        took.append((time.perf_counter() - start) * 1e3)
        if len(answer["data"]["items"]) != 100:
            sys.exit(f"not 100 rows: {str(answer)[:300]}")
    cpu = (sum(map(cpu_s, nodes)) - begun) / options.rounds * 1e3
    ninety = statistics.quantiles(took, n=10)[8]
    print(f"| {what} | {statistics.median(took):.0f} ms | {ninety:.0f} ms | {cpu:.0f} ms |", flush=True)


def token(log):
    """The token that lets a client start something: its place stands in what the session prints."""
    log.seek(0)
    line = next(line for line in log.read().decode().splitlines() if line.strip().startswith("token "))
    return pathlib.Path(line.split()[1]).read_text().strip()


def start_actors(options, token):
    arguments = {"size": options.actors}
    children = [{"blueprint": "crowd", "count": len(NODES), "arguments": arguments}]
    ask(options, "POST", "/api/v1/cluster/sandboxes", {"name": "crowds", "children": children}, token)


def is_whole(options):
    try:
        return ask(options, "GET", "/api/v1/cluster/processes?limit=1")["nodes"]["answered"] == len(NODES)
    except (OSError, KeyError, http.client.HTTPException):
        return False


def ask(options, method, path, body=None, token=None):
    connection = http.client.HTTPConnection("127.0.0.1", options.http_base, timeout=60)
    try:
        text = None if body is None else json.dumps(body)
        headers = {"content-type": "application/json"} if body else {}
        if token:
            headers["authorization"] = f"Bearer {token}"
        connection.request(method, path, text, headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise OSError(f"{response.status}: {answer[:500]}")
        return json.loads(answer)
    finally:
        connection.close()


def children(session):
    """The processes of the nodes: those that the session started."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and stat(entry.name)[1:2] == [str(session)]:
            found.append(int(entry.name))
    if len(found) != len(NODES):
        sys.exit(f"{len(found)} nodes")
    return found


def cpu_s(process):
    fields = stat(process)
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def stat(process):
    """The fields of a process, from its state on; nothing where it has ended."""
    try:
        text = pathlib.Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()


if __name__ == "__main__":
    main()
