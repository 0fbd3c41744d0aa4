#include "replay/feed.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/num.h"

int feed_open(struct feed *f, const struct recipe *recipe, int64_t first_ms, struct fault *fault)
{
	int r = 0;

	*f = (struct feed){.recipe = recipe};
	f->track = calloc(recipe->n, sizeof(*f->track));
	f->forecasts = calloc(recipe->n, sizeof(*f->forecasts));
	f->at = calloc(recipe->n, sizeof(*f->at));
	f->at_forecast = calloc(recipe->n, sizeof(*f->at_forecast));
	f->due_ms = calloc(recipe->n, sizeof(*f->due_ms));
	if (!f->track || !f->forecasts || !f->at || !f->at_forecast || !f->due_ms)
		r = fault_set(fault, -ENOMEM, "%s", err_text(-ENOMEM));
	for (size_t i = 0; i < recipe->n && r == 0; i++) {
		const struct recipe_series *s = &recipe->series[i];

		if (*s->map_from && first_ms == INT64_MIN)
			r = fault_set(fault, ERR_INVALID, "%s is mapped: --from is needed",
				      s->point.name);
		if (r == 0)
			r = track_load(&f->track[i], recipe, s, first_ms, fault);
		if (r == 0 && s->curve.kind == RECIPE_RECORDED)
			r = forecasts_load(&f->forecasts[i], recipe, s, fault);
	}
	if (r < 0)
		feed_fini(f);
	return r;
}

void feed_fini(struct feed *f)
{
	for (size_t i = 0; f->track && f->forecasts && i < f->recipe->n; i++) {
		track_fini(&f->track[i]);
		forecasts_fini(&f->forecasts[i]);
	}
	free(f->track);
	free(f->forecasts);
	free(f->at);
	free(f->at_forecast);
	free(f->due_ms);
	*f = (struct feed){0};
}

int64_t feed_first_ms(const struct feed *f)
{
	int64_t first_ms = INT64_MAX;

	for (size_t i = 0; i < f->recipe->n; i++) {
		const struct track *t = &f->track[i];

		if (t->n > 0)
			first_ms = min_i64(first_ms, track_known_ms(t->spec, t->row[0].t_ms));
	}
	return first_ms;
}

int64_t feed_last_ms(const struct feed *f)
{
	int64_t last_ms = INT64_MIN;

	for (size_t i = 0; i < f->recipe->n; i++) {
		const struct track *t = &f->track[i];

		if (t->n > 0)
			last_ms = max_i64(last_ms, track_known_ms(t->spec, t->row[t->n - 1].t_ms));
	}
	return last_ms;
}

void feed_begin(struct feed *f, int64_t from_ms)
{
	for (size_t i = 0; i < f->recipe->n; i++) {
		const struct forecasts *fc = &f->forecasts[i];
		size_t *k = &f->at_forecast[i];

		f->due_ms[i] = from_ms;
		f->at[i] = track_after(&f->track[i], from_ms - f->recipe->history_ms - 1);
		/* of the forecasts issued before, the last one still counts */
		*k = 0;
		for (size_t next = 0; next < fc->n && fc->row[next].issue_ms <= from_ms;
		     next = forecasts_issue_end(fc, next))
			*k = next;
	}
}

/* ---- Samples ------------------------------------------------------------------------------------------- */

struct item {
	int64_t t_ms;
	uint32_t series;
	double raw;
};

static int by_time(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;

	if (a->t_ms != b->t_ms)
		return a->t_ms < b->t_ms ? -1 : 1;
	return a->series < b->series ? -1 : a->series > b->series;
}

static bool make_room(struct feed_rows *rows, size_t n)
{
	if (n <= rows->size)
		return true;
	feed_rows_fini(rows);
	rows->series = calloc(n, sizeof(*rows->series));
	rows->t_ms = calloc(n, sizeof(*rows->t_ms));
	rows->value = calloc(n, sizeof(*rows->value));
	rows->quality = calloc(n, 1);
	rows->size = n;
	if (rows->series && rows->t_ms && rows->value && rows->quality)
		return true;
	feed_rows_fini(rows);
	return false;
}

static size_t collect(struct feed *f, int64_t to_ms, struct item *item)
{
	size_t n = 0;

	for (uint32_t i = 0; i < f->recipe->n; i++) {
		const struct track *t = &f->track[i];

		for (size_t end = track_after(t, to_ms); f->at[i] < end; f->at[i]++, n++)
			item[n] = (struct item){t->row[f->at[i]].t_ms, i, t->row[f->at[i]].raw};
	}
	return n;
}

int feed_take(struct feed *f, int64_t to_ms, struct feed_rows *rows)
{
	struct item *item;
	size_t n = 0;

	for (size_t i = 0; i < f->recipe->n; i++) {
		size_t end = track_after(&f->track[i], to_ms);

		n += end > f->at[i] ? end - f->at[i] : 0;
	}
	rows->n = 0;
	if (n == 0)
		return 0;
	item = calloc(n, sizeof(*item));
	if (!item || !make_room(rows, n)) {
		free(item);
		return -ENOMEM;
	}
	(void)collect(f, to_ms, item);
	qsort(item, n, sizeof(*item), by_time);
	for (size_t i = 0; i < n; i++) {
		Suandian__V1__Quality q;

		rows->series[i] = item[i].series;
		rows->t_ms[i] = item[i].t_ms;
		rows->value[i] =
			pointspec_value(&f->recipe->series[item[i].series].point, item[i].raw, &q);
		rows->quality[i] = (uint8_t)q;
	}
	rows->n = n;
	free(item);
	return 0;
}

