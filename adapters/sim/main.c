/* suandian-sim: a plant twin in lock-step with a daemon whose clock is driven. */
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sim/noise.h"
#include "sim/report.h"
#include "sim/scenario_load.h"

enum { EXIT_BAD = 1, EXIT_USAGE = 2, EXIT_LOST = 3 };

static void say(const char *what, int code)
{
	(void)fprintf(stderr, "suandian-sim: %s: %s\n", what, err_text(code));
}

static int load(const char *path, struct scenario_set **ret)
{
	struct fault_list faults;
	int r;

	fault_list_init(&faults);
	r = scenario_load(path, ret, &faults);
	for (size_t i = 0; i < faults.n; i++) {
		char text[512];

		(void)fprintf(stderr, "%s\n", conf_fault_format(&faults.at[i], text, sizeof(text)));
	}
	if (r < 0 && faults.n == 0)
		say(path, r);
	fault_list_fini(&faults);
	return r;
}

static int by_time(const void *a, const void *b)
{
	const struct at_option *x = a, *y = b;

	return (x->t_ms > y->t_ms) - (x->t_ms < y->t_ms);
}

static void stop(void *arg, int signo)
{
	(void)signo;
	drive_stop(arg);
}

static int drive(const struct options *o, struct run *run)
{
	static struct drive d;
	struct loop *loop;
	int r = loop_new(&loop);

	if (r < 0) {
		say("event loop", r);
		return EXIT_LOST;
	}
	r = drive_start(&d, loop, o, run);
	if (r == 0 && loop_on_signal(loop, SIGTERM, stop, &d) == 0 &&
	    loop_on_signal(loop, SIGINT, stop, &d) == 0)
		loop_run(loop);
	else if (r < 0)
		loop_run(loop); /* closes what was begun */
	loop_free(loop);
	drive_fini(&d);
	if (r < 0) {
		say("starting", r);
		return EXIT_LOST;
	}
	run_finish(run);
	report_print(&d, stdout);
	r = o->report ? report_write(&d, o->report) : 0;
	if (r < 0) {
		say(o->report, r);
		return EXIT_BAD;
	}
	if (d.fault.code)
		return EXIT_LOST;
	return report_is_good(&d) ? 0 : EXIT_BAD;
}

struct world {
	struct exo exo[SCENARIO_SITES_MAX];
	struct series background[SCENARIO_SECTIONS_MAX];
};

/* The span of a run, over whole days and as far as forecasts look. */
static int make_world(const struct options *o, const struct scenario_set *set, const char *dir,
		      struct world *w)
{
	struct exo_span span = {.step_ms = o->step_ms};
	struct fault f = {0};
	int r = 0;

	for (int i = 0; i < set->n_sites && r == 0; i++) {
		const struct scenario *s = &set->sites[i];

		span.from_ms = zone_day_start(s->zone, o->from_ms);
		span.to_ms = zone_day_end(s->zone, o->to_ms) + s->curves.horizon_ms;
		/* Sites that share a seed share no chance: their names are part of it. */
		r = exo_init(&w->exo[i], s, dir,
			     set->n_sites > 1 ? noise_key(o->seed, s->plant.site) : o->seed, &span,
			     &f);
	}
	for (int i = 0; i < set->n_sections && r == 0; i++)
		r = exo_series(&w->exo[0], &set->sections[i].background, set->sections[i].id, &span,
			       &w->background[i], &f);
	if (r < 0)
		(void)fprintf(stderr, "suandian-sim: %s\n", *f.text ? f.text : err_text(r));
	return r;
}

static void free_world(const struct scenario_set *set, struct world *w)
{
	for (int i = 0; i < set->n_sites; i++)
		exo_fini(&w->exo[i]);
}

static int simulate(const struct options *o, const struct scenario_set *set)
{
	static struct run run;
	static struct world world;
	struct exo_span span = {.from_ms = o->from_ms, .to_ms = o->to_ms, .step_ms = o->step_ms};
	char *path = strdup(o->config);
	int r = path ? make_world(o, set, dirname(path), &world) : -ENOMEM;

	free(path);
	if (run_init(&run, set, world.exo, &span, world.background) < 0 || r < 0)
		r = EXIT_USAGE;
	else if (!o->check_config)
		r = drive(o, &run);
	run_fini(&run);
	free_world(set, &world);
	return r;
}

int main(int argc, char **argv)
{
	struct scenario_set *s;
	struct options o;
	int r;

	if (options_parse(argc, argv, &o) < 0)
		return EXIT_USAGE;
	if (o.help) {
		options_help();
		return 0;
	}
	if (load(o.config, &s) < 0)
		return EXIT_USAGE;
	/* Without a span the files of a configuration are checked as far as they can be opened. */
	if (o.check_config && !o.from) {
		free(s);
		(void)puts("configuration is sound");
		return 0;
	}
	if (options_resolve(&o, s->sites[0].zone) < 0) {
		free(s);
		return EXIT_USAGE;
	}
	qsort(o.at, (size_t)o.n_at, sizeof(o.at[0]), by_time);
	r = simulate(&o, s);
	free(s);
	zone_unload_all();
	return r;
}
