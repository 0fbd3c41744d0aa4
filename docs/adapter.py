#!/usr/bin/python3
"""A battery as an adapter of suandiand, by docs/PROTOCOL.md and python3-protobuf alone.

    protoc --python_out=gen -I proto proto/suandian/v1/*.proto
    PYTHONPATH=gen docs/adapter.py /run/suandian/adapter.sock hongyuan/bess
"""
import random
import select
import socket
import sys
import time

from suandian.v1 import decision_pb2, envelope_pb2, observe_pb2, types_pb2


class Battery:
    """8 MWh, 4 MW.  Positive power charges it."""
    wh, w, at = 4e6, 0.0, time.monotonic()

    def level(self):
        now = time.monotonic()
        self.wh, self.at = min(8e6, max(0, self.wh + self.w * (now - self.at) / 3600)), now
        return 100 * self.wh / 8e6

    def obey(self, action):
        self.level()
        self.w = max(-4e6, min(4e6, action.power_w)) if action.WhichOneof("what") == "power_w" else 0.0
        return int(self.w)


class Adapter:
    def __init__(self, path, asset, battery, period_s=1):
        self.path, self.asset, self.battery, self.period_s = path, asset, battery, period_s
        self.epoch, self.seq, self.next_id = int(time.time() * 1000), 0, 0  # a greater epoch after every start
        self.spool, self.acks = {}, {}  # what is not on the daemon's disk yet: by seq, by id
        self.points, self.due = None, time.monotonic()
        self.held, self.lease_end = None, None  # the decision of the greatest id, and when it ends by our clock

    # ---- the connection

    def open(self):
        self.sock, self.inbox, self.sent, self.credit = socket.socket(socket.AF_UNIX), b"", 0, 0
        self.sock.connect(self.path)
        self.ask(hello=dict(api_major=1, role="adapter", name=self.asset.replace("/", "."), build="adapter.py"))

    def write(self, envelope):
        body = envelope.SerializeToString()
        n, head = len(body), b""
        while n > 127:
            head, n = head + bytes([n & 127 | 128]), n >> 7
        self.sock.sendall(head + bytes([n]) + body)
        return len(body)

    def ask(self, **body):
        self.next_id += 1
        self.write(envelope_pb2.Envelope(id=self.next_id, **body))
        return self.next_id

    def frames(self):
        data = self.sock.recv(65536)
        if not data:
            raise ConnectionError("the daemon closed the connection")
        self.inbox += data
        while True:
            n = shift = at = 0
            while at < len(self.inbox):
                n, shift, at = n | (self.inbox[at] & 127) << shift, shift + 7, at + 1
                if self.inbox[at - 1] < 128:
                    break
            else:
                return
            if len(self.inbox) < at + n:
                return
            envelope = envelope_pb2.Envelope.FromString(self.inbox[at:at + n])
            self.inbox = self.inbox[at + n:]
            yield envelope

    # ---- what the daemon says

    def take(self, e):
        what = e.WhichOneof("body")
        if what == "welcome":
            self.credit = e.welcome.limits.credit_bytes
            point = dict(kind=types_pb2.KIND_INSTANT, period_ms=int(self.period_s * 1000))
            self.ask(declare_points=dict(points=[
                observe_pb2.PointDecl(name=self.asset + ".soc", unit=types_pb2.UNIT_PERCENT, **point),
                observe_pb2.PointDecl(name=self.asset + ".power", unit=types_pb2.UNIT_W, **point)]))
            self.ask(subscribe_decisions=dict(asset=[self.asset], after_id=self.held.id - 1 if self.held else 0))
            for ack in list(self.acks.values()):
                self.acknowledge(ack)
        elif what == "points_declared":
            self.points = list(e.points_declared.id)
        elif what == "samples_ack":
            self.spool = {seq: b for seq, b in self.spool.items() if seq > e.samples_ack.seq}
            self.credit = e.samples_ack.credit_bytes
        elif what == "decision":
            self.decide(e.decision)
        elif what == "ok":
            self.acks.pop(e.id, None)
        elif what in ("error", "goodbye"):
            print(f"adapter.py: {what}: {getattr(e, what).text}", file=sys.stderr)

    def decide(self, d):
        held = self.held
        if held and (d.id < held.id or d.id == held.id and d.action == held.action
                     and d.valid_until_ms <= held.valid_until_ms):
            return  # older, or said again
        self.held, self.lease_end = d, time.monotonic() + d.valid_for_ms / 1000
        for state in decision_pb2.DECISION_ACCEPTED, decision_pb2.DECISION_APPLIED:
            ack = decision_pb2.AckDecision(decision_id=d.id, state=state)
            if state == decision_pb2.DECISION_APPLIED:
                ack.measured_w = self.battery.obey(d.action)
            self.acknowledge(ack)

    def acknowledge(self, ack):
        self.acks = {i: a for i, a in self.acks.items() if a is not ack}
        self.acks[self.next_id + 1] = ack
        self.ask(ack_decision=ack)

    # ---- what goes on by itself, connected or not

    def tick(self):
        now = time.monotonic()
        if self.lease_end and now >= self.lease_end:
            self.battery.obey(self.held.fallback)
            self.lease_end = None
        if now >= self.due and self.points:
            self.due = max(self.due + self.period_s, now)
            self.seq += 1
            self.spool[self.seq] = observe_pb2.PushSamples(
                epoch=self.epoch, seq=self.seq, base_ms=int(time.time() * 1000), dt_ms=[0, 0],
                point_delta=[self.points[0], self.points[1] - self.points[0]],
                value=[self.battery.level(), self.battery.w])
            if len(self.spool) > 10000:
                del self.spool[min(self.spool)]  # the gap tells the daemon

    def push(self):
        outstanding = sum(b.ByteSize() + 16 for seq, b in self.spool.items() if seq <= self.sent)
        for seq in sorted(seq for seq in self.spool if seq > self.sent):
            size = self.spool[seq].ByteSize() + 16  # its frame has a few bytes more
            if outstanding + size > self.credit and (outstanding or not self.credit):
                return
            self.ask(push_samples=self.spool[seq])
            self.sent, outstanding = seq, outstanding + size

    def run(self, stop=lambda: False):
        pause_s = .2
        while not stop():
            try:
                self.open()
                while not stop():
                    self.tick()
                    self.push()
                    if select.select([self.sock], [], [], .05)[0]:
                        for envelope in self.frames():
                            self.take(envelope)
                        pause_s = .2
            except OSError as e:
                print(f"adapter.py: {e}; again in {pause_s} s", file=sys.stderr)
                until, pause_s = time.monotonic() + pause_s * random.uniform(.5, 1), min(15, 2 * pause_s)
                while time.monotonic() < until and not stop():
                    self.tick()
                    time.sleep(.05)


if __name__ == "__main__":
    Adapter(sys.argv[1], sys.argv[2], Battery()).run()
