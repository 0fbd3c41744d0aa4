#include "replay/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"

#define SPEED_MAX 1e6

enum { ADAPTER = 256, CONTROL, FROM, TO, STEP, SPEED, CLOCK, CHECK, ONCE, DRY };

static const struct option known[] = {
	{"config", required_argument, NULL, 'c'},
	{"adapter", required_argument, NULL, ADAPTER},
	{"control", required_argument, NULL, CONTROL},
	{"from", required_argument, NULL, FROM},
	{"to", required_argument, NULL, TO},
	{"step", required_argument, NULL, STEP},
	{"speed", required_argument, NULL, SPEED},
	{"clock", required_argument, NULL, CLOCK},
	{"check-config", no_argument, NULL, CHECK},
	{"once", no_argument, NULL, ONCE},
	{"dry-run", no_argument, NULL, DRY},
	{"help", no_argument, NULL, 'h'},
	{0},
};

void options_help(void)
{
	(void)puts(
		"suandian-replay: tells suandiand what CSV files have recorded\n"
		"\n"
		"  --config FILE         which columns are which points (replay.yaml)\n"
		"  --from TIME           first moment: 2025-07-15T00:00 (local) or with a zone\n"
		"  --to TIME             last moment (both: as far as the data reaches)\n"
		"  --step SPAN           so much is told at once (5min)\n"
		"  --clock driven|none   drive the daemon's clock in lock-step, or only tell (driven)\n"
		"  --speed N             replayed seconds per second (as fast as it goes)\n"
		"  --adapter PATH        socket for telemetry (/run/suandian/adapter.sock)\n"
		"  --control PATH        socket for the clock (/run/suandian/control.sock)\n"
		"  --dry-run             print what would be told, without a daemon\n"
		"  --once                end after the first step\n"
		"  --check-config        read the configuration and its files, say what is wrong, end\n"
		"  --help                this text\n"
		"\n"
		"Exit status: 0 all was told; 2 wrong usage, configuration or data; 3 the daemon could not\n"
		"be reached, refused, or was lost.");
}

static int wrong(const char *what, const char *text)
{
	(void)fprintf(stderr, "suandian-replay: %s: '%s' (see --help)\n", what, text);
	return ERR_INVALID;
}

static const char **text_of(struct options *o, int c)
{
	switch (c) {
	case 'c':
		return &o->config;
	case ADAPTER:
		return &o->adapter;
	case CONTROL:
		return &o->control;
	case FROM:
		return &o->from;
	case TO:
		return &o->to;
	default:
		return NULL;
	}
}

static bool *flag_of(struct options *o, int c)
{
	switch (c) {
	case CHECK:
		return &o->check_config;
	case ONCE:
		return &o->once;
	case DRY:
		return &o->dry_run;
	case 'h':
		return &o->help;
	default:
		return NULL;
	}
}

static int take_clock(struct options *o)
{
	o->is_driven = strcmp(optarg, "driven") == 0;
	return o->is_driven || strcmp(optarg, "none") == 0
		       ? 0
		       : wrong("--clock is driven or none", optarg);
}

static int take(struct options *o, int c)
{
	const char **text = text_of(o, c);
	bool *flag = flag_of(o, c);

	if (text) {
		*text = optarg;
		return 0;
	}
	if (flag) {
		*flag = true;
		return 0;
	}
	if (c == CLOCK)
		return take_clock(o);
	if (c == SPEED)
		return num_parse_double(optarg, 1e-3, SPEED_MAX, &o->speed) == 0
			       ? 0
			       : wrong("--speed is a number up to 1000000", optarg);
	if (c != STEP)
		return ERR_INVALID; /* getopt has said it */
	return num_parse_duration_ms(optarg, &o->step_ms) == 0 && o->step_ms >= MS_PER_S &&
			       o->step_ms <= MS_PER_DAY
		       ? 0
		       : wrong("--step is 1s to 1d", optarg);
}

int options_parse(int argc, char **argv, struct options *ret)
{
	struct options o = {.adapter = "/run/suandian/adapter.sock",
			    .control = "/run/suandian/control.sock",
			    .step_ms = 5 * MS_PER_MIN,
			    .is_driven = true};
	int c, r;

	optind = 0; /* from the beginning, in tests, too */
	while ((c = getopt_long(argc, argv, "+c:h", known, NULL)) != -1) {
		r = take(&o, c);
		if (r < 0)
			return r;
	}
	if (optind < argc)
		return wrong("unexpected", argv[optind]);
	if (!o.help && !o.config)
		return wrong("needed", "--config");
	*ret = o;
	return 0;
}

static int resolve(const char *what, const char *text, const struct zone *zone, int64_t *ret_ms)
{
	int64_t wall_ms;

	*ret_ms = INT64_MIN;
	if (!text || num_parse_time_ms(text, INT32_MIN, ret_ms) == 0)
		return 0;
	if (num_parse_time_ms(text, 0, &wall_ms) < 0)
		return wrong(what, text);
	/* Read as UTC it is at most a day off: near enough to know the offset, but for the hours of a change. */
	*ret_ms = wall_ms - zone_offset_s(zone, wall_ms) * MS_PER_S;
	*ret_ms = wall_ms - zone_offset_s(zone, *ret_ms) * MS_PER_S;
	return 0;
}

int options_resolve(struct options *o, const struct zone *zone)
{
	if (resolve("--from is no time", o->from, zone, &o->from_ms) < 0 ||
	    resolve("--to is no time", o->to, zone, &o->to_ms) < 0)
		return ERR_INVALID;
	if (o->from && o->to && o->to_ms < o->from_ms)
		return wrong("--to is before --from", o->to);
	return 0;
}
