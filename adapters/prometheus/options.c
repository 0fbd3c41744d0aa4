#include "prometheus/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

enum { ADAPTER = 256, CHECK, ONCE, DRY, LEVEL };

static const struct option known[] = {
	{"config", required_argument, NULL, 'c'},   {"adapter", required_argument, NULL, ADAPTER},
	{"check-config", no_argument, NULL, CHECK}, {"once", no_argument, NULL, ONCE},
	{"dry-run", no_argument, NULL, DRY},	    {"log-level", required_argument, NULL, LEVEL},
	{"help", no_argument, NULL, 'h'},	    {0},
};

void options_help(void)
{
	(void)puts(
		"suandian-prometheus: what Prometheus servers and exporters measure, as points of suandiand\n"
		"\n"
		"  --config FILE     sources, and which of their numbers are which points (prometheus.yaml)\n"
		"  --adapter PATH    socket of the daemon (/run/suandian/adapter.sock)\n"
		"  --check-config    read the configuration, say what is wrong, end\n"
		"  --once            ask every source once and print what would be pushed, without a daemon\n"
		"  --dry-run         the same every period\n"
		"  --log-level L     error, warning, notice, info (default) or debug\n"
		"  --help            this text\n"
		"\n"
		"Exit status: 0 ended by a signal, or with --once every point has a plausible value; 1 with\n"
		"--once some have not; 2 wrong usage or configuration; 3 it could not run.");
}

static int wrong(const char *what, const char *text)
{
	(void)fprintf(stderr, "suandian-prometheus: %s: '%s' (see --help)\n", what, text);
	return ERR_INVALID;
}

static int take_level(struct options *o)
{
	static const struct {
		const char *name;
		enum log_level level;
	} levels[] = {{"error", LOG_ERROR},
		      {"warning", LOG_WARNING},
		      {"notice", LOG_NOTICE},
		      {"info", LOG_INFO},
		      {"debug", LOG_DEBUG}};

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		if (strcmp(levels[i].name, optarg) == 0) {
			o->log_level = levels[i].level;
			return 0;
		}
	}
	return wrong("no such level", optarg);
}

static int take(struct options *o, int c)
{
	switch (c) {
	case 'c':
		o->config = optarg;
		return 0;
	case ADAPTER:
		o->adapter = optarg;
		return 0;
	case CHECK:
		o->check_config = true;
		return 0;
	case ONCE:
		o->once = true;
		return 0;
	case DRY:
		o->dry_run = true;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	case LEVEL:
		return take_level(o);
	default:
		return ERR_INVALID; /* getopt has said it */
	}
}

int options_parse(int argc, char **argv, struct options *ret)
{
	struct options o = {.adapter = "/run/suandian/adapter.sock", .log_level = LOG_INFO};
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
