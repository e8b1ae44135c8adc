#!/usr/bin/env python3
"""Compares what a request costs, served by hand-written axum, by Arsenal and by peers.

Needs `wrk` (Debian: `apt-get install wrk`). All servers run at once; only one is asked at a time,
for a slice of a second, in an order that rotates from round to round, so that whatever else the
machine does hits all of them alike. Each round gives one ratio to `axum-hand` per server; the table
shows their mean with a 95 % interval. `control` is axum-hand a second time: its distance from 1.00
is the noise.

    ./run.py                    build, check, 24 rounds: about 6 minutes after the build
    ./run.py --only arsenal     against axum-hand and control alone
"""

import argparse
import http.client
import json
import math
import os
import pathlib
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
BASE = "axum-hand"
SERVERS = [BASE, "control", "arsenal", "utoipa-axum", "dropshot", "poem-openapi"]
# dropshot and poem-openapi answer 400 to what the others call 422, and cannot be told otherwise.
ANSWERS_400 = {"dropshot", "poem-openapi"}
PORT_BASE = 18250
CONNECTIONS = 32

GET = "/bench/items/7?verbose=true&limit=50"
POST = "/bench/items"
ITEM = {
    "name": "Blue bicycle", "sku": "BIKE-0042", "quantity": 12, "price_cents": 129900,
    "active": True, "category": "vehicles", "tags": ["new", "two wheels", "blue"],
    "notes": "Arrives in a box; the pedals are mounted by hand.",
}
GET_ANSWER = {
    "id": 7, "name": "item-7", "verbose": True, "limit": 50, "tags": ["a", "b"], "note": None,
}


def main():
    options = parse_options()
    if not options.no_build:
        build(options.servers)
    servers = [Server(name, PORT_BASE + at) for at, name in enumerate(options.servers)]
    try:
        for server in servers:
            server.wait_until_up()
            check(server)
        rounds = {"GET": [], "POST": []}
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder, "post.lua")
            script.write_text(post_script())
            for server in servers:
                for method in rounds:
                    load(server, method, script, 1.0)
            for number in range(options.rounds):
                for method, found in rounds.items():
                    found.append(one_round(servers, method, script, number, options.seconds))
                print(f"\rround {number + 1}/{options.rounds}", end="", file=sys.stderr)
        print(file=sys.stderr)
        memory = {server.name: server.resident_mib() for server in servers}
        for server in servers:
            check(server)
        report(options, servers, rounds, memory)
    finally:
        for server in servers:
            server.stop()


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", help="comma-separated servers, beside axum-hand and control")
    parser.add_argument("--rounds", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=1.0, help="of load per server and endpoint")
    parser.add_argument("--no-build", action="store_true")
    options = parser.parse_args()
    wanted = set(options.only.split(",")) if options.only else set(SERVERS)
    unknown = wanted - set(SERVERS)
    if unknown:
        parser.error(f"no such server: {', '.join(sorted(unknown))}")
    options.servers = [name for name in SERVERS if name in wanted | {BASE, "control"}]
    return options


def build(servers):
    # One by one: together, cargo would give all of them the features that any of them wants.
    for name in servers:
        if name != "control":
            package = f"{name}-server"
            subprocess.run(["cargo", "build", "--release", "-p", package], cwd=HERE, check=True)


