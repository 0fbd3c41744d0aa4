#include "ctl/commands.h"

#include "ctl/cmd.h"

#define TIME_TO                                                                                    \
	{                                                                                          \
		OPT_TO, "to", VALUE_TIME, "TIME", NULL, "end, not included (default: now)"         \
	}

static const struct option globals[] = {
	{OPT_SOCKET, "socket", VALUE_PATH, "PATH", NULL,
	 "socket of the daemon (default: $SUANDIAN_SOCKET, else /run/suandian/control.sock)"},
	{OPT_JSON, "json", VALUE_NONE, NULL, NULL, "print JSON instead of text"},
	{OPT_COLOR, "color", VALUE_CHOICE, "WHEN", "auto always never",
	 "colour: auto (default: on a terminal unless $NO_COLOR is set), always or never"},
	{OPT_NO_COLOR, "no-color", VALUE_NONE, NULL, NULL, "the same as --color never"},
	{OPT_ASCII, "ascii", VALUE_NONE, NULL, NULL, "draw with ASCII characters only"},
	{OPT_WIDTH, "width", VALUE_COUNT, "COLUMNS", NULL,
	 "width of plots (default: the terminal, $COLUMNS, else 108)"},
	{OPT_TIMEZONE, "timezone", VALUE_TEXT, "ZONE", NULL,
	 "time zone to read and print times in (default: the site's)"},
	{OPT_TIMEOUT, "timeout", VALUE_SPAN, "SPAN", NULL,
	 "how long to wait for the daemon (default: 30s)"},
	{OPT_ROLE, "role", VALUE_CHOICE, "ROLE", "observe operate admin approve audit",
	 "role to ask for (default: the least that the command needs)"},
	{OPT_HELP, "help", VALUE_NONE, NULL, NULL, "explain the program, or the command"},
};

static const struct option latest_options[] = {
	{OPT_PREFIX, "prefix", VALUE_TEXT, "PREFIX", NULL, "all points whose name begins so"},
};

static const struct option range_options[] = {
	{OPT_FROM, "from", VALUE_TIME, "TIME", NULL, "begin (default: one hour before the end)"},
	TIME_TO,
	{OPT_LIMIT, "limit", VALUE_COUNT, "N", NULL, "at most so many samples (default: all)"},
	{OPT_CSV, "csv", VALUE_NONE, NULL, NULL, "comma-separated values"},
};

static const struct option plan_options[] = {
	{OPT_AT, "at", VALUE_TIME, "TIME", NULL, "the plan in force then (default: now)"},
	{OPT_NUMBER, "id", VALUE_COUNT, "N", NULL, "the plan of this number"},
	{OPT_FROM, "from", VALUE_TIME, "TIME", NULL,
	 "begin of a record in which each slot comes from the plan then in force"},
	TIME_TO,
	{OPT_PLOT, "plot", VALUE_NONE, NULL, NULL, "draw it instead of listing the slots"},
};

static const struct option why_options[] = {
	{OPT_AT, "at", VALUE_TIME, "TIME", NULL, "the moment in question (default: now)"},
	{OPT_NUMBER, "decision", VALUE_COUNT, "N", NULL, "the decision of this number"},
	{OPT_BRIEF, "brief", VALUE_NONE, NULL, NULL,
	 "without the data that the plan was made from"},
};

#define WHATIF_SPAN                                                                                \
	{OPT_FROM, "from", VALUE_TIME, "TIME", NULL, "begin (default: now)"},                      \
	{                                                                                          \
		OPT_TO, "to", VALUE_TIME, "TIME", NULL,                                            \
			"end; a bare hour is the first such hour after the begin (required)"       \
	}

