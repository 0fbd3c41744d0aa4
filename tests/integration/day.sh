# What both simulated days begin with (. it, after "bin" is set): the daemon, the plant and a folder of their own, gone in
# the end however it ends.
began=$(date +%s)
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

title() { printf '\n── %s\n\n' "$1"; }
fail() {
	echo "demo: $1" >&2
	[ ! -s "$dir/suandiand.log" ] || { echo "demo: the daemon said last:"; tail -n 20 "$dir/suandiand.log"; } >&2
	exit 1
}
ctl() { "$bin/suandianctl" --socket "$dir/control.sock" "$@"; }

# The daemon keeps its state beside its configuration, so it gets a copy: copy_config SOURCE
copy_config() {
	mkdir "$dir/config"
	cp -R "$1/config/examples" "$1/config/sichuan" "$dir/config/"
}

# start_daemon CONFIGURATION
start_daemon() {
	"$bin/suandiand" --config "$1" --clock=driven --log-level notice \
		--control "$dir/control.sock" --adapter "$dir/adapter.sock" 2>"$dir/suandiand.log" &
	daemon=$!
}

# The last words: the daemon has to end well.
end_day() {
	kill -TERM "$daemon"
	status=0
	wait "$daemon" || status=$?
	daemon=
	[ "$status" -eq 0 ] || fail "the daemon ended with status $status"
	printf '\nAll of it held, in %s seconds.\n' "$(($(date +%s) - began))"
}
