/* suandian-replay: tells the daemon what CSV files have recorded. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "base/num.h"
#include "replay/drive.h"

enum { EXIT_USAGE = 2, EXIT_LOST = 3 };

static void say(const char *what, int code)
{
	(void)fprintf(stderr, "suandian-replay: %s: %s\n", what, err_text(code));
}

static int load(const char *path, struct recipe **ret)
{
	struct fault_list faults;
	int r;

	fault_list_init(&faults);
	r = recipe_load(path, ret, &faults);
	for (size_t i = 0; i < faults.n; i++) {
		char text[512];

		(void)fprintf(stderr, "%s\n", conf_fault_format(&faults.at[i], text, sizeof(text)));
	}
	if (r < 0 && faults.n == 0)
		say(path, r);
	fault_list_fini(&faults);
	return r;
}

/* ---- Without a daemon ---------------------------------------------------------------------------------- */

static int print_curve(void *arg, const struct feed_curve *c)
{
	const struct feed *f = arg;
	char issue[32], start[32];

	(void)printf("curve,%s,%s,%s,%" PRId64, f->recipe->series[c->series].point.name,
		     num_format_utc(issue, sizeof(issue), c->issue_ms),
		     num_format_utc(start, sizeof(start), c->start_ms), c->step_ms);
	for (size_t i = 0; i < c->n; i++)
		(void)printf(",%.17g", c->value[i]);
	(void)putchar('\n');
	return 0;
}

static int print_step(struct feed *f, int64_t now_ms, struct feed_rows *rows)
{
	int r = feed_take(f, now_ms, rows);
	char when[32];

	for (size_t i = 0; i < rows->n && r == 0; i++)
		(void)printf("sample,%s,%s,%.17g,%s\n",
			     f->recipe->series[rows->series[i]].point.name,
			     num_format_utc(when, sizeof(when), rows->t_ms[i]), rows->value[i],
			     pointspec_quality_name((Suandian__V1__Quality)rows->quality[i]));
	return r < 0 ? r : feed_curves(f, now_ms, print_curve, f);
}

static int print_all(const struct options *o, struct feed *f, int64_t from_ms, int64_t to_ms)
{
	struct feed_rows rows = {0};
	int r;

	feed_begin(f, from_ms);
	r = print_step(f, from_ms, &rows);
	for (int64_t now_ms = from_ms; now_ms < to_ms && r == 0 && !o->once;) {
		now_ms = min_i64(now_ms + o->step_ms, to_ms);
		r = print_step(f, now_ms, &rows);
	}
	feed_rows_fini(&rows);
	if (r < 0)
		say("printing", r);
	return r < 0 ? EXIT_LOST : 0;
}

/* ---- With one ------------------------------------------------------------------------------------------ */

static void stop(void *arg, int signo)
{
	(void)signo;
	drive_stop(arg);
}

static int tell(const struct options *o, struct feed *f, int64_t from_ms, int64_t to_ms)
{
	static struct drive d;
	struct loop *loop;
	int r = loop_new(&loop);

	if (r < 0) {
		say("event loop", r);
		return EXIT_LOST;
	}
	r = drive_start(&d, loop, o, f, from_ms, to_ms);
	if (r == 0 && loop_on_signal(loop, SIGTERM, stop, &d) == 0 &&
	    loop_on_signal(loop, SIGINT, stop, &d) == 0)
		loop_run(loop);
	else if (r < 0)
		loop_run(loop); /* closes what was begun */
	loop_free(loop);
	if (r < 0)
		say("starting", r);
	else if (d.fault.code)
		(void)fprintf(stderr, "suandian-replay: %s\n", d.fault.text);
	(void)printf("%" PRIu64 " steps, %" PRIu64 " values (%" PRIu64 " missing), %" PRIu64
		     " forecasts, %" PRIu64 " plans\n",
		     d.counts.steps, d.counts.samples, d.counts.missing, d.counts.curves,
		     d.counts.plans);
	drive_fini(&d);
	return r < 0 || d.fault.code ? EXIT_LOST : 0;
}

/* ---- Both ---------------------------------------------------------------------------------------------- */

/* What the files had besides values. */
static void tell_doubles(const struct feed *f)
{
	for (size_t i = 0; i < f->recipe->n; i++) {
		const struct track *t = &f->track[i];

		if (t->n_doubled + t->n_conflicts + t->n_skipped > 0)
			(void)fprintf(stderr,
				      "suandian-replay: %s: %zu rows doubled, %zu disputed, %zu at "
				      "hours that the mapping has not or twice\n",
				      t->spec->point.name, t->n_doubled, t->n_conflicts,
				      t->n_skipped);
	}
}

static int replay(struct options *o, const struct recipe *recipe)
{
	struct fault fault = {0};
	struct feed f;
	int r = feed_open(&f, recipe, o->from_ms, &fault);

	if (r < 0) {
		(void)fprintf(stderr, "suandian-replay: %s\n", fault.text);
		return EXIT_USAGE;
	}
	if (!o->from)
		o->from_ms = feed_first_ms(&f);
	if (!o->to)
		o->to_ms = max_i64(feed_last_ms(&f), o->from_ms);
	tell_doubles(&f);
	if (o->check_config) {
		(void)puts("configuration is sound");
		r = 0;
	} else {
		r = o->dry_run ? print_all(o, &f, o->from_ms, o->to_ms)
			       : tell(o, &f, o->from_ms, o->to_ms);
	}
	feed_fini(&f);
	return r;
}

int main(int argc, char **argv)
{
	struct recipe *recipe;
	struct options o;
	int r;

	if (options_parse(argc, argv, &o) < 0)
		return EXIT_USAGE;
	if (o.help) {
		options_help();
		return 0;
	}
	if (load(o.config, &recipe) < 0)
		return EXIT_USAGE;
	r = options_resolve(&o, recipe->zone) < 0 ? EXIT_USAGE : replay(&o, recipe);
	recipe_free(recipe);
	zone_unload_all();
	return r;
}