static const struct option whatif_event_options[] = {
	WHATIF_SPAN,
	{OPT_DIRECTION, "direction", VALUE_CHOICE, "up|dn", "up dn",
	 "up lowers net load (削峰), dn raises it (填谷); required"},
	{OPT_REDUCTION, "reduction", VALUE_POWER, "POWER", NULL,
	 "magnitude against the plan as it is (default: as much as can be had)"},
	{OPT_RAMP, "ramp", VALUE_SPAN, "SPAN", NULL,
	 "the ramp begins so long before the begin (default: none)"},
	{OPT_PAY, "pay", VALUE_PRICE, "PRICE", NULL, "CNY per kWh delivered (default: none)"},
	{OPT_PENALTY, "penalty", VALUE_PRICE, "PRICE", NULL,
	 "CNY per kWh of shortfall (default: none)"},
};

static const struct option whatif_outage_options[] = {WHATIF_SPAN};

static const struct option whatif_price_options[] = {
	WHATIF_SPAN,
	{OPT_FACTOR, "factor", VALUE_SHARE, "SHARE", NULL, "buying price times this: 150%"},
	{OPT_SHIFT, "shift", VALUE_PRICE, "PRICE", NULL, "buying price plus this, CNY per kWh"},
};

static const struct option test_options[] = {
	{OPT_DAYS, "days", VALUE_COUNT, "N", NULL, "whole days before today (default: 14)"},
};

static const struct option outlook_options[] = {
	{OPT_DAYS, "days", VALUE_COUNT, "N", NULL, "how far, at most 8 (default: 1)"},
	{OPT_TABLE, "table", VALUE_NONE, NULL, NULL, "list the slots, too"},
};

static const struct option decisions_options[] = {
	{OPT_FROM, "from", VALUE_TIME, "TIME", NULL, "issued then or later"},
	{OPT_TO, "to", VALUE_TIME, "TIME", NULL, "issued before"},
	{OPT_LIMIT, "limit", VALUE_COUNT, "N", NULL, "the newest N (default: 100)"},
};

static const struct option watch_options[] = {
	{OPT_AFTER, "after", VALUE_COUNT, "N", NULL,
	 "begin after the decision of this number, instead of with those in force"},
	{OPT_COUNT, "count", VALUE_COUNT, "N", NULL, "end after N decisions (default: at Ctrl-C)"},
};

static const struct option jobs_options[] = {
	{OPT_QUEUE, "queue", VALUE_TEXT, "QUEUE", NULL, "only this queue of the site"},
	{OPT_WINDOW, "window", VALUE_TEXT, "WINDOW", NULL,
	 "only what the plan touches, or what is due, then: tonight, or FROM..TO"},
	{OPT_STATE, "state", VALUE_CHOICE, "STATE",
	 "pending running paused held migrating done failed cancelled",
	 "only these (default: all that are not over)"},
	{OPT_LIMIT, "limit", VALUE_COUNT, "N", NULL, "at most N (default: 200)"},
};

static const struct option events_options[] = {
	{OPT_FROM, "from", VALUE_TIME, "TIME", NULL, "only what ends after"},
	{OPT_TO, "to", VALUE_TIME, "TIME", NULL, "only what begins before"},
};

