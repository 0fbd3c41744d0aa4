# bash completion of suandianctl; made by: suandianctl completion bash
_suandianctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local command='' options='' words='' word i
	COMPREPLY=()
	case $prev in
	--socket) COMPREPLY=($(compgen -f -- "$cur")); return ;;
	--color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
	--width) return ;;
	--timezone) return ;;
	--timeout) return ;;
	--role) COMPREPLY=($(compgen -W 'observe operate admin approve audit' -- "$cur")); return ;;
	--prefix) return ;;
	--from) return ;;
	--to) return ;;
	--limit) return ;;
	--at) return ;;
	--id) return ;;
	--decision) return ;;
	--direction) COMPREPLY=($(compgen -W 'up dn' -- "$cur")); return ;;
	--reduction) return ;;
	--ramp) return ;;
	--pay) return ;;
	--penalty) return ;;
	--factor) return ;;
	--shift) return ;;
	--days) return ;;
	--after) return ;;
	--count) return ;;
	--queue) return ;;
	--window) return ;;
	--state) COMPREPLY=($(compgen -W 'pending running paused held migrating done failed cancelled' -- "$cur")); return ;;
	--source) return ;;
	--revision) return ;;
	--cap) return ;;
	--band) return ;;
	--priority) return ;;
	--note) return ;;
	--correlation) return ;;
	--reason) return ;;
	--charge) return ;;
	--discharge) return ;;
	--power) return ;;
	--until) return ;;
	--scope) return ;;
	--issued) return ;;
	--asset) return ;;
	esac
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		--socket|--color|--width|--timezone|--timeout|--role) ((i++)) ;;
		-*) ;;
		*) case $command in
			'') command=$word ;;
			whatif) command+=" $word" ;;
			forecast) command+=" $word" ;;
			job) command+=" $word" ;;
			event) command+=" $word" ;;
			override) command+=" $word" ;;
			asset) command+=" $word" ;;
			dayflag) command+=" $word" ;;
			audit) command+=" $word" ;;
			config) command+=" $word" ;;
			esac ;;
		esac
	done
	case $command in
	'') words='status health metrics sites points latest range plan why replan replay whatif forecast decisions watch jobs job events event override overrides asset mode pending approve refuse dayflag dayflags audit config completion version' ;;
	'status') options='' words='' ;;
	'health') options='' words='' ;;
	'metrics') options='' words='' ;;
	'sites') options='' words='' ;;
	'points') options='' words='' ;;
	'latest') options='--prefix' words='' ;;
	'range') options='--from --to --limit --csv' words='' ;;
	'plan') options='--at --id --from --to --plot' words='' ;;
	'why') options='--at --decision --brief' words='' ;;
	'replan') options='' words='' ;;
	'replay') options='' words='' ;;
	'whatif') words='event outage price' ;;
	'whatif event') options='--from --to --direction --reduction --ramp --pay --penalty' words='' ;;
	'whatif outage') options='--from --to' words='' ;;
	'whatif price') options='--from --to --factor --shift' words='' ;;
	'forecast') words='test show' ;;
	'forecast test') options='--days' words='' ;;
	'forecast show') options='--days --table' words='' ;;
	'decisions') options='--from --to --limit' words='' ;;
	'watch') options='--after --count' words='' ;;
	'jobs') options='--queue --window --state --limit' words='' ;;
	'job') words='show push' ;;
	'job show') options='' words='' ;;
	'job push') options='' words='' ;;
	'events') options='--from --to' words='' ;;
	'event') words='show put cancel' ;;
	'event show') options='--source' words='' ;;
	'event put') options='--id --source --revision --reduction --cap --reset --direction --from --to --open-end --ramp --pay --penalty --band --priority --note --correlation' words='' ;;
	'event cancel') options='--source --reason' words='' ;;
	'override') words='put cancel' ;;
	'override put') options='--charge --discharge --rest --power --cap --release --until --reason' words='' ;;
	'override cancel') options='--reason' words='' ;;
	'overrides') options='--all' words='' ;;
	'asset') words='out back' ;;
	'asset out') options='--until --reason' words='' ;;
	'asset back') options='--reason' words='' ;;
	'mode') options='--reason' words='auto advisory hold' ;;
	'pending') options='' words='' ;;
	'approve') options='--reason' words='' ;;
	'refuse') options='--reason' words='' ;;
	'dayflag') words='put' ;;
	'dayflag put') options='--scope --clear --source --issued' words='' ;;
	'dayflags') options='' words='' ;;
	'audit') words='verify trail read' ;;
	'audit verify') options='--from' words='' ;;
	'audit trail') options='--asset --from --to' words='' ;;
	'audit read') options='--from --limit' words='' ;;
	'config') words='show diff reload' ;;
	'config show') options='' words='' ;;
	'config diff') options='' words='' ;;
	'config reload') options='' words='' ;;
	'completion') options='' words='bash zsh' ;;
	'version') options='' words='' ;;
	esac
	if [[ $cur == -* ]]; then
		words="$options --socket --json --color --no-color --ascii --width --timezone --timeout --role --help"
	fi
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _suandianctl suandianctl
