#!/bin/sh
# Seven days on real input through the real socket into the real daemon.  Prints the figures; exit status 0 only if
# no limit of the plant was broken in its own truth, every published plan balances to 0 W, and the week cost no more
# than doing nothing and than price thresholds.  77 = the reference data is not here.
#
#   run.sh BUILD_DIRECTORY
set -eu

bin=$(cd "$1/bin" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
shared=${SUANDIAN_SHARED:-$here/../../../../shared}
from=2025-07-10
to=2025-07-17
daemon=
plant=

for file in china/china_pv_site1_50mw_2019.csv grid/grid_US-CAL-CISO_2023.csv; do
	[ -r "$shared/data/$file" ] && continue
	echo "real_day: $shared/data/$file is not here" >&2
	[ "${REQUIRE_ALL:-0}" = 1 ] && exit 1
	exit 77
done

dir=$(mktemp -d)
cleanup() {
	for pid in $plant $daemon; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() {
	echo "real_day: $1" >&2
	[ ! -s "$dir/suandiand.log" ] || { echo "real_day: the daemon said last:"; tail -n 20 "$dir/suandiand.log"; } >&2
	exit 1
}

cp "$here/suandian.yaml" "$here/sim.yaml" "$dir/"
ln -s "$(cd "$shared" && pwd)" "$dir/shared"
"$bin/suandiand" --config "$dir/suandian.yaml" --clock=driven --log-level notice \
	--control "$dir/control.sock" --adapter "$dir/adapter.sock" 2>"$dir/suandiand.log" &
daemon=$!
"$bin/suandian-sim" --config "$dir/sim.yaml" --from "${from}T00:00" --to "${to}T00:00" --step 5min --seed 11 \
	--control "$dir/control.sock" --adapter "$dir/adapter.sock" --report "$dir/sim.json" &
plant=$!
status=0
wait "$plant" || status=$?
plant=
[ "$status" -eq 0 ] || fail "suandian-sim ended with status $status"
[ -z "${KEEP_REPORT:-}" ] || cp "$dir/sim.json" "$KEEP_REPORT"

python3 "$here/check.py" "$dir/sim.json" "$bin/suandianctl" "$dir/control.sock" || fail "a promise does not hold"

kill -TERM "$daemon"
status=0
wait "$daemon" || status=$?
daemon=
[ "$status" -eq 0 ] || fail "the daemon ended with status $status"