class Server:
    def __init__(self, name, port):
        self.name, self.port = name, port
        program = BASE if name == "control" else name
        target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target"))
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
        self.process = subprocess.Popen(
            [target / "release" / f"{program}-server", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )

    def wait_until_up(self):
        for _ in range(200):
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended by itself")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit(f"{self.name} does not listen")

    def cpu_seconds(self):
        """User and system time of all threads, to the nanosecond."""
        total = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def resident_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        headers = {"content-type": "application/json"} if body is not None else {}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = response.status, response.read()
        connection.close()
        return answer

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def check(server):
    """The same answers, and the same requests refused."""
    def expect(is_right, what, found):
        if not is_right:
            sys.exit(f"{server.name} is not like the others: {what}: {found}")

    status, body = server.ask("GET", GET)
    expect(status == 200 and json.loads(body) == GET_ANSWER, "GET", (status, body))
    for item in (ITEM, {**ITEM, "notes": None}, {**ITEM, "name": "ü" * 64}):
        status, body = server.ask("POST", POST, json.dumps(item))
        expect(status == 200 and json.loads(body) == item, "POST", (status, body))
    refused = {400, 422} if server.name in ANSWERS_400 else {422}
    bad_gets = ["x?verbose=true&limit=5", "7?verbose=maybe&limit=5", "7?verbose=true",
                "7?verbose=true&limit=0", "7?verbose=true&limit=1001", "7?verbose=true&limit=-1"]
    if server.name not in ANSWERS_400:
        bad_gets.append("7?verbose=true&limit=5&unknown=1")
    for bad in bad_gets:
        status, body = server.ask("GET", f"/bench/items/{bad}")
        expect(status in refused, f"GET {bad}", (status, body))
    bad_fields = [{"name": ""}, {"name": "x" * 65}, {"sku": "ab"}, {"quantity": 0},
                  {"quantity": 10_001}, {"price_cents": 10_000_001}, {"quantity": "many"},
                  {"tags": [{}]}, {"unknown": 1}]
    for bad in bad_fields:
        status, body = server.ask("POST", POST, json.dumps({**ITEM, **bad}))
        expect(status in refused, f"POST {bad}", (status, body))
    without = {name: value for name, value in ITEM.items() if name != "sku"}
    status, body = server.ask("POST", POST, json.dumps(without))
    expect(status in refused, "POST without a field", (status, body))
    status, body = server.ask("POST", POST, '{"name": ')
    expect(status == 400, "POST of half an object", (status, body))


def post_script():
    body = json.dumps(ITEM, separators=(",", ":"))
    return (f'wrk.method = "POST"\nwrk.body = [==[{body}]==]\n'
            'wrk.headers["Content-Type"] = "application/json"\n')


def one_round(servers, method, script, number, seconds):
    turn = number % len(servers)
    order = servers[turn:] + servers[:turn]
    if number // len(servers) % 2:
        order.reverse()
    return {server.name: load(server, method, script, seconds) for server in order}


def load(server, method, script, seconds):
    """Requests per second and CPU seconds per request of one slice."""
    path = GET if method == "GET" else POST
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
    if method == "POST":
        command += ["-s", str(script)]
    before = server.cpu_seconds()
    output = subprocess.run(command + [f"http://127.0.0.1:{server.port}{path}"], check=True,
                            capture_output=True, text=True, timeout=seconds + 30).stdout
    used = server.cpu_seconds() - before
    for trouble in ("Non-2xx", "Socket errors"):
        if trouble in output:
            sys.exit(f"{server.name} under load:\n{output}")
    requests = int(re.search(r"(\d+) requests in", output)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    return {"cpu": used / requests, "rate": rate}


def report(options, servers, rounds, memory):
    print(f"{options.rounds} rounds × {max(1, round(options.seconds))} s, {CONNECTIONS} connections, "
          f"{os.cpu_count()} cores; ratios to {BASE}, mean and 95 % interval over the rounds\n")
    print(f"| {'server':13} | GET CPU/request   | POST CPU/request  | GET requests/s    "
          f"| POST requests/s   | memory         |")
    print("|---|---|---|---|---|---|")
    for server in servers:
        cells = [ratio(rounds[method], server.name, what)
                 for what in ("cpu", "rate") for method in ("GET", "POST")]
        held = f"{memory[server.name]:.1f} MiB ({memory[server.name] / memory[BASE]:.1f})"
        print(f"| {server.name:13} | " + " | ".join(cells) + f" | {held:14} |")
    for method in rounds:
        cpu = statistics.median(found[BASE]["cpu"] for found in rounds[method])
        rate = statistics.median(found[BASE]["rate"] for found in rounds[method])
        print(f"\n{BASE}, {method}: {cpu * 1e6:.1f} µs CPU per request, {rate:,.0f} requests/s", end="")
    print()


def ratio(rounds, name, what):
    """The geometric mean of the ratios of all rounds, with a bootstrapped interval."""
    if name == BASE:
        return f"{'1.00':17}"
    logs = [math.log(found[name][what] / found[BASE][what]) for found in rounds]
    chance = random.Random(1)
    means = sorted(statistics.fmean(chance.choices(logs, k=len(logs))) for _ in range(4000))
    low, high = means[100], means[-101]
    return f"{math.exp(statistics.fmean(logs)):.2f} ({math.exp(low):.2f} – {math.exp(high):.2f})"


if __name__ == "__main__":
    main()
