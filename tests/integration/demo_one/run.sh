#!/bin/sh
# One simulated summer day of the example site: the daemon on a driven clock, a plant twin that obeys it, and a
# demand-response event in the evening.  Prints what a dispatcher would want to see, checks all that is promised,
# and exits 0 only if it held.  Leaves nothing behind.
#
#   run.sh BUILD_DIRECTORY
set -eu

[ $# -eq 1 ] || { echo "usage: $0 BUILD_DIRECTORY" >&2; exit 2; }
bin=$(cd "$1/bin" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../../.." && pwd)
day=2025-07-15
next=2025-07-16
. "$here/../day.sh"
check() { python3 "$here/check.py" "$dir" "$@"; }

copy_config "$source"
site=$dir/config/examples/sichuan-one

title "A day at 红原, an illustrative computing centre in Sichuan ($day)"
start_daemon "$site/suandian.yaml"

# What happens at 18:00.
cat >"$dir/event.sh" <<EOF
exec >&2
echo
echo '  18:00, an event arrives: 1 MW less from 21:00 to 22:15, ramp from 20:45'
echo
'$bin/suandianctl' --socket '$dir/control.sock' event put hongyuan --id demo-evening --source dispatch \
	--direction up --reduction 1MW --from ${day}T21:00 --to ${day}T22:15 --ramp 15min \
	--pay 3.5 --note 'evening peak (晚峰)' || exit 1
echo
EOF
"$bin/suandian-sim" --config "$site/sim.yaml" --from "${day}T00:00" --to "${next}T00:00" --step 5min --seed 7 \
	--control "$dir/control.sock" --adapter "$dir/adapter.sock" --progress \
	--at "${day}T18:00" "sh '$dir/event.sh'" --report "$dir/sim.json" >"$dir/sim.txt" &
plant=$!
status=0
wait "$plant" || status=$?
plant=
[ "$status" -eq 0 ] || { cat "$dir/sim.txt"; fail "suandian-sim ended with status $status"; }

# All that the checks look at, as JSON.
ctl --json plan hongyuan --from "${day}T00:00" --to "${next}T00:00" >"$dir/plan.json" || fail "no record of the day"
ctl --json events hongyuan >"$dir/events.json" || fail "no events"
ctl --json decisions 'hongyuan/*' --limit 1000 >"$dir/decisions.json" || fail "no decisions"
ctl --json audit verify >"$dir/audit.json" || fail "the audit chain does not verify"

title "The day as it was planned, slot by slot"
ctl plan hongyuan --from "${day}T00:00" --to "${next}T00:00" --plot || fail "the day cannot be plotted"

title "The event: target against delivered"
check event || fail "the event was not delivered"

title "What it cost, against two ways to do without"
cat "$dir/sim.txt"
check cost || fail "the costs do not hold"

title "Three decisions, and why"
check pick >"$dir/picked" || fail "there are no decisions to explain"
while read -r asset id; do
	ctl why "$asset" --decision "$id" || fail "decision $id cannot be explained"
	echo
done <"$dir/picked"

title "The record"
ctl audit verify || fail "the audit chain does not verify"
check record || fail "the record does not hold"

end_day
