"""TCP connections of every temper, for captures whose story is known. Needs Python's minimal
library only.

usage: traffic.py send|receive ADDRESS SPEC...     run the connections, or serve them
       traffic.py no-offload INTERFACE             one frame per segment, checksums filled in

A SPEC is "key=value,key=value"; both sides get the same ones, and the n-th uses port 47000 + n.
"kind" is one of the functions below named client_*; the other keys are theirs. Sizes are octets,
times milliseconds. The receiver prints "ready" when it listens and serves until it is ended.
"""

import array
import errno
import fcntl
import socket
import struct
import sys
import threading
import time

FIRST_PORT = 47000
PIECE = b"netglass" * 8192

# linux/ethtool.h, linux/sockios.h
SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO = 0x17, 0x1F, 0x24, 0x2C


class Spec(dict):
    """Settings of a kind of traffic; numbers that are not given are 0."""

    def __init__(self, text, port, address):
        super().__init__(pair.split("=", 1) for pair in text.split(","))
        self.port = port
        self.address = address
        self.family = socket.AF_INET6 if ":" in address else socket.AF_INET

    def number(self, key, otherwise=0):
        return int(self.get(key, otherwise))

    def seconds(self, key):
        return float(self.get(key, 0)) / 1000


def new_socket(spec, buffer_key):
    tcp = socket.socket(spec.family, socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        control = spec.get("congestion", "cubic").encode()
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, control)
    except OSError:
        pass  # The kernel lacks it; its own choice does as well.
    if spec.number(buffer_key) > 0:
        option = socket.SO_SNDBUF if buffer_key == "sendBuffer" else socket.SO_RCVBUF
        tcp.setsockopt(socket.SOL_SOCKET, option, spec.number(buffer_key))
    return tcp


def connect(spec):
    tcp = new_socket(spec, "sendBuffer")
    if spec.number("localPort") > 0:
        tcp.bind(("", spec.number("localPort")))
    tcp.connect((spec.address, spec.port))
    return tcp


def send_octets(tcp, count):
    while count > 0:
        tcp.sendall(PIECE[:count])
        count -= len(PIECE)


def read_octets(tcp, count):
    """Reads so many octets; fewer if the other side ends before."""
    got = 0
    while got < count:
        piece = tcp.recv(min(65536, count - got))
        if piece == b"":
            break
        got += len(piece)
    return got


def read_to_end(tcp):
    while tcp.recv(65536) != b"":
        pass


def end_politely(tcp):
    tcp.shutdown(socket.SHUT_WR)
    read_to_end(tcp)
    tcp.close()


def end_with_reset(tcp):
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    tcp.close()


def client_bulk(spec):
    """`bytes` to a receiver that reads all, or stops for `pauseMs` after `pauseAfter` octets."""
    tcp = connect(spec)
    send_octets(tcp, spec.number("bytes"))
    end_politely(tcp)


def server_bulk(spec, tcp):
    if spec.number("pauseMs") > 0:
        read_octets(tcp, spec.number("pauseAfter", 1))
        time.sleep(spec.seconds("pauseMs"))
    read_to_end(tcp)
    tcp.close()


def client_requests(spec):
    """`count` requests of `request` octets, each answered with `response`, after `thinkMs` each."""
    tcp = connect(spec)
    for _ in range(spec.number("count")):
        send_octets(tcp, spec.number("request"))
        read_octets(tcp, spec.number("response"))
        time.sleep(spec.seconds("thinkMs"))
    end_politely(tcp)


def server_requests(spec, tcp):
    while read_octets(tcp, spec.number("request")) == spec.number("request"):
        send_octets(tcp, spec.number("response"))
    tcp.close()


def client_idle(spec):
    """Some octets, silence of `idleMs` with keep-alive every second, some octets."""
    tcp = connect(spec)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    send_octets(tcp, 1000)
    time.sleep(spec.seconds("idleMs"))
    send_octets(tcp, 1000)
    end_politely(tcp)


server_idle = server_bulk


def client_abort(spec):
    """`count` connections, one after another, each ended by RST after `bytes`."""
    for _ in range(spec.number("count")):
        tcp = connect(spec)
        send_octets(tcp, spec.number("bytes"))
        end_with_reset(tcp)


server_abort = server_bulk


def client_refused(spec):
    """`count` attempts at a port where nobody listens."""
    for _ in range(spec.number("count")):
        try:
            connect(spec).close()
        except ConnectionRefusedError:
            pass


def client_blackhole(spec):
    """An attempt, given up after `waitMs`, at a port from which nothing comes back."""
    tcp = new_socket(spec, "sendBuffer")
    tcp.settimeout(spec.seconds("waitMs"))
    try:
        tcp.connect((spec.address, spec.port))
    except TimeoutError:
        pass
    tcp.close()


def send(specs):
    failures = []

    def work(client, spec):
        try:
            client(spec)
        except OSError as error:
            failures.append("%s on port %d: %s" % (spec["kind"], spec.port, error))

    threads = []
    for spec in specs:
        client = globals()["client_" + spec["kind"]]
        for _ in range(spec.number("connections", 1)):
            threads.append(threading.Thread(target=work, args=(client, spec)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit("; ".join(failures))


def receive(specs):
    def work(server, spec, tcp):
        try:
            server(spec, tcp)
        except OSError as error:
            tcp.close()
            if error.errno not in (errno.ECONNRESET, errno.EPIPE):
                raise

    def accept(server, spec, listener):
        while True:
            tcp, _ = listener.accept()
            threading.Thread(target=work, args=(server, spec, tcp), daemon=True).start()

    for spec in specs:
        server = globals().get("server_" + spec["kind"])
        if server is None:
            continue
        listener = new_socket(spec, "receiveBuffer")
        listener.bind((spec.address, spec.port))
        listener.listen(128)
        threading.Thread(target=accept, args=(server, spec, listener), daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


def no_offload(interface):
    control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for command in (ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_STXCSUM):
        # struct ifreq holds a pointer to struct ethtool_value.
        value = array.array("I", (command, 0))
        request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
        fcntl.ioctl(control.fileno(), SIOCETHTOOL, request)


def main():
    role, where, *texts = sys.argv[1:]
    if role == "no-offload":
        return no_offload(where)
    specs = [Spec(text, FIRST_PORT + number, where) for number, text in enumerate(texts)]
    return send(specs) if role == "send" else receive(specs)


main()
