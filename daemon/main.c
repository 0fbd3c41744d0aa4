/* suandiand: options, configuration, then the service. */
#include <stdio.h>

#include "options.h"
#include "service.h"

/* sysexits.h: what the service manager should not restart for. */
#define STATUS_FAILED 1
#define STATUS_USAGE 2
#define STATUS_CONFIG 78

static int load(const struct options *o, struct configuration **ret)
{
	struct fault_list faults;
	int rc;

	fault_list_init(&faults);
	rc = configure_load(o->config, ret, &faults);
	if (rc < 0) {
		size_t n = service_print_faults(&faults);

		if (n == 0)
			fprintf(stderr, "%s: %s\n", o->config, err_text(rc));
		else
			fprintf(stderr, "%s: %zu fault%s, not started\n", o->config, n,
				n == 1 ? "" : "s");
	}
	fault_list_fini(&faults);
	return rc;
}

int main(int argc, char **argv)
{
	struct options options;
	struct configuration *configuration;
	struct fault fault = {0};

	if (options_parse(argc, argv, &options, &fault) < 0) {
		fprintf(stderr, "suandiand: %s\nTry suandiand --help.\n", fault.text);
		return STATUS_USAGE;
	}
	if (options.help || options.version) {
		printf("%s", options.help ? options_help : "suandiand " SUANDIAN_VERSION "\n");
		return fflush(stdout) == 0 ? 0 : STATUS_FAILED;
	}
	log_set_level(options.level);
	if (load(&options, &configuration) < 0)
		return STATUS_CONFIG;
	if (options.check_config) {
		printf("%s: %zu site%s, %zu tariff%s, no fault\n", options.config,
		       configuration->n_sites, configuration->n_sites == 1 ? "" : "s",
		       configuration->n_tariffs, configuration->n_tariffs == 1 ? "" : "s");
		configuration_free(configuration);
		return fflush(stdout) == 0 ? 0 : STATUS_FAILED;
	}
	return service_run(&options, configuration);
}
