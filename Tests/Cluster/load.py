"""Verifications that go on while something is tested, from a process of their own."""

import multiprocessing
import threading

from nodes import Asker


def ask(node, credential, subject, pause, is_over, answers, failures):
    """Asks without end; each answer must be that the key is good."""
    asker = Asker(node, credential)
    question = asker.bytes({"api_key": subject, "action": "application:read", "nrn": "organization=1"})
    while not is_over.wait(pause):
        status, body = asker.ask(question)
        if status != 200 or not body["allowed"]:
            failures.append(f"{status} {body}")
            return
        answers.append(None)
    asker.close()


class Address:
    """Where to ask, in place of a node that belongs to another process."""

    def __init__(self, port):
        self.port = port


def run(ports, credential, subjects, pause, is_over, result):
    answers, failures = [], []
    threads = [
        threading.Thread(target=ask, args=(Address(port), credential, key, pause, is_over, answers, failures))
        for port in ports
        for key in subjects
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.put((len(answers), failures))


class Load:
    """Asks each of the nodes about each of the keys, over a connection each."""

    def __init__(self, nodes, credential, subjects, pause=0.03):
        context = multiprocessing.get_context("spawn")
        self.is_over, self.result = context.Event(), context.Queue()
        arguments = ([node.port for node in nodes], credential, subjects, pause, self.is_over, self.result)
        self.process = context.Process(target=run, args=arguments, daemon=True)

    def __enter__(self):
        self.process.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.answered, self.failures = self.result.get(timeout=60)
        self.process.join(30)
