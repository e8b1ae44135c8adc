#!/usr/bin/env python3
"""What a fan-out over three real processes costs beside three plain calls.

Starts `arsenal dev` with three nodes on this machine, and asks for the same list in three ways, in
turn, over connections that stay open:

    fan-out    one request to node a, which asks all three nodes and merges their pages
    parallel   each node for its own part, all three requests sent at once; until the last has come
    sequence   each node for its own part, one after the other

Their medians are compared. A fan-out needs two hops where a plain call needs one, so 1.0 × parallel
is out of reach; below 1.0 × sequence, asking one node is better than asking all by oneself.

    cargo build --release && benches/fan-out/run.py        about 10 seconds after the build
"""

import argparse
import pathlib
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parent.parent.parent
NODES = "abc"
LIST = "/api/v1/cluster/processes?limit=50"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--program", default=ROOT / "target" / "release" / "arsenal")
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--http-base", type=int, default=14800)
    parser.add_argument("--listen-base", type=int, default=17800)
    options = parser.parse_args()
    command = [options.program, "dev", "--nodes", str(len(NODES)), "--ephemeral", "--no-demo",
               "--http-base", str(options.http_base), "--listen-base", str(options.listen_base)]
    with tempfile.TemporaryFile() as log:
        cluster = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            measure(options)
        finally:
            cluster.send_signal(signal.SIGINT)
            try:
                cluster.wait(15)
            except subprocess.TimeoutExpired:
                cluster.kill()
                cluster.wait()


def measure(options):
    nodes = [Node(name, options.http_base + at) for at, name in enumerate(NODES)]
    until = time.monotonic() + 60
    while not is_whole(nodes):
        if time.monotonic() > until:
            sys.exit("the cluster is not whole after a minute")
        time.sleep(0.2)
    fan_out = [(nodes[0], LIST)]
    plain = [(node, f"{LIST}&node={node.name}") for node in nodes]
    ways = {
        "fan-out": lambda: at_once(fan_out),
        "parallel": lambda: at_once(plain),
        "sequence": lambda: [at_once([one]) for one in plain],
    }
    took = {way: [] for way in ways}
    for number in range(options.rounds + 100):
        for way, run in ways.items():
            start = time.perf_counter()
            run()
            if number >= 100:
                took[way].append(time.perf_counter() - start)
    report(options, took)


def is_whole(nodes):
    """All nodes answer, for themselves and for each other."""
    try:
        for node in nodes:
            answer = node.ask(LIST)
            if b'"answered":%d' % len(NODES) not in answer.replace(b" ", b""):
                return False
        return True
    except OSError:
        return False


def at_once(requests):
    """Sends all, then waits until the last has been answered."""
    for node, path in requests:
        node.send(path)
    waiting = {node.connection: node for node, _ in requests}
    while waiting:
        for connection in select.select(list(waiting), [], [], 10)[0]:
            if waiting[connection].read_on():
                del waiting[connection]


class Node:
    """One connection to one node. Its requests are small and its answers have a length."""

    def __init__(self, name, port):
        self.name, self.port, self.connection, self.read = name, port, None, b""

    def ask(self, path):
        self.connection = socket.create_connection(("127.0.0.1", self.port), 2)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send(path)
        while not self.read_on():
            pass
        return self.answer

    def send(self, path):
        head = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\n\r\n"
        self.connection.sendall(head.encode())

    def read_on(self):
        """Whether the answer is complete."""
        more = self.connection.recv(1 << 16)
        if not more:
            raise OSError("the node closed the connection")
        self.read += more
        head, separator, body = self.read.partition(b"\r\n\r\n")
        if not separator:
            return False
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n")
                      if line.startswith(b"content-length:"))
        if len(body) < length:
            return False
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise OSError(f"node {self.name} refused: {self.read[:500]}")
        self.answer, self.read = body, b""
        return True


def report(options, took):
    print(f"{options.rounds} rounds, {len(NODES)} nodes on this machine\n")
    print("| way      | median     | 90 %       | fan-out is |\n|---|---|---|---|")
    fan_out = statistics.median(took["fan-out"])
    for way, seconds in took.items():
        median, ninety = statistics.median(seconds), statistics.quantiles(seconds, n=10)[8]
        print(f"| {way:8} | {median * 1e6:7,.0f} µs | {ninety * 1e6:7,.0f} µs | {fan_out / median:8.2f} × |")


if __name__ == "__main__":
    main()
