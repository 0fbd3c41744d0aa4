#!/bin/sh
# run.sh BUILD_DIRECTORY PROBE: the Debian package on a real systemd, in a container on this machine's own files;
# what is looked at is in inside.py.  Leaves nothing behind, here or there.
#
# Exit status: 0 all of it held; 1 not; 77 this machine cannot boot a container.  With REQUIRE_ALL=1 a package that
# is missing is a failure: .ci/install-packages would install it.
set -eu

build=$(cd "$1" && pwd)
probe=$2
here=$(cd "$(dirname "$0")" && pwd)
dir=
spawn=
leader=
group=suandian-booted.$$

cannot() {
	echo "booted_systemd: NOT RUN: $1" >&2
	exit 77
}
fail() {
	echo "booted_systemd: $1" >&2
	[ -z "$dir" ] || tail -n 40 "$dir/boot.log" >&2 || :
	exit 1
}

# usage: within TENTHS COMMAND...
within() {
	left=$1
	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		sleep 0.1
	done
}

# usage: on_cgroup2 COMMAND...; with the hierarchy at /sys/fs/cgroup, in a mount namespace of its own
on_cgroup2() {
	unshare -m --propagation private sh -c \
		'umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 cgroup2 /sys/fs/cgroup && "$@"' sh "$@"
}
# Processes that were killed are in it for a moment longer.
remove_group() {
	on_cgroup2 find "/sys/fs/cgroup/$group" -depth -type d -exec rmdir {} + 2>/dev/null
}

# A killed process 1 takes all of its container along.
cleanup() {
	[ -z "$leader" ] || kill -KILL "$leader" 2>/dev/null || :
	if [ -n "$spawn" ]; then
		kill -KILL "$spawn" 2>/dev/null || :
		wait "$spawn" 2>/dev/null || :
		within 50 remove_group || :
	fi
	[ -z "$dir" ] || rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

[ "$(id -u)" = 0 ] || cannot "only root can boot a container"
for tool in systemd-nspawn/systemd-container dpkg-shlibdeps/dpkg-dev file/file python3/python3; do
	command -v "${tool%/*}" >/dev/null && continue
	echo "booted_systemd: the package ${tool#*/} is missing (.ci/install-packages)" >&2
	[ "${REQUIRE_ALL:-}" = 1 ] && exit 1
	exit 77
done
on_cgroup2 sh -c "mkdir '/sys/fs/cgroup/$group' && rmdir '/sys/fs/cgroup/$group'" 2>/dev/null ||
	cannot "no right to a mount namespace with control groups (cgroup2) in it"

# What must not change on this machine.
snapshot() {
	cksum /etc/passwd /etc/group
	ls -d /etc/suandian /run/suandian /var/lib/suandian /usr/sbin/suandiand 2>&1 || :
	ls /etc/systemd/system /run/systemd 2>&1 || :
}

dir=$(mktemp -d)
mkdir "$dir/shared"
: >"$dir/boot.log"
snapshot >"$dir/before"
cp "$here/inside.py" "$here/sim.sh" "$here/pause.sh" "$dir/shared/"
cp "$probe" "$dir/shared/probe"
cpack --config "$build/CPackConfig.cmake" -G DEB -B "$dir/package" >"$dir/cpack.log" 2>&1 || {
	cat "$dir/cpack.log" >&2
	fail "no package"
}
mv "$dir"/package/*.deb "$dir/shared/suandian.deb"
chmod -R a+rX "$dir/shared"
chmod 755 "$dir"

unshare -m --propagation private sh "$here/boot.sh" "$dir/shared" "$group" </dev/null >"$dir/boot.log" 2>&1 &
spawn=$!

# nspawn's first child is a helper that soon ends.
find_leader() {
	for pid in $(cat "/proc/$spawn/task/$spawn/children" 2>/dev/null); do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != systemd ] || leader=$pid
	done
	[ -n "$leader" ]
}
inside() {
	nsenter -t "$leader" -a env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"
}
is_up() {
	[ -n "$leader" ] || find_leader || return 1
	case $(inside systemctl is-system-running 2>/dev/null) in
	running | degraded) return 0 ;;
	esac
	return 1
}
has_ended() {
	! kill -0 "$spawn" 2>/dev/null
}
within 300 is_up || fail "systemd does not come up"
# By its own process 1: what nsenter starts has the rights of this machine's root, to its clock, too.
inside systemd-run --quiet --wait --pipe --collect -p RuntimeMaxSec=120 -E LANG=C.UTF-8 \
	-E PYTHONDONTWRITEBYTECODE=1 -E DEBIAN_FRONTEND=noninteractive python3 /mnt/inside.py &
# Waited for, so that a signal is heeded at once.
wait $! || fail "what was promised does not hold"
inside systemctl poweroff
within 200 has_ended || fail "systemd does not power off"
leader=
status=0
wait "$spawn" || status=$?
[ "$status" = 0 ] || fail "the container ended with status $status"
within 50 remove_group || fail "the control group $group does not go"
spawn=
snapshot >"$dir/after"
cmp "$dir/before" "$dir/after" || fail "something changed on this machine"
