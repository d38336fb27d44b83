"""A bridge between the two interfaces of a namespace that loses, delays, reorders, duplicates and
queues TCP frames, and files what became of each. Needs Python's minimal library only.

usage: relay.py LABELS ONE OTHER [key=value ...]

Frames from ONE to OTHER are direction 0, the others direction 1. Keys are "<direction>.<name>" with
the names of Direction's fields, "seed" and "blackhole" (a destination port). Frames other than TCP
pass untouched. LABELS gets a JSON object per line at SIGTERM: one per TCP frame in order of arrival,
one per copy that the relay made, and the kernel's own count of frames that the relay missed.
"""

import heapq
import random
import select
import signal
import socket
import struct
import sys
import time
from collections import deque

# linux/if_packet.h and linux/socket.h
SOL_PACKET = 263
PACKET_STATISTICS = 6
PACKET_VNET_HDR = 15
PACKET_IGNORE_OUTGOING = 23
SO_RCVBUFFORCE = 33
ETH_P_ALL = 3
# struct virtio_net_hdr before each frame: carries checksum and segmentation offload across.
VNET = 10
LARGEST_FRAME = VNET + 14 + 65_575
BUFFER_BYTES = 64 * 1024 * 1024

LABEL = (
    '{"frame":%d,"direction":%d,"atNs":%d,"action":"%s","sentNs":%s,"held":%s,"ipId":%d,'
    '"srcPort":%d,"dstPort":%d,"seq":%d,"ack":%d,"flags":%d,"length":%d}\n'
)
ACTION, SENT = 3, 4


class Direction:
    """What happens to TCP frames one way. Shares are 0 to 1, times seconds."""

    def __init__(self, settings, seed, source, target):
        self.loss = settings.get("loss", 0.0)
        self.duplicate = settings.get("duplicate", 0.0)
        self.reorder_share = settings.get("reorderShare", 0.0)
        self.reorder_by = settings.get("reorderByMs", 0.0) / 1000
        self.delay = settings.get("delayMs", 0.0) / 1000
        self.jitter = settings.get("jitterMs", 0.0) / 1000
        rate = settings.get("rateMbps", 0.0)
        self.seconds_per_byte = 8e-6 / rate if rate > 0 else 0.0
        self.queue_frames = settings.get("queueFrames", 0.0) or float("inf")
        self.random = random.Random(seed).random
        self.source = source
        self.target = target
        self.queued = deque()

    def departure(self, now, length):
        """When the last bit of a frame leaves the rate limit, or None if the queue is full."""
        if self.seconds_per_byte == 0:
            return now
        queued = self.queued
        while queued and queued[0] <= now:
            queued.popleft()
        if len(queued) >= self.queue_frames:
            return None
        due = max(now, queued[-1] if queued else now) + length * self.seconds_per_byte
        queued.append(due)
        return due


def open_interface(name):
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    packets.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    packets.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    packets.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    packets.bind((name, ETH_P_ALL))
    packets.setblocking(False)
    return packets


def tcp_of(frame):
    """(IP id, ports, seq, ack, flags, payload octets) of a TCP frame, else None."""
    kind = frame[VNET + 12:VNET + 14]
    ip = VNET + 14
    if kind == b"\x08\x00" and frame[ip + 9] == 6:
        header = (frame[ip] & 15) * 4
        total, ip_id = struct.unpack_from(">HH", frame, ip + 2)
        rest = total - header
    elif kind == b"\x86\xdd" and frame[ip + 6] == 6:
        header = 40
        ip_id = 0
        rest = struct.unpack_from(">H", frame, ip + 4)[0]
    else:
        return None
    src, dst, seq, ack, offset, flags = struct.unpack_from(">HHIIBB", frame, ip + header)
    return ip_id, src, dst, seq, ack, flags, rest - (offset >> 4) * 4


class Relay:
    def __init__(self, directions, blackhole):
        self.directions = directions
        self.blackhole = blackhole
        self.labels = []
        self.waiting = []
        self.pushed = 0
        self.frames = 0

    def take(self, number):
        """Decides over every frame that has arrived one way."""
        way = self.directions[number]
        while True:
            try:
                frame = way.source.recv(LARGEST_FRAME)
            except BlockingIOError:
                return
            tcp = tcp_of(frame)
            if tcp is None:
                way.target.send(frame)
                continue
            now = time.monotonic()
            self.frames += 1

            def label(action, held=False):
                filed = [self.frames, number, time.time_ns(), action, 0, held, *tcp]
                self.labels.append(filed)
                return filed

            # Always as many draws, so that one decision does not shift the next.
            lost, doubled, held, lag = way.random(), way.random(), way.random(), way.random()
            if self.blackhole in tcp[1:3]:
                label("blackhole")
            elif lost < way.loss:
                label("lost")
            else:
                due = way.departure(now, len(frame) - VNET)
                if due is None:
                    label("overflow")
                    continue
                due += way.delay + lag * way.jitter
                late = held < way.reorder_share
                self.push(due + (way.reorder_by if late else 0), way, frame, label("forward", late))
                if doubled < way.duplicate:
                    self.push(due, way, frame, label("duplicate"))

    def push(self, due, way, frame, label):
        self.pushed += 1
        heapq.heappush(self.waiting, (due, self.pushed, way, frame, label))

    def release(self):
        """Sends what is due; returns seconds until the next, at most 50 ms."""
        while self.waiting:
            left = self.waiting[0][0] - time.monotonic()
            if left > 0:
                return min(left, 0.05)
            _, _, way, frame, label = heapq.heappop(self.waiting)
            label[SENT] = time.time_ns()
            way.target.send(frame)
        return 0.05

    def run(self, is_over):
        sources = [way.source for way in self.directions]
        while not is_over():
            ready = select.select(sources, [], [], self.release())[0]
            for number, source in enumerate(sources):
                if source in ready:
                    self.take(number)


def write_labels(path, relay):
    missed = 0
    for way in relay.directions:
        statistics = way.source.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        missed += struct.unpack("II", statistics)[1]
    with open(path, "w") as file:
        for filed in relay.labels:
            filed[SENT] = filed[SENT] or "null"
            filed[SENT + 1] = "true" if filed[SENT + 1] else "false"
            file.write(LABEL % tuple(filed))
        file.write('{"missed":%d}\n' % missed)


def main():
    path, *names = sys.argv[1:4]
    settings = dict(word.split("=", 1) for word in sys.argv[4:])
    seed = int(settings.pop("seed", "1"))
    blackhole = int(settings.pop("blackhole", "-1"))
    ends = [open_interface(name) for name in names]
    directions = []
    for number in (0, 1):
        prefix = "%d." % number
        mine = {key[2:]: float(value) for key, value in settings.items() if key.startswith(prefix)}
        directions.append(Direction(mine, seed + number, ends[number], ends[1 - number]))
    relay = Relay(directions, blackhole)
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    print("ready", flush=True)
    relay.run(lambda: stopped)
    write_labels(path, relay)


main()
