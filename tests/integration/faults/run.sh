#!/bin/sh
# One thing fails, or one day is odd, at the example site under a driven clock; check.py has what must hold all the same.
#
#   run.sh BUILD_DIRECTORY CASE
set -eu

bin=$(cd "$1/bin" && pwd)
case=$2
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../../.." && pwd)
from=2025-07-15T00:00
to=2025-07-15T12:00
zone=Asia/Shanghai
faults=
daemon=
plant=

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
	echo "faults: $case: $1" >&2
	tail -n 40 "$dir/suandiand.log" "$dir/sim.txt" >&2 || :
	exit 1
}
ctl() { "$bin/suandianctl" --socket "$dir/control.sock" "$@"; }

case $case in
frozen) faults='{kind: frozen, point: bess.power, after: 2h, for: 6h}' at=2025-07-15T05:00 ;;
frozen-pcc) faults='{kind: frozen, point: pcc.power, after: 8h, for: 3h}' at=2025-07-15T10:45 ;;
stale) faults='{kind: stale, point: bess.soc, after: 3h, for: 2h}' at=2025-07-15T04:30 ;;
corrected) faults='{kind: wrong, point: pcc.power, after: 4h, for: 1h, size: 0.4}' at=2025-07-15T04:45 ;;
adapter) faults='{kind: adapter, after: 4h, for: 2h}' at=2025-07-15T05:30 ;;
killed | reload) at=2025-07-15T08:00 ;;
dst-autumn) zone=Europe/Berlin from=2025-10-26T00:00 to=2025-10-27T00:00 at=2025-10-26T12:00 ;;
dst-spring) zone=Europe/Berlin from=2025-03-30T00:00 to=2025-03-31T00:00 at=2025-03-30T12:00 ;;
year-end) from=2025-12-31T12:00 to=2026-01-01T12:00 at=2026-01-01T00:00 ;;
*) echo "faults: no case $case" >&2; exit 2 ;;
esac

mkdir "$dir/config"
cp -R "$source/config/examples" "$source/config/sichuan" "$dir/config/"
site=$dir/config/examples/sichuan-one
sed -i "s|zone: Asia/Shanghai|zone: $zone|" "$site/sim.yaml" "$site/sites.d/hongyuan.yaml"
[ -z "$faults" ] || printf 'faults:\n  - %s\n' "$faults" >>"$site/sim.yaml"

"$bin/suandiand" --config "$site/suandian.yaml" --clock=driven --log-level notice \
	--control "$dir/control.sock" --adapter "$dir/adapter.sock" 2>"$dir/suandiand.log" &
daemon=$!
cat >"$dir/look.sh" <<END
'$bin/suandianctl' --socket '$dir/control.sock' health >&2
'$bin/suandianctl' --socket '$dir/control.sock' --json health >'$dir/health.json'
END
cat >"$dir/reload.sh" <<END
ctl() { '$bin/suandianctl' --socket '$dir/control.sock' "\$@"; }
exec >&2
ctl event put hongyuan --id through --reduction 1MW --direction up --from 04:15 --to 05:15 || exit 1
sed -i 's/import_max: 20MW/import_max: 9MW/; s/contracted_demand: 14MW/contracted_demand: 9MW/; s/charge_max: 4MW/charge_max: 2MW/' '$site/sites.d/hongyuan.yaml'
ctl --json config diff >'$dir/diff.json' || { cat '$dir/diff.json'; exit 1; }
ctl config reload
END

# The plant's process, and a second argument for what is to happen in it.
play() {
	status=0
	"$bin/suandian-sim" --config "$site/sim.yaml" --from "$1" --to "$to" --step 5min --seed 3 \
		--control "$dir/control.sock" --adapter "$dir/adapter.sock" --report "$dir/sim.json" \
		--at "$at" "sh '$dir/look.sh'" --at "$2" "$3" >>"$dir/sim.txt" 2>&1 &
	plant=$!
	wait "$plant" || status=$?
	plant=
}

case $case in
killed)
	# 137: by SIGKILL. Its successor knows nothing of it, and comes two hours of the clock later.
	play "$from" 2025-07-15T04:00 'kill -9 $PPID'
	[ "$status" -eq 137 ] || fail "suandian-sim was not killed but ended with status $status"
	ctl --json decisions 'hongyuan/*' --limit 1000 >"$dir/decisions-dead.json" || fail "no decisions"
	ctl --json range hongyuan/bess.power --from "$from" --to 2025-07-15T06:00 >"$dir/range-before.json" || fail "no samples"
	from=2025-07-15T06:00
	play "$from" 2025-07-15T11:00 true
	;;
reload) play "$from" 2025-07-15T04:00 "sh '$dir/reload.sh'" ;;
*) play "$from" "$to" true ;;
esac
[ "$status" -eq 0 ] || fail "suandian-sim ended with status $status"
[ "$case" != reload ] || ctl --json event show through >"$dir/event.json" || fail "no event"
[ "$case" != killed ] || ctl --json range hongyuan/bess.power --from 2025-07-15T00:00 --to "$to" >"$dir/range-bess.json" ||
	fail "no samples"
ctl --json health >"$dir/health-end.json" || fail "no health"
ctl --json plan hongyuan --from "$from" --to "$to" >"$dir/plan.json" || fail "no record"
ctl --json decisions 'hongyuan/*' --limit 1000 >"$dir/decisions.json" || fail "no decisions"
ctl --json audit verify >"$dir/audit.json" || fail "the audit chain does not verify"
ctl --json range hongyuan/pcc.power --from "$from" --to "$to" >"$dir/range.json" || fail "no samples"
python3 "$here/check.py" "$dir" "$case" || fail "a property does not hold"
kill -TERM "$daemon"
wait "$daemon" || fail "the daemon ended with an error"
daemon=
