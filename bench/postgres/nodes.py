"""Measures servers on PostgreSQL beside one on the embedded database, and creates beside pgbench, in one run.

All have the same keys: made in a data folder, moved to the database with `keywright migrate`. Servers run on core 1,
wrk on core 0. Verifications are of keys in memory: 64 connections to the embedded server, 64 to one node while the other
rests, 32 to it alone, which is what it has when the other one works, too, then 32 to each of both, and, since two programs
on one core cost each other something whatever they do, 32 to each of two embedded servers; besides, of keys that do not
exist, which a node asks the database for. Each round measures every side once; the medians of the rounds count.

`bench/postgres/run.sh` calls it with a database of its own, which must be empty.
"""

import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "verify"))
from run import CONNECTIONS, Bench, Failed, start_printing  # noqa: E402

CREATE = pathlib.Path(__file__).resolve().parent / "create.sql"


class Nodes(Bench):
    """The embedded server and two nodes on one database."""

    def start_all(self):
        server, data = self.options.server, self.folder / "data"
        self.data.finish()
        for arguments in (
            ["database", "prepare", "--database", self.options.database],
            ["migrate", "--from", f"sqlite:{data}", "--to", self.options.database],
        ):
            subprocess.run([server, *arguments], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        other = self.folder / "other"
        shutil.copytree(data, other)
        self.serve("embedded", "--data", data)
        self.serve("other", "--data", other)
        for name in ("first", "second"):
            folder = self.folder / name
            folder.mkdir(mode=0o700)
            shutil.copy2(data / "pepper", folder / "pepper")
            self.serve(name, "--data", folder, "--database", self.options.database)

    def serve(self, name, *arguments):
        process, port = start_printing([
            self.options.server, "serve", *arguments, "--port", "0", "--event-loops", "1", "--maximum-keys",
            "100000000", "--log-level", "warning",
        ])
        self.keep(name, port, process)

    def warm(self):
        for server in self.servers.values():
            self.wrk(server, "walk", 120, 1, self.options.keys)

    def both(self, names, seconds):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            runs = [
                pool.submit(self.wrk, self.servers[name], "keys", seconds, connections=CONNECTIONS // 2)
                for name in names
            ]
            results = [run.result() for run in runs]
        requests = sum(result["requests"] for result in results)
        return {
            "rate": sum(result["rate"] for result in results),
            "cpu": sum(result["cpu"] * result["requests"] for result in results) / requests,
            "p99": max(result["p99"] for result in results),
        }

    def pgbench(self, clients, seconds):
        finished = subprocess.run(
            [self.options.programs / "pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}",
             f"--time={seconds}", f"--file={CREATE}", self.options.database],
            env={**os.environ, "PGOPTIONS": "-c search_path=keywright"}, check=True, capture_output=True, text=True,
        )
        line = next(line for line in finished.stdout.splitlines() if line.startswith("tps"))
        return float(line.split("=")[1].split()[0])


def verification(bench, options):
    sides = {
        "embedded": lambda: bench.wrk(bench.servers["embedded"], "keys", options.seconds),
        "one": lambda: bench.wrk(bench.servers["first"], "keys", options.seconds),
        "half": lambda: bench.wrk(bench.servers["first"], "keys", options.seconds, connections=CONNECTIONS // 2),
        "two": lambda: bench.both(["first", "second"], options.seconds),
        "apart": lambda: bench.both(["embedded", "other"], options.seconds),
        "unknown": lambda: bench.wrk(bench.servers["first"], "unknown", options.seconds),
    }
    results = {name: [] for name in sides}
    for number in range(options.rounds):
        for name, run in sides.items():
            results[name].append(run())
        print(f"round {number + 1} of {options.rounds}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    print("\n| verifications of keys in memory, but for the last | requests/s | CPU us per request | p99 ms |")
    print("|---|---|---|---|")
    titles = {
        "embedded": "embedded database", "one": "one of two nodes at work",
        "half": "the same with half of the connections", "two": "both nodes at work",
        "apart": "two servers at work, each on an embedded database",
        "unknown": "one node, keys that do not exist",
    }
    for name, title in titles.items():
        rate, cpu, p99 = (statistics.median(run[key] for run in results[name]) for key in ("rate", "cpu", "p99"))
        print(f"| {title} | {rate:,.0f} | {cpu:.1f} | {p99:.2f} |")

    def ratio(above, below):
        return statistics.median(
            above["cpu"] / below["cpu"] for above, below in zip(results[above], results[below], strict=True)
        )

    print(f"\nCPU, a node to the embedded server: {ratio('one', 'embedded'):.2f} (goal 1.0); each of two nodes to one "
          f"alone: {ratio('two', 'one'):.2f}, with as many connections {ratio('two', 'half'):.2f} (goal at most 1.1), to "
          f"each of two embedded servers: "
          f"{ratio('two', 'apart'):.2f}.")


def creation(bench, options):
    own, plain = {8: [], CONNECTIONS: []}, {1: [], 8: []}
    for _ in range(options.rounds):
        for connections, rates in own.items():
            run = bench.wrk(bench.servers["first"], "create", options.seconds, connections=connections)
            rates.append(run["rate"])
        for clients, rates in plain.items():
            rates.append(bench.pgbench(clients, options.seconds))
    print("\n| creates | per second |")
    print("|---|---|")
    for connections, rates in own.items():
        print(f"| through the API of one node, {connections} connections | {statistics.median(rates):,.0f} |")
    for clients, rates in plain.items():
        print(f"| pgbench with the rows of a create, {clients} clients | {statistics.median(rates):,.0f} |")
    best = max(statistics.median(rates) for rates in plain.values())
    print(f"\nAgainst the better of pgbench: {statistics.median(own[8]) / best:.2f} with 8 connections (goal 0.7).")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", help="the empty database, as postgres://USER@/DATABASE?host=FOLDER")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="the folder of PostgreSQL's programs")
    parser.add_argument("--server", type=pathlib.Path, default=".build/release/keywright", help="the server's binary")
    parser.add_argument("--bench", type=pathlib.Path, default=".build/release/KeywrightBench", help="KeywrightBench")
    parser.add_argument("--keys", type=int, default=20_000, help="how many keys there are (default: 20000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default: 5)")
    parser.add_argument("--seconds", type=int, default=3, help="seconds of one measurement (default: 3)")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="keywright-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        bench = Nodes(options, folder, stack)
        bench.start_all()
        bench.warm()
        verification(bench, options)
        creation(bench, options)


if __name__ == "__main__":
    try:
        main()
    except Failed as problem:
        sys.exit(f"nodes: {problem}")
