#include "options.h"

#include <getopt.h>
#include <string.h>

const char options_help[] =
	"usage: suandiand --config FILE [options]\n"
	"\n"
	"The daemon of suandian: takes telemetry, plans, decides.\n"
	"\n"
	"  --config FILE        main configuration file, suandian.yaml(5)\n"
	"  --check-config       check the configuration, print every fault, and exit\n"
	"  --clock wall|driven  follow the system clock (default), or move only by AdvanceTime\n"
	"  --control PATH       socket for operators (default /run/suandian/control.sock)\n"
	"  --adapter PATH       socket for adapters (default /run/suandian/adapter.sock)\n"
	"  --log-level LEVEL    error, warning, notice, info (default) or debug\n"
	"  --version            print the version and exit\n"
	"  --help               print this and exit\n"
	"\n"
	"Sockets passed by the service manager under the names control and adapter are used\n"
	"instead of paths. Exit status: 0 ended as asked, 1 failed, 2 wrong usage,\n"
	"78 the configuration is wrong.\n";

enum {
	OPT_CONFIG = 256,
	OPT_CHECK,
	OPT_CLOCK,
	OPT_CONTROL,
	OPT_ADAPTER,
	OPT_LEVEL,
	OPT_VERSION,
	OPT_HELP
};

static const struct option long_options[] = {
	{"config", required_argument, NULL, OPT_CONFIG},
	{"check-config", no_argument, NULL, OPT_CHECK},
	{"clock", required_argument, NULL, OPT_CLOCK},
	{"control", required_argument, NULL, OPT_CONTROL},
	{"adapter", required_argument, NULL, OPT_ADAPTER},
	{"log-level", required_argument, NULL, OPT_LEVEL},
	{"version", no_argument, NULL, OPT_VERSION},
	{"help", no_argument, NULL, OPT_HELP},
	{NULL, 0, NULL, 0},
};

static int parse_level(const char *s, enum log_level *ret, struct fault *f)
{
	static const struct {
		const char *name;
		enum log_level level;
	} levels[] = {
		{"error", LOG_ERROR}, {"warning", LOG_WARNING}, {"notice", LOG_NOTICE},
		{"info", LOG_INFO},   {"debug", LOG_DEBUG},
	};

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (strcmp(s, levels[i].name) == 0) {
			*ret = levels[i].level;
			return 0;
		}
	return fault_set(f, ERR_INVALID,
			 "--log-level: error, warning, notice, info or debug, not %s", s);
}

static int parse_clock(const char *s, bool *ret_driven, struct fault *f)
{
	bool driven = strcmp(s, "driven") == 0;

	if (!driven && strcmp(s, "wall") != 0)
		return fault_set(f, ERR_INVALID, "--clock: wall or driven, not %s", s);
	*ret_driven = driven;
	return 0;
}

static int take_option(int c, char **argv, struct options *o, struct fault *f)
{
	switch (c) {
	case OPT_CONFIG:
		o->config = optarg;
		return 0;
	case OPT_CHECK:
		o->check_config = true;
		return 0;
	case OPT_CLOCK:
		return parse_clock(optarg, &o->driven, f);
	case OPT_CONTROL:
		o->control = optarg;
		return 0;
	case OPT_ADAPTER:
		o->adapter = optarg;
		return 0;
	case OPT_LEVEL:
		return parse_level(optarg, &o->level, f);
	case OPT_VERSION:
		o->version = true;
		return 0;
	case OPT_HELP:
		o->help = true;
		return 0;
	case ':':
		return fault_set(f, ERR_INVALID, "%s needs an argument", argv[optind - 1]);
	default:
		return fault_set(f, ERR_INVALID, "unknown option %s", argv[optind - 1]);
	}
}

int options_parse(int argc, char **argv, struct options *ret, struct fault *f)
{
	struct options o = {
		.control = "/run/suandian/control.sock",
		.adapter = "/run/suandian/adapter.sock",
		.level = LOG_INFO,
	};
	int rc = 0;
	int c;

	optind = 1;
	while (rc == 0 && (c = getopt_long(argc, argv, ":", long_options, NULL)) >= 0)
		rc = take_option(c, argv, &o, f);
	if (o.help || o.version) {
		*ret = o;
		return 0;
	}
	if (rc < 0)
		return rc;
	if (optind < argc)
		return fault_set(f, ERR_INVALID, "unexpected argument %s", argv[optind]);
	if (!o.config)
		return fault_set(f, ERR_INVALID, "--config FILE is missing");
	*ret = o;
	return 0;
}
