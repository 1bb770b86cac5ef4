"""Measures verification against other ways to do the same work, side by side in one run, and prints one table.

Every server runs on core 1, wrk on core 0, over 64 connections of loopback that are kept open. Each round measures
every side once, one after another; the medians of the rounds count. `make bench-verify ARGS="--help"` lists options.
"""

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

SCRIPTS = pathlib.Path(__file__).resolve().parent
MODULES = pathlib.Path("/usr/lib/nginx/modules")
TICKS = os.sysconf("SC_CLK_TCK")
# As most clients write it, and as verify.lua reads it.
COMPACT = json.JSONEncoder(separators=(",", ":"))
CONNECTIONS = 64
NEWEST = 20

# Name, what is measured, the server that answers, the mode of wrk.lua.
SIDES = [
    ("nginx", "nginx `return 200`", "nginx", "plain"),
    ("hummingbird", "bare Hummingbird route", "hummingbird", "plain"),
    ("dictionary", "nginx + Lua + shared dictionary", "dictionary", "verify"),
    ("redis", "nginx + Lua + Redis", "redis", "verify"),
    ("keywright", "Keywright `/v1/verify`", "keywright", "verify"),
    ("unknown", "Keywright `/v1/verify`, unknown keys", "keywright", "unknown"),
    ("malformed", "Keywright `/v1/verify`, malformed keys", "keywright", "malformed"),
    ("forward", "Keywright `/forward-auth`", "keywright", "forward"),
]


class Failed(Exception):
    """The measurement cannot go on; the text says why."""


