#compdef suandianctl
# zsh completion of suandianctl; made by: suandianctl completion zsh
local -a globals
local command='' word skip=0
globals=( \
		'--socket[socket of the daemon (default\: $SUANDIAN_SOCKET, else /run/suandian/control.sock)]:PATH:_files' \
		'--json[print JSON instead of text]' \
		'--color[colour\: auto (default\: on a terminal unless $NO_COLOR is set), always or never]:WHEN:(auto always never)' \
		'--no-color[the same as --color never]' \
		'--ascii[draw with ASCII characters only]' \
		'--width[width of plots (default\: the terminal, $COLUMNS, else 108)]:COLUMNS: ' \
		'--timezone[time zone to read and print times in (default\: the site'\''s)]:ZONE: ' \
		'--timeout[how long to wait for the daemon (default\: 30s)]:SPAN: ' \
		'--role[role to ask for (default\: the least that the command needs)]:ROLE:(observe operate admin approve audit)' \
		'--help[explain the program, or the command]')
for word in ${words[2,CURRENT-1]}; do
	if (( skip )); then skip=0; continue; fi
	case $word in
	--socket|--color|--width|--timezone|--timeout|--role) skip=1 ;;
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
	'') _arguments "$globals[@]" '*: :(status health metrics sites points latest range plan why replan replay whatif forecast decisions watch jobs job events event override overrides asset mode pending approve refuse dayflag dayflags audit config completion version)' ;;
	'status') _arguments "$globals[@]" ;;
	'health') _arguments "$globals[@]" ;;
	'metrics') _arguments "$globals[@]" ;;
	'sites') _arguments "$globals[@]" ;;
	'points') _arguments "$globals[@]" '*: : ' ;;
	'latest') _arguments "$globals[@]" \
		'--prefix[all points whose name begins so]:PREFIX: ' '*: : ' ;;
	'range') _arguments "$globals[@]" \
		'--from[begin (default\: one hour before the end)]:TIME: ' \
		'--to[end, not included (default\: now)]:TIME: ' \
		'--limit[at most so many samples (default\: all)]:N: ' \
		'--csv[comma-separated values]' '*: : ' ;;
	'plan') _arguments "$globals[@]" \
		'--at[the plan in force then (default\: now)]:TIME: ' \
		'--id[the plan of this number]:N: ' \
		'--from[begin of a record in which each slot comes from the plan then in force]:TIME: ' \
		'--to[end, not included (default\: now)]:TIME: ' \
		'--plot[draw it instead of listing the slots]' '*: : ' ;;
	'why') _arguments "$globals[@]" \
		'--at[the moment in question (default\: now)]:TIME: ' \
		'--decision[the decision of this number]:N: ' \
		'--brief[without the data that the plan was made from]' '*: : ' ;;
	'replan') _arguments "$globals[@]" '*: : ' ;;
	'replay') _arguments "$globals[@]" '*: : ' ;;
	'whatif') _arguments "$globals[@]" '*: :(event outage price)' ;;
	'whatif event') _arguments "$globals[@]" \
		'--from[begin (default\: now)]:TIME: ' \
		'--to[end; a bare hour is the first such hour after the begin (required)]:TIME: ' \
		'--direction[up lowers net load (削峰), dn raises it (填谷); required]:up|dn:(up dn)' \
		'--reduction[magnitude against the plan as it is (default\: as much as can be had)]:POWER: ' \
		'--ramp[the ramp begins so long before the begin (default\: none)]:SPAN: ' \
		'--pay[CNY per kWh delivered (default\: none)]:PRICE: ' \
		'--penalty[CNY per kWh of shortfall (default\: none)]:PRICE: ' '*: : ' ;;
	'whatif outage') _arguments "$globals[@]" \
		'--from[begin (default\: now)]:TIME: ' \
		'--to[end; a bare hour is the first such hour after the begin (required)]:TIME: ' '*: : ' ;;
	'whatif price') _arguments "$globals[@]" \
		'--from[begin (default\: now)]:TIME: ' \
		'--to[end; a bare hour is the first such hour after the begin (required)]:TIME: ' \
		'--factor[buying price times this\: 150%]:SHARE: ' \
		'--shift[buying price plus this, CNY per kWh]:PRICE: ' '*: : ' ;;
	'forecast') _arguments "$globals[@]" '*: :(test show)' ;;
	'forecast test') _arguments "$globals[@]" \
		'--days[whole days before today (default\: 14)]:N: ' '*: : ' ;;
	'forecast show') _arguments "$globals[@]" \
		'--days[how far, at most 8 (default\: 1)]:N: ' \
		'--table[list the slots, too]' '*: : ' ;;
	'decisions') _arguments "$globals[@]" \
		'--from[issued then or later]:TIME: ' \
		'--to[issued before]:TIME: ' \
		'--limit[the newest N (default\: 100)]:N: ' '*: : ' ;;
	'watch') _arguments "$globals[@]" \
		'--after[begin after the decision of this number, instead of with those in force]:N: ' \
		'--count[end after N decisions (default\: at Ctrl-C)]:N: ' '*: : ' ;;
	'jobs') _arguments "$globals[@]" \
		'--queue[only this queue of the site]:QUEUE: ' \
		'--window[only what the plan touches, or what is due, then\: tonight, or FROM..TO]:WINDOW: ' \
		'--state[only these (default\: all that are not over)]:STATE:(pending running paused held migrating done failed cancelled)' \
		'--limit[at most N (default\: 200)]:N: ' '*: : ' ;;
	'job') _arguments "$globals[@]" '*: :(show push)' ;;
	'job show') _arguments "$globals[@]" '*: : ' ;;
	'job push') _arguments "$globals[@]" '*: : ' ;;
	'events') _arguments "$globals[@]" \
		'--from[only what ends after]:TIME: ' \
		'--to[only what begins before]:TIME: ' '*: : ' ;;
	'event') _arguments "$globals[@]" '*: :(show put cancel)' ;;
	'event show') _arguments "$globals[@]" \
		'--source[who issued it, where ids are ambiguous]:NAME: ' '*: : ' ;;
	'event put') _arguments "$globals[@]" \
		'--id[the issuer'\''s id of the event (required)]:ID: ' \
		'--source[who issues it (default\: operator)]:NAME: ' \
		'--revision[the highest wins; the same again changes nothing (default\: 1; with --reset, the next)]:N: ' \
		'--reduction[magnitude to deliver against the frozen baseline]:POWER: ' \
		'--cap[net load at the PCC\: at most this (up), at least this (dn)]:POWER: ' \
		'--reset[ask for nothing any more (null target); the window stays unless given]' \
		'--direction[up lowers net load (削峰), dn raises it (填谷); required with a target]:up|dn:(up dn)' \
		'--from[begin (required with a target)]:TIME: ' \
		'--to[end; a bare hour is the first such hour after the begin]:TIME: ' \
		'--open-end[no end yet, instead of --to]' \
		'--ramp[the ramp begins so long before the begin (default\: none)]:SPAN: ' \
		'--pay[CNY per kWh delivered inside the band]:PRICE: ' \
		'--penalty[CNY per kWh of shortfall (default\: as configured)]:PRICE: ' \
		'--band[band around the target, both sides\: 20% (default\: as configured)]:SHARE: ' \
		'--priority[0 is the first (default\: 0)]:N: ' \
		'--note[a remark that is kept with it]:TEXT: ' \
		'--correlation[echoed in all that follows (default\: the daemon makes one)]:ID: ' '*: : ' ;;
	'event cancel') _arguments "$globals[@]" \
		'--source[who issued it, where ids are ambiguous]:NAME: ' \
		'--reason[why, for the record]:TEXT: ' '*: : ' ;;
	'override') _arguments "$globals[@]" '*: :(put cancel)' ;;
	'override put') _arguments "$globals[@]" \
		'--charge[a store takes this]:POWER: ' \
		'--discharge[a store gives this]:POWER: ' \
		'--rest[a store does nothing]' \
		'--power[cooling draws this]:POWER: ' \
		'--cap[a generator gives, or a queue draws (IT power), at most this]:POWER: ' \
		'--release[left to its own ways]' \
		'--until[when it ends by itself (required); a bare hour is the next such hour]:TIME: ' \
		'--reason[why, for the record (required)]:TEXT: ' '*: : ' ;;
	'override cancel') _arguments "$globals[@]" \
		'--reason[why, for the record]:TEXT: ' '*: : ' ;;
	'overrides') _arguments "$globals[@]" \
		'--all[those that have ended, too]' '*: : ' ;;
	'asset') _arguments "$globals[@]" '*: :(out back)' ;;
	'asset out') _arguments "$globals[@]" \
		'--until[when it ends by itself (required); a bare hour is the next such hour]:TIME: ' \
		'--reason[why, for the record (required)]:TEXT: ' '*: : ' ;;
	'asset back') _arguments "$globals[@]" \
		'--reason[why, for the record (required)]:TEXT: ' '*: : ' ;;
	'mode') _arguments "$globals[@]" \
		'--reason[why, for the record (required)]:TEXT: ' '*: :(auto advisory hold)' ;;
	'pending') _arguments "$globals[@]" ;;
	'approve') _arguments "$globals[@]" \
		'--reason[why, for the record]:TEXT: ' '*: : ' ;;
	'refuse') _arguments "$globals[@]" \
		'--reason[why, for the record (required)]:TEXT: ' '*: : ' ;;
	'dayflag') _arguments "$globals[@]" '*: :(put)' ;;
	'dayflag put') _arguments "$globals[@]" \
		'--scope[a site, or the time zone of sites (default\: everywhere)]:PLACE: ' \
		'--clear[the days are not so]' \
		'--source[who says so (default\: you)]:NAME: ' \
		'--issued[when it was said; the latest stands (default\: now)]:TIME: ' '*: : ' ;;
	'dayflags') _arguments "$globals[@]" '*: : ' ;;
	'audit') _arguments "$globals[@]" '*: :(verify trail read)' ;;
	'audit verify') _arguments "$globals[@]" \
		'--from[compute the records since then again here, and count them]:TIME: ' ;;
	'audit trail') _arguments "$globals[@]" \
		'--asset[only what concerns it]:ASSET: ' \
		'--from[begin (default\: the first record)]:TIME: ' \
		'--to[end, not included (default\: now)]:TIME: ' ;;
	'audit read') _arguments "$globals[@]" \
		'--from[first record (default\: 1)]:SEQ: ' \
		'--limit[at most N records (default\: all)]:N: ' ;;
	'config') _arguments "$globals[@]" '*: :(show diff reload)' ;;
	'config show') _arguments "$globals[@]" ;;
	'config diff') _arguments "$globals[@]" ;;
	'config reload') _arguments "$globals[@]" ;;
	'completion') _arguments "$globals[@]" '*: :(bash zsh)' ;;
	'version') _arguments "$globals[@]" ;;
esac
