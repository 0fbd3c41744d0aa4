#!/bin/sh
# One simulated summer day of the two pilots: the daemon on a driven clock, a plant twin of both sites that obeys it, a
# section of the grid that binds in the evening, work that moves in time and between the sites, a demand-response event,
# an operator's override, and an adapter that dies and comes back.  Prints the report that a dispatcher would read in two
# minutes, checks all that is promised, and exits 0 only if it held.  Leaves nothing behind.
#
#   tests/integration/demo.sh BUILD_DIRECTORY
set -eu

[ $# -eq 1 ] || { echo "usage: $0 BUILD_DIRECTORY" >&2; exit 2; }
bin=$(cd "$1/bin" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
day=2025-07-15
next=2025-07-16
. "$here/day.sh"
check() { python3 "$here/demo/check.py" "$dir" "$@"; }

copy_config "$source"
region=$dir/config/examples/sichuan

title "A day of two pilots in Sichuan, 红原 and 凉山, both illustrative ($day)"
cat <<EOF
  The real daemon on a driven clock, against plant twins of two AI datacentres that it plans together: every quarter hour
  a plan for both. 00:00 to 24:00, seed 7: another run prints the same figures.
EOF
start_daemon "$region/suandian.yaml"

# What people do meanwhile: each at its time, while the clock stands.
cat >"$dir/override.sh" <<EOF
'$bin/suandianctl' --socket '$dir/control.sock' override put liangshan/bess --rest --until ${day}T11:00 \
	--reason 'inspection of the battery room' >/dev/null
EOF
cat >"$dir/event.sh" <<EOF
'$bin/suandianctl' --socket '$dir/control.sock' event put hongyuan --id demo-day --source dispatch \
	--direction up --reduction 1.5MW --from ${day}T18:45 --to ${day}T19:45 --ramp 15min \
	--pay 3.5 --note 'evening ramp (晚峰前)' >/dev/null
EOF
cat >"$dir/evening.sh" <<EOF
'$bin/suandianctl' --socket '$dir/control.sock' why hongyuan/batch --brief >'$dir/why-evening.txt'
EOF
cat >"$dir/dead.sh" <<EOF
'$bin/suandianctl' --socket '$dir/control.sock' health >'$dir/health-dead.txt'
'$bin/suandianctl' --socket '$dir/control.sock' --json health >'$dir/health-dead.json'
EOF
"$bin/suandian-sim" --config "$region/sim.yaml" --from "${day}T00:00" --to "${next}T00:00" --step 5min --seed 7 \
	--control "$dir/control.sock" --adapter "$dir/adapter.sock" \
	--at "${day}T10:00" "sh '$dir/override.sh'" --at "${day}T06:30" "sh '$dir/dead.sh'" \
	--at "${day}T16:00" "sh '$dir/event.sh'" --at "${day}T21:05" "sh '$dir/evening.sh'" \
	--report "$dir/sim.json" >"$dir/sim.txt" 2>"$dir/sim.log" &
plant=$!
status=0
wait "$plant" || status=$?
plant=
[ -z "${KEEP_REPORT:-}" ] || cp "$dir/sim.json" "$KEEP_REPORT"
[ "$status" -eq 0 ] || { cat "$dir/sim.log" "$dir/sim.txt"; fail "suandian-sim ended with status $status"; }

# All that the checks look at, as JSON.
for site in hongyuan liangshan; do
	ctl --json plan $site --from "${day}T00:00" --to "${next}T00:00" >"$dir/plan-$site.json" || fail "no record of the day at $site"
	ctl --json decisions "$site/*" --limit 1000 >"$dir/decisions-$site.json" || fail "no decisions at $site"
done
ctl --json events hongyuan >"$dir/events.json" || fail "no events"
ctl --json overrides --all >"$dir/overrides.json" || fail "no overrides"
ctl --json audit verify >"$dir/audit.json" || fail "the audit chain does not verify"

explain() {
	while read -r asset id text; do
		printf '%s\n\n' "$text"
		ctl why "$asset" --decision "$id" --brief || fail "decision $id cannot be explained"
		echo
	done
}

title "The day, hour by hour"
check day || fail "the day is not what was asked for"
for site in hongyuan liangshan; do
	ctl plan $site --from "${day}T00:00" --to "${next}T00:00" --plot >"$dir/plot-$site.txt" || fail "the day cannot be plotted"
done
check picture

title "The section at 21:00: what all of them draw together"
check section || fail "the shared limit is not held"
echo "  at 21:05 somebody asks why the jobs of 红原 wait:"
echo
cat "$dir/why-evening.txt"

title "Work moves in time and between the sites"
check work || fail "the work did not move"
check examples >"$dir/examples" || fail "there are no orders for jobs to explain"
explain <"$dir/examples"

title "The event: target against delivered"
check event || fail "the event was not delivered"

title "An operator's word: the battery of 凉山 rests from 10:00 to 11:00"
check override || fail "the override was not followed"

title "The adapter of 凉山 dies at 06:00 and is back at 06:45"
check adapter || fail "the death of the adapter was not survived"

title "What the day cost both sites, against ways to do without"
check cost || fail "the costs do not hold"

title "The record"
ctl audit verify || fail "the audit chain does not verify"
check record || fail "the record does not hold"

end_day
