#include "prometheus/forecast.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "prometheus/promapi.h"
#include "prometheus/source_priv.h"

struct forecast {
	struct forecast_options options;
	const struct mapping_curve *spec;
	struct timer tick;
	bool busy, is_lost;
	int64_t issue_ms, from_ms;
	size_t n; /* steps */
	double *value;
};

/* Once when it is lost, once when it is back. */
static void tell(struct forecast *f, const char *why)
{
	if (why && !f->is_lost)
		log_warning(SOURCE_LOG, "forecast of %s: %s; the last one stands", f->spec->point,
			    why);
	else if (!why && f->is_lost)
		log_notice(SOURCE_LOG, "forecast of %s: there is one again", f->spec->point);
	f->is_lost = why != NULL;
}

static void give(struct forecast *f)
{
	const struct pointspec *p = &f->options.mapping->points[f->spec->point_at].spec;
	struct forecast_curve c = {.point = f->spec->point_at,
				   .issue_ms = f->issue_ms,
				   .start_ms = f->from_ms,
				   .step_ms = f->spec->step_ms,
				   .value = f->value,
				   .n = f->n};

	for (size_t i = 0; i < f->n; i++) {
		Suandian__V1__Quality q;

		f->value[i] = pointspec_value(p, f->value[i], &q);
		/* what is not plausible as a value is not as a forecast */
		if (q != SUANDIAN__V1__QUALITY__QUALITY_OK)
			f->value[i] = NAN;
		c.n_known += isnan(f->value[i]) ? 0 : 1;
	}
	if (c.n_known == 0) {
		tell(f, "no values to come");
		return;
	}
	tell(f, NULL);
	f->options.made(f->options.arg, &c);
}

static void answered(void *arg, const struct http_answer *a)
{
	struct forecast *f = arg;
	struct promapi_range into = {f->from_ms, f->spec->step_ms, f->value, f->n};
	struct fault fault = {0};
	size_t series;

	f->busy = false;
	if (a->code == ERR_CANCELED)
		return;
	if (a->code < 0)
		tell(f, a->fault->text);
	else if (promapi_range((const char *)a->body, a->n, &into, &series, &fault) < 0)
		tell(f, fault.text);
	else if (series != 1)
		tell(f, series ? "more than one series" : "there is no such series");
	else
		give(f);
}

static int ask(struct forecast *f)
{
	char escaped[3 * MAPPING_QUERY_B + 1];
	int64_t last_ms = f->from_ms + (int64_t)(f->n - 1) * f->spec->step_ms;
	struct buf b;
	int r;

	(void)http_escape(f->spec->query, escaped, sizeof(escaped));
	buf_init(&b, 0);
	(void)buf_printf(&b,
			 "/api/v1/query_range?query=%s&start=%" PRId64 ".%03d&end=%" PRId64
			 ".%03d&step=%" PRId64 ".%03d",
			 escaped, f->from_ms / 1000, (int)(f->from_ms % 1000), last_ms / 1000,
			 (int)(last_ms % 1000), f->spec->step_ms / 1000,
			 (int)(f->spec->step_ms % 1000));
	r = b.err ? b.err
		  : source_get(f->options.source, buf_str(&b), "Accept: application/json", answered,
			       f);
	buf_fini(&b);
	return r;
}

static void due(void *arg)
{
	struct forecast *f = arg;
	int r;

	if (f->busy)
		return;
	f->issue_ms = clock_wall_ms();
	f->from_ms = f->issue_ms - f->issue_ms % f->spec->step_ms;
	/* under an end label, a step's time is its end */
	if (f->options.mapping->points[f->spec->point_at].spec.label ==
	    SUANDIAN__V1__POINT_LABEL__LABEL_END)
		f->from_ms += f->spec->step_ms;
	r = ask(f);
	f->busy = r == 0;
	if (r < 0)
		tell(f, source_why_not(f->options.source, r));
}

int forecast_new(struct loop *loop, const struct forecast_options *o, struct forecast **ret)
{
	const struct mapping_curve *spec = &o->mapping->curves[o->at];
	struct forecast *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	*f = (struct forecast){.options = *o, .spec = spec};
	f->n = (size_t)max_i64(spec->horizon_ms / spec->step_ms, 1);
	f->value = calloc(f->n, sizeof(*f->value));
	timer_init(&f->tick, loop, "prometheus forecast", due, f);
	if (!f->value) {
		free(f);
		return -ENOMEM;
	}
	*ret = f;
	return 0;
}

void forecast_start(struct forecast *f)
{
	timer_start_every(&f->tick, clock_mono_ms(), f->spec->every_ms);
}

void forecast_stop(struct forecast *f)
{
	timer_stop(&f->tick);
}

void forecast_free(struct forecast *f)
{
	if (!f)
		return;
	free(f->value);
	free(f);
}
