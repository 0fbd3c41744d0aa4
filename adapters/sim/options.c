#include "sim/options.h"

#include <getopt.h>
#include <stdio.h>

#include "base/err.h"
#include "base/num.h"

enum { AT = 256, ADAPTER, CONTROL, FROM, TO, STEP, REPORT, PROGRESS, SEED, CHECK, ONCE };

static const struct option known[] = {
	{"config", required_argument, NULL, 'c'},
	{"adapter", required_argument, NULL, ADAPTER},
	{"control", required_argument, NULL, CONTROL},
	{"from", required_argument, NULL, FROM},
	{"to", required_argument, NULL, TO},
	{"step", required_argument, NULL, STEP},
	{"at", required_argument, NULL, AT},
	{"report", required_argument, NULL, REPORT},
	{"progress", no_argument, NULL, PROGRESS},
	{"seed", required_argument, NULL, SEED},
	{"check-config", no_argument, NULL, CHECK},
	{"once", no_argument, NULL, ONCE},
	{"help", no_argument, NULL, 'h'},
	{0},
};

void options_help(void)
{
	(void)puts(
		"suandian-sim: a plant twin that obeys suandiand, in lock-step with its driven clock\n"
		"\n"
		"  --config FILE       what the plant is and what happens to it (sim.yaml)\n"
		"  --from TIME         first moment, at a quarter hour: 2025-07-15T00:00 (local) or with a zone\n"
		"  --to TIME           last moment\n"
		"  --step 1min|5min    of the twin (5min)\n"
		"  --adapter PATH      socket for telemetry and decisions (/run/suandian/adapter.sock)\n"
		"  --control PATH      socket for the clock (/run/suandian/control.sock)\n"
		"  --at TIME COMMAND   run a shell command while the clock stands at TIME; may be repeated\n"
		"  --seed N            of everything random (1)\n"
		"  --report FILE       write what happened as JSON\n"
		"  --progress          a line per simulated hour on stderr\n"
		"  --once              end after the first step\n"
		"  --check-config      read the configuration, say what is wrong, end\n"
		"  --help              this text\n"
		"\n"
		"Exit status: 0 all well; 1 a hard limit was broken or a command failed; 2 wrong usage or\n"
		"configuration; 3 the daemon could not be reached or was lost.");
}

static int wrong(const char *what, const char *text)
{
	(void)fprintf(stderr, "suandian-sim: %s: '%s' (see --help)\n", what, text);
	return ERR_INVALID;
}

/* --at takes two words; getopt knows of one. */
static int take_at(struct options *o, int argc, char **argv)
{
	if (o->n_at == OPTIONS_MAX_AT)
		return wrong("too many --at", optarg);
	if (optind >= argc)
		return wrong("--at needs a time and a command", optarg);
	o->at[o->n_at++] = (struct at_option){.when = optarg, .command = argv[optind++]};
	return 0;
}

static int take_step(struct options *o)
{
	if (num_parse_duration_ms(optarg, &o->step_ms) < 0 ||
	    (o->step_ms != MS_PER_MIN && o->step_ms != 5 * MS_PER_MIN))
		return wrong("--step is 1min or 5min", optarg);
	return 0;
}

static int take_seed(struct options *o)
{
	int64_t seed;

	if (num_parse_i64(optarg, 0, INT64_MAX, &seed) < 0)
		return wrong("--seed is a whole number", optarg);
	o->seed = (uint64_t)seed;
	return 0;
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
	case REPORT:
		return &o->report;
	default:
		return NULL;
	}
}

static bool *flag_of(struct options *o, int c)
{
	switch (c) {
	case PROGRESS:
		return &o->progress;
	case CHECK:
		return &o->check_config;
	case ONCE:
		return &o->once;
	case 'h':
		return &o->help;
	default:
		return NULL;
	}
}

static int take(struct options *o, int c, int argc, char **argv)
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
	if (c == AT)
		return take_at(o, argc, argv);
	if (c == STEP)
		return take_step(o);
	return c == SEED ? take_seed(o) : ERR_INVALID; /* getopt has said it */
}

int options_parse(int argc, char **argv, struct options *ret)
{
	struct options o = {.adapter = "/run/suandian/adapter.sock",
			    .control = "/run/suandian/control.sock",
			    .step_ms = 5 * MS_PER_MIN,
			    .seed = 1};
	int c, r;

	optind = 0; /* from the beginning, in tests, too */
	while ((c = getopt_long(argc, argv, "+c:h", known, NULL)) != -1) {
		r = take(&o, c, argc, argv);
		if (r < 0)
			return r;
	}
	if (optind < argc)
		return wrong("unexpected", argv[optind]);
	if (!o.help && !o.config)
		return wrong("needed", "--config");
	if (!o.help && !o.check_config && (!o.from || !o.to))
		return wrong("needed", "--from and --to");
	*ret = o;
	return 0;
}

static int resolve(const char *what, const char *text, const struct zone *zone, int64_t *ret_ms)
{
	int64_t wall_ms;

	if (num_parse_time_ms(text, INT32_MIN, ret_ms) == 0)
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
	if (slot_floor(o->from_ms) != o->from_ms)
		return wrong("--from is no quarter hour", o->from);
	if (o->to_ms <= o->from_ms || (o->to_ms - o->from_ms) % o->step_ms != 0)
		return wrong("--to is not whole steps after --from", o->to);
	for (int i = 0; i < o->n_at; i++) {
		struct at_option *at = &o->at[i];

		if (resolve("--at is no time", at->when, zone, &at->t_ms) < 0)
			return ERR_INVALID;
		if (at->t_ms < o->from_ms || at->t_ms > o->to_ms)
			return wrong("--at is not between --from and --to", at->when);
	}
	if (o->once)
		o->to_ms = o->from_ms + o->step_ms;
	return 0;
}
