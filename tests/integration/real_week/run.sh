#!/bin/sh
# Seven days of both pilots on real input through the real sockets into the real daemon, once with the links between
# them and once without.  Prints the figures; exit status 0 only if check.py's promises hold.  77 = the reference data is
# not here.
#
#   run.sh BUILD_DIRECTORY
set -eu

bin=$(cd "$1/bin" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
shared=${SUANDIAN_SHARED:-$here/../../../../shared}
from=2025-07-10
to=${REAL_WEEK_TO:-2025-07-17}
pids=

for file in china/china_pv_site1_50mw_2019.csv china/china_hydro_pmaxpu_2020.csv grid/grid_US-CAL-CISO_2023.csv \
	jobs/pai_day000_090.csv; do
	[ -r "$shared/data/$file" ] && continue
	echo "real_week: $shared/data/$file is not here" >&2
	[ "${REQUIRE_ALL:-0}" = 1 ] && exit 1
	exit 77
done

dir=$(mktemp -d)
cleanup() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() {
	echo "real_week: $1" >&2
	for name in with without; do
		[ ! -s "$dir/$name/suandiand.log" ] || tail -n 20 "$dir/$name/suandiand.log" >&2
		[ ! -s "$dir/$name/sim.txt" ] || tail -n 20 "$dir/$name/sim.txt" >&2
	done
	exit 1
}

# start NAME: a daemon and its plants in a directory of their own; leaves their numbers in daemon_NAME and plant_NAME.
start() {
	"$bin/suandiand" --config "$dir/$1/suandian.yaml" --clock=driven --log-level notice \
		--control "$dir/$1/control.sock" --adapter "$dir/$1/adapter.sock" 2>"$dir/$1/suandiand.log" &
	eval "daemon_$1=$!"
	pids="$pids $!"
	"$bin/suandian-sim" --config "$dir/$1/sim.yaml" --from "${from}T00:00" --to "${to}T00:00" --step 5min --seed 11 \
		--control "$dir/$1/control.sock" --adapter "$dir/$1/adapter.sock" --report "$dir/$1/sim.json" \
		>"$dir/$1/sim.txt" &
	eval "plant_$1=$!"
	pids="$pids $!"
}

for name in with without; do
	mkdir "$dir/$name"
	cp "$here/suandian.yaml" "$here/sim.yaml" "$dir/$name/"
	ln -s "$(cd "$shared" && pwd)" "$dir/$name/shared"
done
sed -i '/^  links:/,/^  # end of links/d' "$dir/without/suandian.yaml"
start with
start without
status=0
wait "$plant_with" || status=$?
wait "$plant_without" || status=$?
[ -z "${KEEP_REPORT:-}" ] || { cp "$dir/with/sim.json" "$KEEP_REPORT"; cp "$dir/without/sim.json" "$KEEP_REPORT.without"; }
[ "$status" -eq 0 ] || fail "suandian-sim ended with status $status"
cat "$dir/with/sim.txt"
python3 "$here/check.py" "$dir" "$bin/suandianctl" || fail "a promise does not hold"

for pid in $daemon_with $daemon_without; do
	kill -TERM "$pid"
	wait "$pid" || fail "the daemon ended with an error"
done
pids=
