#!/bin/sh
# check_units.sh UNITS SOURCES SBINDIR BINDIR: what systemd itself says about our units, in a root
# of their own with stand-ins for the programs: no complaint, and a sandbox as tight as promised.
set -eu
units=$1 sources=$2 sbin=$3 bin=$4

if ! command -v systemd-analyze >/dev/null; then
	echo "systemd-analyze is not installed" >&2
	[ "${REQUIRE_ALL:-}" = 1 ] && exit 1
	exit 77
fi

root=$(mktemp -d "${TMPDIR:-/tmp}/units.XXXXXX")
trap 'rm -rf "$root"' EXIT
there=$root/usr/lib/systemd/system
mkdir -p "$there" "$root$sbin" "$root$bin" "$root/bin" "$root/etc"
# the targets and slices that every unit stands on
cp -R /usr/lib/systemd/system/. "$there" 2>/dev/null || cp -R /lib/systemd/system/. "$there"
for program in "$root$sbin/suandiand" "$root$bin/suandian-test" "$root/bin/kill"; do
	cp /bin/true "$program"
done
cp "$units"/*.service "$units"/*.socket "$there"

failed=0
fail() {
	echo "$*" >&2
	failed=1
}

# An unknown key is only a warning with status 0: nothing at all may be said.
# usage: verify UNIT
verify() {
	said=$(systemd-analyze --root="$root" --man=no verify "$1" 2>&1) || fail "$1: verify failed"
	[ -z "$said" ] || fail "$1: $said"
}

# usage: score UNIT AT_MOST
score() {
	line=$(systemd-analyze --root="$root" --offline=true --no-pager security "$1" 2>&1 |
		grep 'Overall exposure level') || {
		fail "$1: no score"
		return
	}
	value=$(printf '%s\n' "$line" | sed 's/.*: *\([0-9][0-9]*\.[0-9]\).*/\1/')
	echo "$1: exposure $value, at most $2"
	awk -v is="$value" -v most="$2" \
		'BEGIN { exit !(is ~ /^[0-9]+\.[0-9]$/ && is + 0 <= most + 0) }' ||
		fail "$1: exposure $value is above $2"
}

for unit in suandiand.service suandiand-control.socket suandiand-adapter.socket \
	suandian-adapter@test.service; do
	verify "$unit"
done
score suandiand.service 1.0
score suandian-adapter@test.service 1.5

# The check can fail: a unit without a sandbox, and one with a key that does not exist.
sed -e '/^Protect/d' -e '/^SystemCall/d' -e '/^Capability/d' "$there/suandiand.service" \
	>"$there/open.service"
value=$(systemd-analyze --root="$root" --offline=true --no-pager security open.service 2>&1 |
	sed -n 's/.*Overall exposure level.*: *\([0-9]*\.[0-9]\).*/\1/p')
awk -v is="$value" 'BEGIN { exit !(is + 0 > 1.0) }' || fail "an open unit scores $value"
sed 's/^LockPersonality=/LockPersonalities=/' "$there/suandiand.service" >"$there/wrong.service"
[ -n "$(systemd-analyze --root="$root" --man=no verify wrong.service 2>&1)" ] ||
	fail "an unknown key is not noticed"

# The names under which the daemon asks for its sockets.
for name in control adapter; do
	grep -qx "FileDescriptorName=$name" "$there/suandiand-$name.socket" ||
		fail "suandiand-$name.socket: no FileDescriptorName=$name"
	grep -qx "ListenStream=/run/suandian/$name.sock" "$there/suandiand-$name.socket" ||
		fail "suandiand-$name.socket: not at /run/suandian/$name.sock"
	grep -q "^Sockets=.*suandiand-$name.socket" "$there/suandiand.service" ||
		fail "suandiand.service: Sockets= without suandiand-$name.socket"
done

# Every user and group that a unit names is made.
systemd-sysusers --root="$root" "$sources/suandian.sysusers" >/dev/null 2>"$root/said" ||
	fail "sysusers: $(cat "$root/said")"
grep -q '^suandian:' "$root/etc/passwd" || fail "no user suandian"
for group in $(sed -n 's/^\(SocketGroup\|Group\|SupplementaryGroups\)=//p' "$there"/suandian*); do
	grep -q "^$group:" "$root/etc/group" || fail "no group $group"
done
grep -q '^suandian-operators:' "$root/etc/group" || fail "no group suandian-operators"
if [ "$(id -u)" = 0 ]; then
	systemd-tmpfiles --root="$root" --create "$sources/suandian.tmpfiles" || fail "tmpfiles"
	[ "$(stat -c %a "$root/run/suandian")" = 755 ] || fail "/run/suandian has another mode"
fi
exit $failed