static const struct option put_options[] = {
	{OPT_ID, "id", VALUE_TEXT, "ID", NULL, "the issuer's id of the event (required)"},
	{OPT_SOURCE, "source", VALUE_TEXT, "NAME", NULL, "who issues it (default: operator)"},
	{OPT_REVISION, "revision", VALUE_COUNT, "N", NULL,
	 "the highest wins; the same again changes nothing (default: 1; with --reset, the next)"},
	{OPT_REDUCTION, "reduction", VALUE_POWER, "POWER", NULL,
	 "magnitude to deliver against the frozen baseline"},
	{OPT_CAP, "cap", VALUE_POWER, "POWER", NULL,
	 "net load at the PCC: at most this (up), at least this (dn)"},
	{OPT_RESET, "reset", VALUE_NONE, NULL, NULL,
	 "ask for nothing any more (null target); the window stays unless given"},
	{OPT_DIRECTION, "direction", VALUE_CHOICE, "up|dn", "up dn",
	 "up lowers net load (削峰), dn raises it (填谷); required with a target"},
	{OPT_FROM, "from", VALUE_TIME, "TIME", NULL, "begin (required with a target)"},
	{OPT_TO, "to", VALUE_TIME, "TIME", NULL,
	 "end; a bare hour is the first such hour after the begin"},
	{OPT_OPEN_END, "open-end", VALUE_NONE, NULL, NULL, "no end yet, instead of --to"},
	{OPT_RAMP, "ramp", VALUE_SPAN, "SPAN", NULL,
	 "the ramp begins so long before the begin (default: none)"},
	{OPT_PAY, "pay", VALUE_PRICE, "PRICE", NULL, "CNY per kWh delivered inside the band"},
	{OPT_PENALTY, "penalty", VALUE_PRICE, "PRICE", NULL,
	 "CNY per kWh of shortfall (default: as configured)"},
	{OPT_BAND, "band", VALUE_SHARE, "SHARE", NULL,
	 "band around the target, both sides: 20% (default: as configured)"},
	{OPT_PRIORITY, "priority", VALUE_COUNT, "N", NULL, "0 is the first (default: 0)"},
	{OPT_NOTE, "note", VALUE_TEXT, "TEXT", NULL, "a remark that is kept with it"},
	{OPT_CORRELATION, "correlation", VALUE_TEXT, "ID", NULL,
	 "echoed in all that follows (default: the daemon makes one)"},
};

static const struct option cancel_options[] = {
	{OPT_SOURCE, "source", VALUE_TEXT, "NAME", NULL, "who issued it, where ids are ambiguous"},
	{OPT_REASON, "reason", VALUE_TEXT, "TEXT", NULL, "why, for the record"},
};

static const struct option show_options[] = {
	{OPT_SOURCE, "source", VALUE_TEXT, "NAME", NULL, "who issued it, where ids are ambiguous"},
};

static const struct option read_options[] = {
	{OPT_FIRST, "from", VALUE_COUNT, "SEQ", NULL, "first record (default: 1)"},
	{OPT_LIMIT, "limit", VALUE_COUNT, "N", NULL, "at most N records (default: all)"},
};

#define REASON                                                                                     \
	{                                                                                          \
		OPT_REASON, "reason", VALUE_TEXT, "TEXT", NULL, "why, for the record (required)"   \
	}
#define UNTIL                                                                                      \
	{                                                                                          \
		OPT_UNTIL, "until", VALUE_TIME, "TIME", NULL,                                      \
			"when it ends by itself (required); a bare hour is the next such hour"     \
	}

static const struct option override_options[] = {
	{OPT_CHARGE, "charge", VALUE_POWER, "POWER", NULL, "a store takes this"},
	{OPT_DISCHARGE, "discharge", VALUE_POWER, "POWER", NULL, "a store gives this"},
	{OPT_REST, "rest", VALUE_NONE, NULL, NULL, "a store does nothing"},
	{OPT_POWER, "power", VALUE_POWER, "POWER", NULL, "cooling draws this"},
	{OPT_CAP, "cap", VALUE_POWER, "POWER", NULL,
	 "a generator gives, or a queue draws (IT power), at most this"},
	{OPT_RELEASE, "release", VALUE_NONE, NULL, NULL, "left to its own ways"},
	UNTIL,
	REASON,
};

static const struct option overrides_options[] = {
	{OPT_ALL, "all", VALUE_NONE, NULL, NULL, "those that have ended, too"},
};

static const struct option outage_options[] = {UNTIL, REASON};

static const struct option reason_options[] = {REASON};

static const struct option note_options[] = {
	{OPT_REASON, "reason", VALUE_TEXT, "TEXT", NULL, "why, for the record"},
};

static const struct option dayflag_options[] = {
	{OPT_SCOPE, "scope", VALUE_TEXT, "PLACE", NULL,
	 "a site, or the time zone of sites (default: everywhere)"},
	{OPT_CLEAR, "clear", VALUE_NONE, NULL, NULL, "the days are not so"},
	{OPT_SOURCE, "source", VALUE_TEXT, "NAME", NULL, "who says so (default: you)"},
	{OPT_ISSUED, "issued", VALUE_TIME, "TIME", NULL,
	 "when it was said; the latest stands (default: now)"},
};