void feed_rows_fini(struct feed_rows *rows)
{
	free(rows->series);
	free(rows->t_ms);
	free(rows->value);
	free(rows->quality);
	*rows = (struct feed_rows){0};
}

/* ---- Curves -------------------------------------------------------------------------------------------- */

struct pusher {
	int (*push)(void *arg, const struct feed_curve *c);
	void *arg;
};

static double value_of(const struct recipe_series *s, double raw)
{
	Suandian__V1__Quality q;

	return pointspec_value(&s->point, raw, &q);
}

static Suandian__V1__PointLabel label_of(const struct recipe_series *s)
{
	return s->point.label == SUANDIAN__V1__POINT_LABEL__LABEL_END
		       ? SUANDIAN__V1__POINT_LABEL__LABEL_END
		       : SUANDIAN__V1__POINT_LABEL__LABEL_START;
}

/* Until when the future is known at now_ms. */
static int64_t known_until(const struct feed *f, const struct recipe_curve *c, int64_t now_ms)
{
	const struct zone *z = f->recipe->zone;
	int64_t tomorrow_ms;

	if (c->kind == RECIPE_KNOWN)
		return INT64_MAX;
	tomorrow_ms = zone_day_end(z, now_ms);
	return zone_local(z, now_ms).hour < c->publish_hour ? tomorrow_ms
							    : zone_day_end(z, tomorrow_ms);
}

static int push_own(struct feed *f, size_t i, int64_t now_ms, const struct pusher *p)
{
	const struct recipe_series *s = &f->recipe->series[i];
	const struct recipe_curve *c = &s->curve;
	int64_t until_ms = known_until(f, c, now_ms);
	size_t n = (size_t)(c->horizon_ms / c->step_ms);
	double *value = calloc(n ? n : 1, sizeof(*value));
	struct feed_curve curve = {.series = i,
				   .label = label_of(s),
				   .issue_ms = now_ms,
				   .start_ms = now_ms,
				   .step_ms = c->step_ms,
				   .value = value,
				   .n = n};
	int r;

	if (!value)
		return -ENOMEM;
	if (curve.label == SUANDIAN__V1__POINT_LABEL__LABEL_END)
		curve.start_ms += c->step_ms;
	for (size_t k = 0; k < n; k++) {
		int64_t at = now_ms + (int64_t)k * c->step_ms;

		value[k] = at + c->step_ms > until_ms
				   ? NAN
				   : value_of(s, track_mean(&f->track[i], at, at + c->step_ms));
	}
	r = p->push(p->arg, &curve);
	free(value);
	return r;
}

/* The issue that begins at row `at`. */
static int push_issue(struct feed *f, size_t i, size_t at, const struct pusher *p)
{
	const struct recipe_series *s = &f->recipe->series[i];
	const struct forecast_row *row = f->forecasts[i].row;
	size_t end = forecasts_issue_end(&f->forecasts[i], at);
	int64_t span_ms = row[end - 1].t_ms - row[at].t_ms;
	size_t n = (size_t)(span_ms / s->curve.step_ms) + 1;
	struct feed_curve curve = {.series = i,
				   .label = label_of(s),
				   .issue_ms = row[at].issue_ms,
				   .start_ms = row[at].t_ms,
				   .step_ms = s->curve.step_ms,
				   .n = n};
	double *value = calloc(n, sizeof(*value));
	int r;

	if (!value)
		return -ENOMEM;
	for (size_t k = 0; k < n; k++)
		value[k] = NAN;
	for (size_t k = at; k < end; k++)
		value[(row[k].t_ms - row[at].t_ms) / s->curve.step_ms] = value_of(s, row[k].raw);
	curve.value = value;
	r = p->push(p->arg, &curve);
	free(value);
	return r;
}

static int push_recorded(struct feed *f, size_t i, int64_t now_ms, const struct pusher *p)
{
	const struct forecasts *fc = &f->forecasts[i];
	size_t *at = &f->at_forecast[i];
	int r = 0;

	while (r == 0 && *at < fc->n && fc->row[*at].issue_ms <= now_ms) {
		r = push_issue(f, i, *at, p);
		if (r == 0)
			*at = forecasts_issue_end(fc, *at);
	}
	return r;
}

static int push_due(struct feed *f, size_t i, int64_t now_ms, const struct pusher *p)
{
	const struct recipe_curve *c = &f->recipe->series[i].curve;
	int r;

	if (c->kind == RECIPE_RECORDED)
		return push_recorded(f, i, now_ms, p);
	if (c->kind == RECIPE_NO_CURVE || now_ms < f->due_ms[i])
		return 0;
	r = push_own(f, i, now_ms, p);
	if (r == 0)
		f->due_ms[i] = (now_ms / c->every_ms + 1) * c->every_ms;
	return r;
}

int feed_curves(struct feed *f, int64_t now_ms, int (*push)(void *arg, const struct feed_curve *c),
		void *arg)
{
	struct pusher p = {push, arg};
	int r = 0;

	for (size_t i = 0; i < f->recipe->n && r == 0; i++)
		r = push_due(f, i, now_ms, &p);
	return r;
}
