"""A TCP relay between a node and its database that can stop forwarding, as a network does that drops packets."""

import socket
import threading


class Link:
    """One connection through the relay."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.open = threading.Event()
        self.follows = False

    def close(self):
        for end in (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Relay:
    """Forwards between a port of its own and another one."""

    def __init__(self, target):
        self.target = target
        self.links = []
        self.lock = threading.Lock()
        self.holds = lambda link: False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Nothing passes any more, and nothing is closed: connections are still taken, and never answered."""
        self._hold(lambda link: True)

    def cut_follower(self):
        """Only the connection that listens for changes passes nothing, and each that comes in its place."""
        self._hold(lambda link: link.follows)

    def mend(self):
        """Forwards again, beginning with what was held back."""
        self._hold(lambda link: False)

    def close(self):
        self.listener.close()
        with self.lock:
            for link in self.links:
                link.open.set()
                link.close()

    @property
    def followers(self):
        """How many connections listen for changes."""
        with self.lock:
            return sum(link.follows for link in self.links)

    def _hold(self, holds):
        with self.lock:
            self.holds = holds
            for link in self.links:
                self._set(link)

    def _set(self, link):
        if self.holds(link):
            link.open.clear()
        else:
            link.open.set()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = Link(client, server)
            with self.lock:
                self.links.append(link)
                self._set(link)
            threading.Thread(target=self._pump, args=(link, client, server), daemon=True).start()
            threading.Thread(target=self._pump, args=(link, server, client), daemon=True).start()

    def _pump(self, link, source, sink):
        try:
            while data := source.recv(65536):
                if source is link.client and b"LISTEN " in data:
                    with self.lock:
                        link.follows = True
                        self._set(link)
                link.open.wait()
                sink.sendall(data)
        except OSError:
            pass
        link.open.wait()  # a network that drops packets tells nobody that the other end has gone
        link.close()
        with self.lock:
            if link in self.links:
                self.links.remove(link)
