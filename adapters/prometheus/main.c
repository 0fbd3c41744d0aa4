/* suandian-prometheus: what Prometheus servers and exporters measure, as points of the daemon. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/slot.h"
#include "prometheus/options.h"
#include "prometheus/relay.h"

enum { EXIT_BAD = 1, EXIT_USAGE = 2, EXIT_LOST = 3 };

struct app {
	struct loop *loop;
	const struct options *options;
	const struct mapping *mapping;
	struct source **source;	    /* [n_sources]; NULL: not made, or closed */
	struct forecast **forecast; /* [n_curves] */
	struct relay *relay;	    /* NULL: only printed */
	size_t n_polls;		    /* with --once: still to come */
	size_t n_open;		    /* sources */
	bool is_stopping, is_bad, was_ready;
};

static void say(const char *what, int code)
{
	(void)fprintf(stderr, "suandian-prometheus: %s: %s\n", what, err_text(code));
}

static int load(const char *path, struct mapping **ret)
{
	struct fault_list faults;
	int r;

	fault_list_init(&faults);
	r = mapping_load(path, ret, &faults);
	for (size_t i = 0; i < faults.n; i++) {
		char text[512];

		(void)fprintf(stderr, "%s\n", conf_fault_format(&faults.at[i], text, sizeof(text)));
	}
	if (r < 0 && faults.n == 0)
		say(path, r);
	fault_list_fini(&faults);
	return r;
}

/* ---- The end ------------------------------------------------------------------------------------------- */

static void source_gone(void *arg)
{
	struct app *a = arg;

	if (--a->n_open > 0 || !a->relay)
		return;
	relay_close(a->relay, NULL, NULL);
	a->relay = NULL;
}

static void stop(struct app *a)
{
	if (a->is_stopping)
		return;
	a->is_stopping = true;
	for (size_t i = 0; i < a->mapping->n_curves; i++)
		if (a->forecast[i])
			forecast_stop(a->forecast[i]);
	for (size_t i = 0; i < a->mapping->n_sources; i++)
		if (a->source[i])
			source_close(a->source[i], source_gone, a);
	if (a->n_open == 0 && a->relay)
		relay_close(a->relay, NULL, NULL);
}

static void on_signal(void *arg, int signo)
{
	(void)signo;
	stop(arg);
}

/* ---- What is read --------------------------------------------------------------------------------------- */

static void print_reading(const struct app *a, size_t point, const struct reading *r)
{
	const struct mapping_point *p = &a->mapping->points[point];
	char when[32];

	(void)printf("%s  %-40s ", num_format_utc(when, sizeof(when), r->t_ms), p->spec.name);
	if (isnan(r->value))
		(void)printf("%14s", "-");
	else
		(void)printf("%14.10g", r->value);
	(void)printf(" %-8s  %s%s%s\n", pointspec_unit_name(p->spec.unit),
		     pointspec_quality_name(r->quality), r->why == READING_GOOD ? "" : ": ",
		     r->why == READING_GOOD ? "" : reading_text(r->why));
}

static void polled(void *arg, const struct source *s, const size_t *point,
		   const struct reading *reading, size_t n)
{
	struct app *a = arg;

	(void)s;
	if (a->relay) {
		relay_push(a->relay, point, reading, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		print_reading(a, point[i], &reading[i]);
		a->is_bad |= reading[i].why != READING_GOOD && reading[i].why != READING_FIRST;
	}
	(void)fflush(stdout);
	if (a->options->once && --a->n_polls == 0)
		stop(a);
}

static void made(void *arg, const struct forecast_curve *c)
{
	struct app *a = arg;
	char when[32];

	if (a->relay)
		relay_push_curve(a->relay, c);
	else
		(void)printf("%s  %-40s forecast, %zu of %zu steps of %" PRId64 " s\n",
			     num_format_utc(when, sizeof(when), c->start_ms),
			     a->mapping->points[c->point].spec.name, c->n_known, c->n,
			     c->step_ms / MS_PER_S);
}

/* ---- The beginning --------------------------------------------------------------------------------------- */

static int make_sources(struct app *a)
{
	int r = 0;

	for (size_t i = 0; i < a->mapping->n_sources && r == 0; i++) {
		struct source_options o = {a->mapping, i, polled, a};

		r = source_new(a->loop, &o, &a->source[i]);
		a->n_open += r == 0;
	}
	for (size_t i = 0; i < a->mapping->n_curves && r == 0; i++) {
		size_t of = a->mapping->curves[i].source_at;
		struct forecast_options o = {a->mapping, i, a->source[of], made, a};

		r = forecast_new(a->loop, &o, &a->forecast[i]);
	}
	return r;
}

static void start_sources(struct app *a)
{
	for (size_t i = 0; i < a->mapping->n_sources; i++)
		source_start(a->source[i], !a->options->once);
}

static void start_forecasts(struct app *a)
{
	for (size_t i = 0; i < a->mapping->n_curves && !a->options->once; i++)
		forecast_start(a->forecast[i]);
}

/* What was read before went nowhere, so it is read again now. */
static void ready(void *arg)
{
	struct app *a = arg;

	if (a->is_stopping)
		return;
	if (!a->was_ready)
		start_sources(a);
	a->was_ready = true;
	start_forecasts(a);
}

static int begin(struct app *a)
{
	const struct options *o = a->options;
	struct relay_options relay = {a->mapping, o->adapter, ready, a};
	int r = make_sources(a);

	if (r == 0 && !o->once && !o->dry_run)
		r = relay_new(a->loop, &relay, &a->relay);
	if (r == 0)
		r = loop_on_signal(a->loop, SIGTERM, on_signal, a);
	if (r == 0)
		r = loop_on_signal(a->loop, SIGINT, on_signal, a);
	if (r < 0)
		return r;
	a->n_polls = a->mapping->n_sources;
	start_sources(a);
	if (!a->relay)
		start_forecasts(a);
	return 0;
}

static int run_loop(struct app *a)
{
	int r = loop_new(&a->loop);

	if (r < 0)
		return r;
	r = begin(a);
	if (r < 0)
		stop(a);
	loop_run(a->loop);
	loop_free(a->loop);
	for (size_t i = 0; i < a->mapping->n_curves; i++)
		forecast_free(a->forecast[i]);
	return r;
}

static int run(const struct options *o, const struct mapping *m)
{
	struct app a = {.options = o, .mapping = m};
	int r = -ENOMEM;

	a.source = calloc(m->n_sources, sizeof(struct source *));
	a.forecast = calloc(m->n_curves ? m->n_curves : 1, sizeof(struct forecast *));
	if (a.source && a.forecast)
		r = run_loop(&a);
	free(a.source);
	free(a.forecast);
	if (r < 0) {
		say("starting", r);
		return EXIT_LOST;
	}
	return o->once && a.is_bad ? EXIT_BAD : 0;
}

int main(int argc, char **argv)
{
	struct mapping *m;
	struct options o;
	int r = 0;

	if (options_parse(argc, argv, &o) < 0)
		return EXIT_USAGE;
	if (o.help) {
		options_help();
		return 0;
	}
	log_set_level(o.log_level);
	if (load(o.config, &m) < 0)
		return EXIT_USAGE;
	if (o.check_config)
		(void)puts("configuration is sound");
	else
		r = run(&o, m);
	mapping_free(m);
	zone_unload_all();
	return r;
}
