#!/usr/bin/python3
"""What is promised of the package on a real systemd; runs as root inside the container that run.sh boots."""
import json
import os
import pwd
import re
import subprocess
import sys
import time

DAEMON = "suandiand.service"
SOCKETS = ["suandiand-control.socket", "suandiand-adapter.socket"]
SIM = "suandian-adapter@sim.service"
CONTROL = "/run/suandian/control.sock"
ETC = "/etc/suandian"
SHARE = "/usr/share/suandian"
DAY = "2025-07-15"
SLOT_MS = 15 * 60 * 1000
BEGAN = time.monotonic()


class Broken(Exception):
    pass


def hold(condition, text):
    if not condition:
        raise Broken(text)


def say(text):
    print(f"{time.monotonic() - BEGAN:6.2f} s  {text}", flush=True)


def run(*args, may_fail=False):
    """Status and all that was said."""
    done = subprocess.run(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    hold(may_fail or done.returncode == 0, f"{' '.join(args)}: status {done.returncode}\n{done.stdout}")
    return done.returncode, done.stdout


def systemctl(*args, **how):
    return run("systemctl", "--no-pager", *args, **how)[1]


def prop(unit, name):
    return systemctl("show", "--value", "-p", name, unit).strip()


def wait_for(what, condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        hold(time.monotonic() < end, f"not within {seconds:.0f} s: {what}")
        time.sleep(0.03)


def is_active(unit):
    return prop(unit, "ActiveState") == "active"


def journal(*args):
    return run("journalctl", "--no-pager", "-q", "-o", "cat", *args)[1]


def said_by(unit, text):
    systemctl("log-level")  # a round trip: what it said before is in the journal's socket
    return text in journal("-u", unit)


def as_user(user, *args):
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *args]


def ctl(user, *args, may_fail=False):
    return run(*as_user(user, "suandianctl", *args), may_fail=may_fail)


def ask(*args):
    """As an operator, in JSON."""
    return json.loads(ctl("op", "--json", *args)[1])


def drop_in(unit, text):
    folder = f"/run/systemd/system/{unit}.d"
    os.makedirs(folder, exist_ok=True)
    write(f"{folder}/test.conf", text)
    systemctl("daemon-reload")


def no_drop_in(unit):
    os.unlink(f"/run/systemd/system/{unit}.d/test.conf")
    systemctl("daemon-reload")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def mode_of(path):
    s = os.stat(path)
    _, owner = run("stat", "-c", "%U:%G", path)
    return f"{owner.strip()} {s.st_mode & 0o7777:o}"


# ---- Installed ---------------------------------------------------------------------------------------------------


def install():
    """The sockets listen, the daemon does not run yet, and systemd has nothing to say about the units."""
    if os.path.exists("/usr/sbin/policy-rc.d"):
        os.unlink("/usr/sbin/policy-rc.d")  # container images forbid services by it
    _, out = run("dpkg", "--no-triggers", "-i", "/mnt/suandian.deb")
    for unit in SOCKETS:
        hold(is_active(unit), f"{unit} listens after installation\n{out}")
        hold(prop(unit, "UnitFileState") == "enabled", f"{unit} is enabled")
    hold(prop(DAEMON, "ActiveState") == "inactive", "the daemon waits for its first client")
    hold(mode_of(CONTROL) == "root:suandian 660", f"the operators' socket is {mode_of(CONTROL)}")
    hold(mode_of("/run/suandian/adapter.sock") == "root:suandian-adapter 660", "the adapters' socket is their group's")
    _, conffiles = run("dpkg-query", "-W", "-f", "${Conffiles}", "suandian")
    hold(f"{ETC}/suandian.yaml" in conffiles, "the configuration is a conffile")
    for unit in [DAEMON, SIM, *SOCKETS]:
        _, out = run("systemd-analyze", "--man=no", "verify", unit)
        hold(out == "", f"systemd-analyze verify {unit}: {out}")
    for user, groups in ("op", "suandian,suandian-operators"), ("guest", "suandian"), ("stranger", "nogroup"):
        run("useradd", "--no-create-home", "--user-group", "--groups", groups, user)
    return "sockets listen, the daemon waits"


def activate():
    """The first client starts it; who is who is known by user and group."""
    _, out = ctl("op", "health")
    hold(is_active(DAEMON), "the first client started the daemon")
    hold("ready" in out, f"health: {out}")
    status, out = ctl("stranger", "health", may_fail=True)
    hold(status == 3 and "ermission" in out, f"who is in no group is refused by the socket: {status}, {out}")
    ctl("guest", "health")
    put = ["event", "put", "hongyuan", "--id", "x", "--direction", "up", "--reduction", "1MW",
           "--from", "+2h", "--to", "+3h"]
    status, out = ctl("guest", *put, may_fail=True)
    hold(status == 1 and "operate" in out, f"who may only look cannot put an event: {status}, {out}")
    return "started by its first client; a stranger and a guest are refused what they may not"


# ---- The sandbox -------------------------------------------------------------------------------------------------

CLOSED = {
    "write-etc": "EROFS", "write-config": "EROFS", "write-usr": "EROFS", "write-run": "EACCES", "write-state": "ok",
    "read-home": "EACCES", "read-init": "ENOENT", "read-kmsg": "ENOENT", "read-meminfo": "ENOENT",
    "socket-unix": "ok", "socket-inet": "EAFNOSUPPORT", "socket-inet6": "EAFNOSUPPORT",
    "socket-netlink": "EAFNOSUPPORT", "map": "ok", "map-write-exec": "EPERM", "setuid-file": "EPERM",
    "set-clock": "EPERM", "set-realtime": "EPERM", "set-nice": "EPERM", "mount": "EPERM",
    "new-mount-namespace": "EPERM", "trace": "EPERM", "set-personality": "EPERM",
}
# As root without a sandbox: the probe can tell.
OPEN = {
    "write-etc": "ok", "write-config": "ok", "write-usr": "ok", "write-run": "ok", "read-home": "ok", "read-init": "ok",
    "read-meminfo": "ok", "socket-inet": "ok", "socket-inet6": "ok", "socket-netlink": "ok", "map-write-exec": "ok",
    "setuid-file": "ok", "set-nice": "ok", "mount": "ok", "trace": "ok",
}


def probed(path, expected, who):
    seen = dict(line.split() for line in read(path).splitlines())
    differs = [f"{k}: {seen.get(k)}, not {v}" for k, v in expected.items() if seen.get(k) != v]
    hold(not differs, f"the sandbox of {who}: {'; '.join(differs)}")


def probe_as(unit, instance, expected):
    """The unit itself with the probe in the program's place."""
    state = f"/var/lib/{instance}"
    drop_in(unit, "[Service]\nType=oneshot\nRestart=no\nWatchdogSec=0\nExecStart=\n"
                  f"ExecStart=/mnt/probe {state}/probe.txt\n")
    systemctl("stop", unit)
    systemctl("start", unit)
    wait_for(f"the probe in {unit}", lambda: prop(unit, "ActiveState") != "activating")
    hold(prop(unit, "Result") == "success", f"the probe in {unit}: {systemctl('status', unit, may_fail=True)}")
    probed(f"{state}/probe.txt", expected, unit)
    os.unlink(f"{state}/probe.txt")
    no_drop_in(unit)


def exposure(unit, most):
    _, out = run("systemd-analyze", "--no-pager", "security", unit)
    found = re.search(r"Overall exposure level for .*: ([0-9.]+)", out)
    hold(found and float(found[1]) <= most, f"{unit}: exposure is at most {most}: {out.strip().splitlines()[-1]}")
    return found[1]


def sandbox():
    pid = prop(DAEMON, "MainPID")
    status = dict(line.split(":\t", 1) for line in read(f"/proc/{pid}/status").splitlines() if ":\t" in line)
    for key in "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb":
        hold(int(status[key], 16) == 0, f"the daemon has no capability: {key} {status[key]}")
    hold(status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", "the daemon runs under its filter of calls")
    uid = pwd.getpwnam("suandian").pw_uid
    hold(status["Uid"].split() == [str(uid)] * 4, f"the daemon is the user suandian: {status['Uid']}")
    hold(os.readlink(f"/proc/{pid}/ns/net") != os.readlink("/proc/1/ns/net"), "the daemon has no network")
    scores = exposure(DAEMON, 1.0), exposure(SIM, 1.5)
    run("systemd-run", "--quiet", "--wait", "-p", "PrivateMounts=yes", "/mnt/probe", "/run/open.txt")
    probed("/run/open.txt", OPEN, "nobody")
    probe_as(DAEMON, "suandian", CLOSED)
    probe_as("suandian-adapter@probe.service", "suandian-probe",
             {**CLOSED, "socket-inet": "ok", "socket-inet6": "ok"})
    return f"exposure {scores[0]} and {scores[1]}, and the sandboxes hold from the inside"


# ---- Configuration -----------------------------------------------------------------------------------------------


def reload_says(text):
    """systemctl reload: the daemon tells that it reloads and that it is ready again, and goes on."""
    pid = prop(DAEMON, "MainPID")
    cursor = run("journalctl", "-q", "--no-pager", "-n", "1", "--show-cursor")[1].split("-- cursor: ")[-1].strip()
    systemctl("log-level", "debug")
    systemctl("reload", DAEMON)
    heard = lambda: journal(f"--after-cursor={cursor}", "_PID=1")
    wait_for("RELOADING=1, then READY=1",
             lambda: re.search(rf"Got notification.*PID {pid} .*RELOADING=1(.|\n)*PID {pid} .*READY=1", heard()))
    systemctl("log-level", "info")
    wait_for(f"the daemon to say: {text}", lambda: text in journal(f"--after-cursor={cursor}", "-u", DAEMON))
    hold(is_active(DAEMON) and prop(DAEMON, "MainPID") == pid, "a reload is no restart")


def configure():
    ctl("op", "health")
    run("cp", "-R", f"{SHARE}/examples/sichuan-one/sites.d", ETC)
    run("cp", f"{SHARE}/examples/sichuan-one/sim.yaml", f"{ETC}/adapters/")
    main = f"{ETC}/suandian.yaml"
    good = read(main) + "  - user: suandian-sim\n    roles: [admin, adapter]\n    adapters: [sim]\n" \
        f"\ninclude:\n  - {SHARE}/sichuan/tariffs.d/sc-tou-2023.yaml\n"
    write(main, good)
    reload_says("the new configuration is in force")
    write(main, good + "nonsense: 1\n")
    reload_says("the new configuration is wrong")
    errors = journal("-p", "err", "-u", DAEMON)
    hold("configuration is wrong" in errors and "configuration is in force" not in errors, f"levels of the log: {errors}")
    # Nor does it start on it, nor try for ever; mended, it starts.
    systemctl("restart", DAEMON, may_fail=True)
    hold(prop(DAEMON, "ActiveState") == "failed" and said_by(DAEMON, "nonsense"),
         f"a wrong configuration ends the start: {prop(DAEMON, 'ActiveState')} {prop(DAEMON, 'Result')}")
    hold(all(is_active(s) for s in SOCKETS), "the sockets are not concerned")
    # Clients try it again, in vain, until systemd has enough of it.
    status, out = ctl("op", "--timeout", "5s", "health", may_fail=True)
    hold(status == 3, f"without the daemon a client says so: {status} {out}")
    write(main, good)
    systemctl("reset-failed", DAEMON, *SOCKETS)
    # The plant's day lies before what is on record by now.
    systemctl("clean", "--what=state", DAEMON)
    drop_in(DAEMON, "[Service]\nExecStart=\n"
            f"ExecStart=/usr/sbin/suandiand --config {main} --clock=driven\nWatchdogSec=3\n")
    systemctl("start", DAEMON)
    hold(all(is_active(s) for s in [DAEMON, *SOCKETS]), "mended, all of it runs")
    hold("driven clock" in prop(DAEMON, "StatusText"), f"the daemon's status: {prop(DAEMON, 'StatusText')}")
    return "reloads are told to systemd; a wrong configuration changes nothing and does not start"


# ---- An event ----------------------------------------------------------------------------------------------------


def at(text):
    _, out = run("date", "-d", f"{DAY} {text} +0800", "+%s")
    return int(out) * 1000


def the_event():
    events = ask("events", "hongyuan")["events"]
    hold(len(events) == 1, f"one event, not {len(events)}")
    return events[0]


def decisions():
    """What is fixed when one is made, by number."""
    found = ask("decisions", "hongyuan/*", "--limit", "1000")["decisions"]
    fixed = ("asset", "action", "valid_from_ms", "issued_ms", "fallback", "reason", "correlation_id")
    return {d["id"]: {k: d[k] for k in fixed} for d in found}


def audit():
    verdict = ask("audit", "verify")
    hold(verdict["ok"], f"the audit chain: {verdict['text']}")
    return verdict


def reach(name):
    wait_for(f"the plant to reach '{name}'", lambda: os.path.exists(f"/var/lib/suandian-sim/{name}"))


def adapters():
    """Users that exist only while the adapter runs are known to the daemon by name."""
    # Another instance, whom no rule names, in the unit as it is.
    write("/usr/bin/suandian-other", f'#!/bin/sh\nexec suandian-sim "$@" --from {DAY}T19:00 --to {DAY}T22:45\n')
    os.chmod("/usr/bin/suandian-other", 0o755)
    write(f"{ETC}/adapters/other.yaml", read(f"{ETC}/adapters/sim.yaml"))
    # The plant drives the clock, too, at the operators' socket.
    drop_in(SIM, "[Service]\nSupplementaryGroups=suandian\nExecStart=\n"
            f"ExecStart=/bin/sh /mnt/sim.sh {ETC}/adapters/sim.yaml\n")
    systemctl("start", "suandian-adapter@other.service")
    wait_for("the daemon to refuse suandian-other", lambda: said_by(DAEMON, "user=suandian-other"), 10)
    systemctl("stop", "suandian-adapter@other.service")
    systemctl("reset-failed", "suandian-adapter@other.service", may_fail=True)
    systemctl("start", SIM)
    reach("before")
    hold(pwd.getpwnam("suandian-sim").pw_uid >= 61184, "suandian-sim is a user of systemd's making")
    hold(ask("health")["points"] == 14, "suandian-sim may speak for its points")
    return "suandian-sim is granted by name, suandian-other is refused"


def event():
    ctl("op", "event", "put", "hongyuan", "--id", "evening", "--source", "dispatch", "--direction", "up",
        "--reduction", "1MW", "--from", f"{DAY}T21:00", "--to", f"{DAY}T22:15", "--ramp", "15min")
    write("/var/lib/suandian-sim/before.go", "")
    reach("active")
    e = the_event()
    hold(e["phase"] == "active" and e["moves"][0]["who"] == "op", f"the event is under way: {e['phase']}")
    return "an operator's event is under way, at 21:30 of the plant's time"


def watchdog():
    """Stopped in the middle of it: killed by systemd, back by itself, and so is the adapter."""
    before = the_event(), decisions(), audit()
    pid = prop(DAEMON, "MainPID")
    os.kill(int(pid), 19)  # SIGSTOP
    waiting = subprocess.Popen(as_user("op", "suandianctl", "health"), stdout=subprocess.PIPE, text=True)
    wait_for("the watchdog", lambda: prop(DAEMON, "NRestarts") == "1" and is_active(DAEMON))
    hold(prop(DAEMON, "MainPID") != pid and said_by(DAEMON, "Watchdog timeout"), "the watchdog killed it")
    back = the_event(), decisions(), audit()
    hold(back[0]["moves"] == before[0]["moves"] and back[0]["phase"] == "active", "the event goes on")
    hold(back[0]["baseline_hash"] == before[0]["baseline_hash"], "against the same baseline")
    hold(set(before[1]) <= set(back[1]), "no decision is lost")
    hold(all(back[1][i] == d for i, d in before[1].items()), "no decision is another one")
    hold(back[2]["records"] >= before[2]["records"], "no record is lost")
    out, _ = waiting.communicate(timeout=30)
    hold(waiting.returncode == 0 and "ready" in out, f"who asked meanwhile waited and was answered: {out}")
    wait_for("the adapter to be back and at the end of its day", lambda: said_by(SIM, "restart counter is at 1")
             and said_by(SIM, "Deactivated successfully") and prop(SIM, "ActiveState") == "inactive")
    return before


def completed(before):
    """To the end of the event nothing was lost and nothing was done twice."""
    e = the_event()
    hold(e["phase"] == "completed", f"the event is completed, not {e['phase']}")
    hold([m["to"] for m in e["moves"]] == ["issued", "accepted", "armed", "active", "completed"],
         f"each phase came once: {e['moves']}")
    hold(len(e["slots"]) == 6 and all(s["quality"] == "ok" for s in e["slots"]), f"each slot is metered: {e['slots']}")
    for s in e["slots"]:
        hold(0.8 <= s["delivered_w"] / s["target_w"] <= 1.2, f"each slot is delivered: {s}")
    after = decisions()
    hold(sorted(after) == list(range(1, len(after) + 1)), f"decisions are numbered without a gap: {sorted(after)}")
    hold(all(after[i] == d for i, d in before[1].items()), "decisions from before are what they were")
    told = [(d["valid_from_ms"], d["asset"]) for d in after.values() if d["valid_from_ms"] >= at("21:30")]
    hold(len(set(told)) == len(told), f"no asset was told two things for one moment: {sorted(told)}")
    lost = [d for d in ask("decisions", "hongyuan/*", "--limit", "1000")["decisions"]
            if d["state"] not in ("applied", "verified", "superseded", "expired")]
    hold(not lost, f"each decision was carried out: {lost}")
    again, _ = re.findall(r"(\d+) decisions \((\d+) applied, 0 rejected\)", journal("-u", SIM))[-1]
    open_then = {d["asset"] for d in before[1].values()}
    hold(int(again) == len(open_then) + len(after) - len(before[1]),
         f"the adapter that came back was told what was in force, and then what was new: {again} decisions")
    audit()
    records = ask("audit", "read", "--limit", "1000")["records"]
    made = [r["body"]["id"] for r in records if r["body"]["kind"] == "decision"]
    hold(sorted(made) == sorted(after), f"each decision is on record once: {made}")
    wanted = list(range(at("19:05"), at("22:45") + 1, 5 * 60 * 1000))
    for point in "pcc.power", "bess.power", "it.power":
        seen = [s["t_ms"] for s in ask("range", f"hongyuan/{point}", "--from", f"{DAY}T19:00",
                                       "--to", f"{DAY}T23:00")["samples"]]
        hold(seen == wanted, f"{point}: every sample once: {len(seen)} of {len(wanted)}")
    return f"killed in it, the event was completed: {len(after)} decisions and {len(wanted)} samples a point, each once"


# ---- The end -----------------------------------------------------------------------------------------------------


def restarts():
    """The sockets outlive the daemon."""
    inode = os.stat(CONTROL).st_ino
    systemctl("restart", DAEMON)
    hold(the_event()["phase"] == "completed", "a restart forgets nothing")
    systemctl("stop", DAEMON)
    hold(prop(DAEMON, "Result") == "success", "the daemon ends well")
    hold(all(is_active(s) for s in SOCKETS) and os.stat(CONTROL).st_ino == inode, "the sockets stay")
    hold(the_event()["phase"] == "completed" and is_active(DAEMON), "the next client starts it again")
    # An upgrade restarts the daemon and leaves the rest alone.
    pid, configuration = prop(DAEMON, "MainPID"), read(f"{ETC}/suandian.yaml")
    run("dpkg", "--no-triggers", "-i", "/mnt/suandian.deb")
    hold(prop(DAEMON, "MainPID") not in (pid, "0") and os.stat(CONTROL).st_ino == inode, "an upgrade is a restart")
    hold(read(f"{ETC}/suandian.yaml") == configuration, "an upgrade keeps the configuration")
    return "the sockets outlive stop, restart and upgrade"


def ours():
    """Processes of our users or programs."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            name = read(f"/proc/{pid}/comm").strip()
        except OSError:
            continue
        if name.startswith("suandian"):
            found.append(f"{pid} {name}")
    return found


def purge():
    hold(ours(), "until now it runs")
    run("dpkg", "--no-triggers", "-P", "suandian")
    hold(not ours(), f"nothing runs on: {ours()}")
    units = systemctl("list-units", "--all", "--plain", "--no-legend", "suandian*").split("\n")
    alive = [u for u in units if re.search(r" (active|activating) ", u)]
    hold(not alive, f"no unit is active: {alive}")
    for path in "/run/suandian", "/var/lib/suandian", "/var/lib/suandian-sim", f"{ETC}/suandian.yaml", \
            "/usr/sbin/suandiand", "/etc/systemd/system/sockets.target.wants/suandiand-control.socket":
        hold(not os.path.lexists(path), f"{path} is gone")
    return "purged, nothing runs and nothing is left"


def main():
    try:
        for step in install, activate, sandbox, configure, adapters, event:
            say(step())
        before = watchdog()
        say("stopped dead, it was killed by the watchdog and came back; so did the adapter")
        say(completed(before))
        for step in restarts, purge:
            say(step())
    except Broken as e:
        say(f"BROKEN: {e}")
        print(journal("-n", "60", "-p", "info", "-u", "suandian*"))
        return 1
    return 0


sys.exit(main())