static const struct option verify_options[] = {
	{OPT_FROM, "from", VALUE_TIME, "TIME", NULL,
	 "compute the records since then again here, and count them"},
};

static const struct option trail_options[] = {
	{OPT_ASSET, "asset", VALUE_TEXT, "ASSET", NULL, "only what concerns it"},
	{OPT_FROM, "from", VALUE_TIME, "TIME", NULL, "begin (default: the first record)"},
	TIME_TO,
};

#define LOOK "Look"
#define PLAN "Plans and decisions"
#define JOBS "Computing jobs"
#define EVENT "Events"
#define OPERATE "Operate"
#define RECORD "Records"
#define CONFIG "Configuration"
#define SELF "This program"
#define OPTIONS(a) (a), ARRAY_SIZE(a)
#define NO_OPTIONS NULL, 0

static const struct command commands[] = {
	{"status", "", 0, 0, NULL, LOOK, "everything at a glance",
	 "The daemon, and per site what the meters say, what the plan intends, which events are near and "
	 "which decisions are in force.",
	 NO_OPTIONS, "observe", cmd_status},
	{"health", "", 0, 0, NULL, LOOK, "ready, degraded or failed, and why",
	 "Exit status 1 if the daemon has failed.", NO_OPTIONS, "observe", cmd_health},
	{"metrics", "", 0, 0, NULL, LOOK, "counters, in Prometheus text form", NULL, NO_OPTIONS,
	 "observe", cmd_metrics},
	{"sites", "", 0, 0, NULL, LOOK, "sites, their assets, limits and tariffs", NULL, NO_OPTIONS,
	 "observe", cmd_sites},
	{"points", "[PREFIX]", 0, 1, NULL, LOOK, "declared points and what they are bound to", NULL,
	 NO_OPTIONS, "observe", cmd_points},
	{"latest", "[POINT...]", 0, SIZE_MAX, NULL, LOOK, "latest values",
	 "A value older than two periods of its point is shown as missing.",
	 OPTIONS(latest_options), "observe", cmd_latest},
	{"range", "POINT", 1, 1, NULL, LOOK, "stored samples of a point", NULL,
	 OPTIONS(range_options), "observe", cmd_range},

	{"plan", "SITE", 1, 1, NULL, PLAN, "the plan of a site, as a table or a plot",
	 "Power is positive where it flows from the grid into the thing: import, load and charging are "
	 "positive, generation and discharging negative. A plot shows generation as a magnitude.",
	 OPTIONS(plan_options), "observe", cmd_plan},
	{"why", "ASSET", 1, 1, NULL, PLAN, "why an asset does what it does",
	 "The reason in English and Chinese, the limits that bind with their shadow prices, and what "
	 "the plan was made from.",
	 OPTIONS(why_options), "observe", cmd_why},
	{"replan", "SITE", 1, 1, NULL, PLAN, "plan a site anew now",
	 "Sites that are planned together with it get new plans, too. Ends once what came of it is in the ledger.",
	 NO_OPTIONS, "operate", cmd_replan},
	{"replay", "PLAN", 1, 1, NULL, PLAN, "solve a past plan again and compare",
	 "PLAN is a plan's number; its stored input is solved once more. Exit status 1 if the result is not the same "
	 "to the byte; then the first difference is shown.",
	 NO_OPTIONS, "observe", cmd_replay},
	{"whatif event", "SITE", 1, 1, NULL, PLAN, "what an event would bring and cost",
	 "The plans of the site and of those planned with it, as they are and with an event that is not real. "
	 "Nothing is changed.",
	 OPTIONS(whatif_event_options), "observe", cmd_whatif_event},
	{"whatif outage", "ASSET", 1, 1, NULL, PLAN, "what the outage of an asset would cost", NULL,
	 OPTIONS(whatif_outage_options), "observe", cmd_whatif_outage},
	{"whatif price", "SITE", 1, 1, NULL, PLAN, "what other prices would change",
	 "One of --factor and --shift is required.", OPTIONS(whatif_price_options), "observe",
	 cmd_whatif_price},
	{"forecast test", "[POINT|SITE]", 0, 1, NULL, PLAN,
	 "what forecasts of the last days were worth",
	 "Forecasts made in hindsight with what was known then, against what came, by lead time: error "
	 "relative to the mean (RRMSE), the same of persistence, bias, and how often the band held. "
	 "Without an operand, every point of every site that is foretold.",
	 OPTIONS(test_options), "observe", cmd_forecast_test},
	{"forecast show", "POINT", 1, 1, NULL, PLAN, "what is expected of a point, with its band",
	 "The pushed curve while it is fresh, else what the point's own past says, and which of them.",
	 OPTIONS(outlook_options), "observe", cmd_forecast_show},
	{"decisions", "[ASSET]", 0, 1, NULL, PLAN, "decisions, the newest first",
	 "ASSET is exact (hongyuan/bess) or all of a site (hongyuan/*).",
	 OPTIONS(decisions_options), "observe", cmd_decisions},
	{"watch", "[ASSET...]", 0, 64, NULL, PLAN, "decisions as they are made",
	 "Begins with those in force; a decision is shown again when its state changes. Ends with Ctrl-C. With "
	 "--json, one object a line.",
	 OPTIONS(watch_options), "observe", cmd_watch},

	{"jobs", "[SITE]", 0, 1, NULL, JOBS, "jobs, their deadlines, and what is planned for each",
	 "What is planned is a forecast from the plan in force: each slot is decided when it comes.",
	 OPTIONS(jobs_options), "observe", cmd_jobs},
	{"job show", "JOB", 1, 1, NULL, JOBS, "one job in detail, and its decisions",
	 "JOB is its id; where there are several sites, SITE/ID.", NO_OPTIONS, "observe",
	 cmd_job_show},
	{"job push", "FILE", 1, 1, NULL, JOBS, "push jobs from a CSV file",
	 "For tests and small clusters, at the adapters' socket (default: /run/suandian/adapter.sock). FILE - is the standard input. Its "
	 "first line names the columns, of which id, site, queue, devices and work_ds are needed; see "
	 "suandianctl(1).",
	 NO_OPTIONS, "adapter", cmd_job_push},

	{"events", "[SITE]", 0, 1, NULL, EVENT, "demand-response events", NULL,
	 OPTIONS(events_options), "observe", cmd_events},
	{"event show", "EVENT", 1, 1, NULL, EVENT,
	 "the life of an event, and target against delivered",
	 "EVENT is the daemon's number or the issuer's id.", OPTIONS(show_options), "observe",
	 cmd_event_show},
	{"event put", "SITE", 1, 1, NULL, EVENT, "issue an event, or a new revision of it",
	 "One of --reduction, --cap and --reset is required.", OPTIONS(put_options), "operate",
	 cmd_event_put},
	{"event cancel", "EVENT", 1, 1, NULL, EVENT, "cancel an event",
	 "EVENT is the daemon's number or the issuer's id.", OPTIONS(cancel_options), "operate",
	 cmd_event_cancel},

	{"override put", "ASSET", 1, 1, NULL, OPERATE, "hold an asset at a value for a time",
	 "The plan is made around it, and has its say again when it ends. The latest override of an asset wins. "
	 "What lies beyond a limit is refused with the limit.",
	 OPTIONS(override_options), "operate", cmd_override_put},
	{"override cancel", "NUMBER|ASSET", 1, 1, NULL, OPERATE, "end an override, or what waits",
	 "NUMBER is that of an override, an outage, or of what waits for approval.",
	 OPTIONS(note_options), "operate", cmd_override_cancel},
	{"overrides", "[ASSET]", 0, 1, NULL, OPERATE, "overrides, and assets out of service",
	 "ASSET is exact (hongyuan/bess) or all of a site (hongyuan/*).",
	 OPTIONS(overrides_options), "observe", cmd_overrides},
	{"asset out", "ASSET", 1, 1, NULL, OPERATE, "take an asset out of service",
	 "It is released and not planned with, until it is back by itself.",
	 OPTIONS(outage_options), "operate", cmd_asset_out},
	{"asset back", "ASSET", 1, 1, NULL, OPERATE, "an asset is back before its time", NULL,
	 OPTIONS(reason_options), "operate", cmd_asset_back},
	{"mode", "MODE [SITE]", 1, 2, "auto advisory hold", OPERATE, "how far a site is steered",
	 "auto: plans are carried out. advisory: plans are made and shown, assets are released. hold: what is in "
	 "force is renewed, nothing new is decided. Without SITE, of all sites.",
	 OPTIONS(reason_options), "operate", cmd_mode},
	{"pending", "", 0, 0, NULL, OPERATE, "what waits for a second person", NULL, NO_OPTIONS,
	 "observe", cmd_pending},
	{"approve", "NUMBER", 1, 1, NULL, OPERATE, "be the second person of what waits",
	 "Who asked for it cannot approve it.", OPTIONS(note_options), "approve", cmd_approve},
	{"refuse", "NUMBER", 1, 1, NULL, OPERATE, "refuse what waits",
	 "Who asked for it cannot refuse it, but cancel it.", OPTIONS(reason_options), "approve",
	 cmd_refuse},
	{"dayflag put", "FLAG DATE...", 2, SIZE_MAX, NULL, OPERATE,
	 "say what kind of days these are",
	 "FLAG is a name that tariffs know, such as heat35; DATE is local, such as 2025-07-15.",
	 OPTIONS(dayflag_options), "operate", cmd_dayflag_put},
	{"dayflags", "[DATE]", 0, 1, NULL, OPERATE, "flags of days, from a date on", NULL,
	 NO_OPTIONS, "observe", cmd_dayflags},

	{"audit verify", "", 0, 0, NULL, RECORD, "let the daemon re-compute the whole audit chain",
	 "Exit status 1 if a record does not fit.", OPTIONS(verify_options), "observe",
	 cmd_audit_verify},
	{"audit trail", "", 0, 0, NULL, RECORD, "who did what, when, and who approved it",
	 "Every record's hash is computed again here; exit status 1 if one does not fit.",
	 OPTIONS(trail_options), "observe", cmd_audit_trail},
	{"audit read", "", 0, 0, NULL, RECORD, "records of the audit chain",
	 "Every record's hash is computed again here; exit status 1 if one does not fit.",
	 OPTIONS(read_options), "observe", cmd_audit_read},

	{"config show", "", 0, 0, NULL, CONFIG, "the configuration in force, defaults included",
	 NULL, NO_OPTIONS, "admin", cmd_config_show},
	{"config diff", "", 0, 0, NULL, CONFIG, "the files on disk against what is in force",
	 "Key by key, with what each change takes: at once, or at the next start only. Exit status 1, with every "
	 "fault, if the files are wrong.",
	 NO_OPTIONS, "admin", cmd_config_diff},
	{"config reload", "", 0, 0, NULL, CONFIG, "put the files on disk in force",
	 "All of it or, on any fault, nothing. Shows the differences first.", NO_OPTIONS, "admin",
	 cmd_config_reload},

	{"completion", "SHELL", 1, 1, "bash zsh", SELF, "a completion script for bash or zsh", NULL,
	 NO_OPTIONS, NULL, cmd_completion},
	{"version", "", 0, 0, NULL, SELF, "version of this program", NULL, NO_OPTIONS, NULL,
	 cmd_version},
};

const struct command_table ctl_commands = {
	.commands = commands,
	.n_commands = ARRAY_SIZE(commands),
	.globals = globals,
	.n_globals = ARRAY_SIZE(globals),
};