class Server:
    """Processes on core 1 that answer at a port. `stop` ends them and nothing else."""

    def __init__(self, port, processes):
        self.port = port
        self.processes = processes

    def cpu_seconds(self):
        """What the processes have used so far."""
        total = 0
        for process in self.processes:
            fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def resident_mib(self, kind="RssAnon"):
        """Resident memory of all processes: what they hold (RssAnon), or the pages of files in it (RssFile)."""
        total = 0
        for process in self.processes:
            for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
                if line.startswith(f"{kind}:"):
                    total += int(line.split()[1])
        return total / 1024

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def exchange(self, method, path, body=None, bearer=None):
        """One request; its status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        with contextlib.closing(connection):
            connection.request(method, path, body=None if body is None else COMPACT.encode(body), headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(arguments, output=subprocess.DEVNULL):
    return subprocess.Popen(
        ["taskset", "--cpu-list", "1", *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )


def start_listening(arguments, port):
    """Starts a server that listens at a port that was chosen for it."""
    process = start(arguments)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Failed(f"{arguments[0]} ended at its start with status {process.returncode}.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return process
        time.sleep(0.05)
    process.kill()
    raise Failed(f"{arguments[0]} does not take connections.")


def start_printing(arguments):
    """Starts a server that prints the address it chose; its process and port."""
    process = start(arguments, output=subprocess.PIPE)
    for line in process.stdout:
        if "serves on" in line:
            # What else it prints is read and dropped, so that it never waits for a reader.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return process, int(line.strip().rpartition(":")[2].split("/")[0].split()[0])
    process.wait()
    raise Failed(f"{arguments[0]} ended at its start with status {process.returncode}.")


def private_file(path, text):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


class Data:
    """The keys: made by KeywrightBench, turned into what the load generator and the Lua sides read."""

    def __init__(self, folder, bench, server, count):
        self.folder = folder
        subprocess.run(
            [bench, "verify-data", "--server", server, "--data", folder / "data", "--output", folder, "--keys",
             str(count)],
            check=True, stdin=subprocess.DEVNULL,
        )
        self.admin = (folder / "admin").read_text().strip()
        self.keys = self.read("keys.tsv")
        self.unknown = self.read("unknown.tsv")
        self.verifier = self.read("caller.tsv")[0]
        self.roles = dict(line.split("\t") for line in (folder / "roles.tsv").read_text().splitlines())
        self.write("keys.tsv", self.keys)
        self.write("unknown.tsv", self.unknown)
        private_file(folder / "caller", self.verifier[0] + "\n")
        # One character of the secret is another: the checksum does not fit.
        malformed = [[key[:30] + ("a" if key[30] != "a" else "b") + key[31:], *rest] for key, *rest in self.keys[:1000]]
        self.write("malformed.tsv", malformed)
        self.malformed = malformed
        self.newest = []

    def read(self, name):
        return [line.split("\t") for line in (self.folder / name).read_text().splitlines()]

    def write(self, name, keys):
        """What wrk.lua reads: the value and the resource of the first grant."""
        private_file(self.folder / name, "".join(f"{key[0]}\t{key[4].split()[0]}\n" for key in keys))

    def add_newest(self, server):
        """Has the running server create keys, so that some are newer than its start."""
        place = self.keys[0][4].split()[0]
        for number in range(NEWEST):
            body = {"name": f"newest-{number}", "grants": [{"nrn": place, "role_slug": "developer"}]}
            status, answer = server.exchange("POST", "/api_key", body, self.admin)
            if status != 201:
                raise Failed(f"Keywright answered {status} to the creation of a key.")
            key = json.loads(answer)
            self.newest.append([
                key["api_key"], str(key["id"]), key["api_key"].split("_")[1], key["name"], f"{place} developer"
            ])

    def finish(self):
        """Writes the newest keys, or old ones in their place when no Keywright runs."""
        self.write("newest.tsv", self.newest or self.keys[-NEWEST:])

    def rows(self):
        """Digest and row of every key, as verify.lua reads them."""
        for value, number, handle, name, *grants in [self.verifier, *self.keys, *self.newest]:
            row = f"{number}\t{handle}\t{name}\t1"
            for grant in grants:
                place, slug = grant.split()
                row += f"\n{place} ,{self.roles[slug]},"
            yield hashlib.sha256(value.encode()).digest(), row


class Bench:
    def __init__(self, options, folder, stack):
        self.options = options
        self.folder = folder
        self.stack = stack
        self.servers = {}
        self.data = Data(folder, options.bench, options.server, options.keys)

    def keep(self, name, port, *processes):
        self.servers[name] = Server(port, processes)
        self.stack.callback(self.servers[name].stop)
        return self.servers[name]

    def start(self, names):
        if "keywright" in names:
            process, port = start_printing([
                self.options.server, "serve", "--data", self.folder / "data", "--port", "0", "--event-loops", "1",
                "--maximum-keys", "100000000", "--log-level", "warning",
            ])
            server = self.keep("keywright", port, process)
            if server.exchange("POST", "/v1/verify", {}, self.data.admin)[0] == 404:
                raise Failed("This Keywright has no /v1/verify. Leave its sides out with --sides.")
            self.data.add_newest(server)
        self.data.finish()
        if "hummingbird" in names:
            process, port = start_printing([self.options.bench, "bare-server"])
            self.keep("hummingbird", port, process)
        if "nginx" in names:
            self.start_nginx("nginx", store="dictionary", rows="")
        if "dictionary" in names:
            rows = "".join(
                "{}\t{}\n".format(digest.hex(), row.replace("\n", "\\n")) for digest, row in self.data.rows()
            )
            self.start_nginx("dictionary", store="dictionary", rows=rows)
        if "redis" in names:
            port = free_port()
            redis = start_listening(
                ["redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no",
                 "--dir", self.folder], port,
            )
            self.stack.callback(Server(port, [redis]).stop)
            self.fill_redis(port)
            self.start_nginx("redis", store="redis", redis=(port, redis))

    def start_nginx(self, name, store, rows="", redis=None):
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        private_file(folder / "rows.tsv", rows)
        port = free_port()
        text = (SCRIPTS / "nginx.conf").read_text()
        values = {
            "folder": folder, "modules": MODULES, "scripts": SCRIPTS, "port": port, "store": store,
            "redis": redis[0] if redis else 0, "dictionary": 64 + len(rows) * 3 // (1 << 20),
        }
        for key, value in values.items():
            text = text.replace(f"@{key}@", str(value))
        private_file(folder / "nginx.conf", text)
        process = start_listening(["nginx", "-p", folder, "-c", folder / "nginx.conf"], port)
        self.keep(name, port, process, *([redis[1]] if redis else []))

    def fill_redis(self, port):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            answers = connection.makefile("rb")
            batch = []

            def send():
                connection.sendall(b"".join(batch))
                for _ in batch:
                    if answers.readline() != b"+OK\r\n":
                        raise Failed("Redis does not take the rows.")
                batch.clear()

            for digest, row in self.data.rows():
                row = row.encode()
                batch.append(b"*3\r\n$3\r\nSET\r\n$32\r\n%s\r\n$%d\r\n%s\r\n" % (digest, len(row), row))
                if len(batch) == 500:
                    send()
            send()

    def check(self, name):
        """Whether a side gives the right answers, before its speed counts."""
        server = self.servers[name]
        value, place = self.data.keys[-1][0], self.data.keys[-1][4].split()[0]
        cases = [
            (value, "deployment:create", (True, True)), (value, "security:update", (True, False)),
            (self.data.unknown[0][0], "deployment:create", (False, False)),
            (self.data.malformed[0][0], "deployment:create", (False, False)),
        ]
        for key, action, expected in cases:
            body = {"api_key": key, "action": action, "nrn": place}
            status, answer = server.exchange("POST", "/v1/verify", body, self.data.verifier[0])
            try:
                found = json.loads(answer) if status == 200 else {}
            except ValueError:
                found = {}
            if (found.get("valid"), found.get("allowed")) != expected:
                raise Failed(f"{name} answers {status} {answer!r} to {action}, for which {expected} was expected.")
        if server.exchange("POST", "/v1/verify", body, self.data.unknown[0][0])[0] != 401:
            raise Failed(f"{name} does not check the caller.")

    def wrk(self, server, mode, seconds, *arguments, connections=CONNECTIONS):
        """One run of the load generator; what it counted, with the CPU microseconds of the server per request."""
        before = server.cpu_seconds()
        process = subprocess.Popen(
            ["taskset", "--cpu-list", "0", "wrk", "--threads", "1", "--connections", str(connections),
             "--duration", f"{seconds}s", "--script", SCRIPTS / "wrk.lua", "--latency",
             f"http://127.0.0.1:{server.port}", "--", self.folder, mode, *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        output = []
        for line in process.stdout:
            if line == "WALKED\n":
                process.send_signal(signal.SIGINT)
            output.append(line)
        process.wait()
        line = next((line for line in output if line.startswith("RESULT ")), None)
        if line is None:
            raise Failed(f"wrk failed: {''.join(output)[-500:]}")
        result = json.loads(line.removeprefix("RESULT "))
        if result["failures"] or result["refusals"] or not result["requests"]:
            raise Failed(f"{mode}: {result} has failures or answers other than 2xx.")
        result["rate"] = result["requests"] / result["seconds"]
        result["cpu"] = (server.cpu_seconds() - before) * 1e6 / result["requests"]
        return result

    def walk(self):
        """Asks for every key once: some one by one, to time the first request for a key, then the rest."""
        server = self.servers["keywright"]
        alone = min(2_000, self.options.keys // 10)
        before = server.resident_mib()
        cold = self.wrk(server, "walk", 60, 1, alone, connections=1)
        limit = max(60, self.options.keys // 2_000)
        self.wrk(server, "walk", limit, alone + 1, self.options.keys)
        return cold, before, server.resident_mib()


def table(names, results, rounds):
    print("\n| side | requests/s | CPU us per request | p50 ms | p99 ms |")
    print("|---|---|---|---|---|")
    for name, title, *_ in SIDES:
        if name in names:
            middle = {
                key: statistics.median(result[key] for result in results[name]) for key in ("rate", "cpu", "p50", "p99")
            }
            print(
                f"| {title} | {middle['rate']:,.0f} | {middle['cpu']:.1f} | {middle['p50']:.2f} | {middle['p99']:.2f} |"
            )

    def ratio(key, above, below):
        if above not in results or below not in results:
            return None
        return statistics.median(results[above][i][key] / results[below][i][key] for i in range(rounds))

    goals = [
        ("rate / bare Hummingbird route", ratio("rate", "keywright", "hummingbird"), "at least", 2.0),
        ("rate / nginx + Lua + Redis", ratio("rate", "keywright", "redis"), "at least", 2.0),
        ("rate / nginx + Lua + shared dictionary", ratio("rate", "keywright", "dictionary"), "at least", 0.9),
        ("CPU / nginx `return 200`", ratio("cpu", "keywright", "nginx"), "at most", 2.2),
        ("CPU of unknown keys / mixed", ratio("cpu", "unknown", "keywright"), "at most", 1.0),
        ("CPU of malformed keys / mixed", ratio("cpu", "malformed", "keywright"), "at most", 1.0),
    ]
    if "keywright" in results:
        goals.append(("p99 in ms", statistics.median(result["p99"] for result in results["keywright"]), "at most", 3.0))
    print("\n| Keywright `/v1/verify` with authorization | figure | goal |")
    print("|---|---|---|")
    for title, figure, word, goal in goals:
        if figure is not None:
            reached = figure >= goal if word == "at least" else figure <= goal
            print(f"| {title} | {figure:.2f} | {word} {goal}{'' if reached else ', **missed**'} |")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=pathlib.Path, default=".build/release/keywright", help="the server's binary")
    parser.add_argument("--bench", type=pathlib.Path, default=".build/release/KeywrightBench", help="KeywrightBench")
    parser.add_argument("--keys", type=int, default=100_000, help="how many keys there are (default: 100000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, 1 to 50 (default: 5)")
    parser.add_argument("--seconds", type=int, default=3, help="seconds of one measurement, 1 to 60 (default: 3)")
    parser.add_argument(
        "--sides", default=",".join(side[0] for side in SIDES), help="which, by commas (default: %(default)s)"
    )
    options = parser.parse_args()
    names = options.sides.split(",")
    known = [side[0] for side in SIDES]
    if any(name not in known for name in names):
        parser.error(f"--sides: the sides are {', '.join(known)}")
    if not (1 <= options.rounds <= 50 and 1 <= options.seconds <= 60 and 2_000 <= options.keys <= 10_000_000):
        parser.error("--rounds is 1 to 50, --seconds 1 to 60, --keys 2000 to 10000000")
    if (os.cpu_count() or 1) < 2:
        parser.error("this needs two cores")
    return options, [side for side in SIDES if side[0] in names]


def main():
    options, sides = parse()
    names = [side[0] for side in sides]
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="keywright-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        bench = Bench(options, folder, stack)
        bench.start({side[2] for side in sides})
        for name in {"dictionary", "redis", "keywright"} & set(bench.servers):
            bench.check(name)
        notes = []
        if "keywright" in bench.servers:
            cold, before, after = bench.walk()
            notes.append(
                f"First request for a key, alone: p50 {cold['p50']:.2f} ms, p99 {cold['p99']:.2f} ms. "
                f"Memory held: {before:.0f} MiB at the start, {after:.0f} MiB after all {options.keys:,} keys; beside it "
                f"{bench.servers['keywright'].resident_mib('RssFile'):.0f} MiB of its files' pages are resident."
            )
        for _, _, server, mode in sides:
            bench.wrk(bench.servers[server], mode, 1)
        results = {name: [] for name in names}
        loads = []
        for number in range(options.rounds):
            for name, _, server, mode in sides:
                results[name].append(bench.wrk(bench.servers[server], mode, options.seconds))
            loads.append(os.getloadavg()[0])
            print(f"round {number + 1} of {options.rounds}, load {loads[-1]:.1f}", file=sys.stderr)
        print(f"\n{options.keys:,} keys, {CONNECTIONS} connections, {options.rounds} rounds of {options.seconds} s, "
              f"load {min(loads):.1f} to {max(loads):.1f}.")
        table(names, results, options.rounds)
        for note in notes:
            print(f"\n{note}")


if __name__ == "__main__":
    try:
        main()
    except Failed as problem:
        sys.exit(f"bench-verify: {problem}")
