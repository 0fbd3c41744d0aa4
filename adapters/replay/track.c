#include "replay/track.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/num.h"
#include "common/csvtable.h"

/* An instant's value holds until the next, at most so many periods. */
#define HOLD_PERIODS 2

struct loader {
	struct track *track;
	size_t size;
	const struct zone *zone;
};

static bool is_interval(const struct recipe_series *s)
{
	return s->point.kind == SUANDIAN__V1__VALUE_KIND__KIND_MEAN ||
	       s->point.kind == SUANDIAN__V1__VALUE_KIND__KIND_ENERGY;
}

static bool is_end_labelled(const struct recipe_series *s)
{
	return s->point.label == SUANDIAN__V1__POINT_LABEL__LABEL_END;
}

/* ---- Rows ---------------------------------------------------------------------------------------------- */

static int parse_value(const struct csvtable_row *row, const char *text, double *ret)
{
	if (!*text || strcasecmp(text, "nan") == 0) {
		*ret = NAN;
		return 0;
	}
	if (num_parse_double(text, -1e18, 1e18, ret) < 0)
		return csvtable_complain(row, ERR_MALFORMED, "not a number:", text);
	return 0;
}

static int take_row(void *arg, const struct csvtable_row *row)
{
	struct loader *l = arg;
	struct track *t = l->track;
	struct track_row *r;
	int e;

	if (t->n == l->size) {
		size_t size = l->size ? 2 * l->size : 1024;

		r = reallocarray(t->row, size, sizeof(*r));
		if (!r)
			return fault_set(row->fault, -ENOMEM, "%s: %s", row->path,
					 err_text(-ENOMEM));
		t->row = r;
		l->size = size;
	}
	r = &t->row[t->n];
	r->line = row->line;
	e = csvtable_time(row, row->field[0], l->zone, &r->t_ms);
	if (e == 0)
		e = parse_value(row, row->field[1], &r->raw);
	if (e == 0)
		t->n++;
	return e;
}

static int by_time(const void *pa, const void *pb)
{
	const struct track_row *a = pa, *b = pb;

	if (a->t_ms != b->t_ms)
		return a->t_ms < b->t_ms ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

static bool same_value(const struct track_row *a, const struct track_row *b)
{
	return (isnan(a->raw) && isnan(b->raw)) || (a->raw <= b->raw && a->raw >= b->raw);
}

/* Rows of one time become one. */
static int unite(struct track *t, const char *path, struct fault *f)
{
	size_t n = 0;
	bool is_disputed = false;

	for (size_t i = 0; i < t->n; i++) {
		struct track_row *last = n ? &t->row[n - 1] : NULL;
		const struct track_row *r = &t->row[i];
		char when[32];

		if (!last || r->t_ms != last->t_ms) {
			t->row[n++] = *r;
			is_disputed = false;
		} else if (same_value(r, last) || is_disputed) {
			t->n_doubled++;
		} else if (t->spec->conflict == RECIPE_MISSING) {
			last->raw = NAN;
			is_disputed = true;
			t->n_conflicts++;
		} else {
			return fault_set(f, ERR_INVALID,
					 "%s:%zu: another value than line %zu has for %s", path,
					 r->line, last->line,
					 num_format_utc(when, sizeof(when), r->t_ms));
		}
	}
	t->n = n;
	return 0;
}

/* A mean over a quarter hour every five minutes is none. */
static int check_spacing(const struct track *t, const char *path, struct fault *f)
{
	for (size_t i = 1; i < t->n && is_interval(t->spec); i++)
		if (t->row[i].t_ms - t->row[i - 1].t_ms < t->spec->point.period_ms)
			return fault_set(f, ERR_INVALID,
					 "%s:%zu: nearer to line %zu than the period of %s", path,
					 t->row[i].line, t->row[i - 1].line, t->spec->point.name);
	return 0;
}

/* ---- Mapped days --------------------------------------------------------------------------------------- */

static int64_t local_day(const struct zone *z, int64_t t_ms)
{
	struct local_time l = zone_local(z, t_ms);

	return num_days_from_civil(l.year, l.month, l.day);
}

/* Where a row of the file is replayed; false: that hour does not exist there. */
static bool map_time(const struct recipe *recipe, const struct recipe_series *s, int64_t first_ms,
		     int64_t *t_ms)
{
	struct local_time l = zone_local(s->csv.zone, *t_ms), back;
	int64_t day =
		local_day(s->csv.zone, *t_ms) - s->map_day + local_day(recipe->zone, first_ms);
	int y, m, d;

	num_civil_from_days(day, &y, &m, &d);
	*t_ms = zone_utc(recipe->zone, y, m, d, l.hour, l.minute);
	back = zone_local(recipe->zone, *t_ms);
	*t_ms += l.second * MS_PER_S + l.ms;
	return back.hour == l.hour && back.minute == l.minute;
}

/* Of an hour that the file's zone has twice, the first is taken. */
static void map_rows(struct track *t, const struct recipe *recipe, int64_t first_ms)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct track_row r = t->row[i];

		if (!map_time(recipe, t->spec, first_ms, &r.t_ms) ||
		    (n > 0 && r.t_ms <= t->row[n - 1].t_ms))
			t->n_skipped++;
		else
			t->row[n++] = r;
	}
	t->n = n;
}

int track_load(struct track *t, const struct recipe *recipe, const struct recipe_series *spec,
	       int64_t first_ms, struct fault *f)
{
	const char *const column[] = {spec->csv.time, spec->csv.column};
	struct loader l = {.track = t, .zone = spec->csv.zone};
	struct csvtable_want want = {.column = column, .n = 2, .row = take_row, .arg = &l};
	const char *path;
	struct buf b;
	int e;

	*t = (struct track){.spec = spec};
	buf_init(&b, 2 * (size_t)4096);
	(void)buf_printf(&b, "%s%s%s", spec->csv.path[0] == '/' ? "" : recipe->dir,
			 spec->csv.path[0] == '/' ? "" : "/", spec->csv.path);
	path = buf_str(&b);
	e = csvtable_read(path, &want, f);
	if (e == 0 && t->n > 0)
		qsort(t->row, t->n, sizeof(*t->row), by_time);
	if (e == 0)
		e = unite(t, path, f);
	if (e == 0)
		e = check_spacing(t, path, f);
	if (e == 0 && t->n == 0)
		e = fault_set(f, ERR_NODATA, "%s: no rows", path);
	buf_fini(&b);
	if (e < 0)
		track_fini(t);
	else if (*spec->map_from)
		map_rows(t, recipe, first_ms);
	return e;
}

void track_fini(struct track *t)
{
	free(t->row);
	*t = (struct track){0};
}

/* ---- Questions ----------------------------------------------------------------------------------------- */

int64_t track_known_ms(const struct recipe_series *s, int64_t t_ms)
{
	return is_interval(s) && !is_end_labelled(s) ? t_ms + s->point.period_ms : t_ms;
}

/* The first row with a time stamp above t_ms. */
static size_t row_above(const struct track *t, int64_t t_ms)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->row[mid].t_ms <= t_ms)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t track_after(const struct track *t, int64_t t_ms)
{
	return row_above(t, t_ms - track_known_ms(t->spec, 0));
}

/* The span that row i speaks for. */
static void span_of(const struct track *t, size_t i, int64_t *ret_from, int64_t *ret_to)
{
	int64_t at = t->row[i].t_ms, period = t->spec->point.period_ms;

	*ret_from = at;
	if (is_interval(t->spec)) {
		*ret_from = is_end_labelled(t->spec) ? at - period : at;
		*ret_to = *ret_from + period;
	} else {
		*ret_to = at + HOLD_PERIODS * period;
		if (i + 1 < t->n)
			*ret_to = min_i64(*ret_to, t->row[i + 1].t_ms);
	}
}

double track_mean(const struct track *t, int64_t from_ms, int64_t to_ms)
{
	bool is_energy = t->spec->point.kind == SUANDIAN__V1__VALUE_KIND__KIND_ENERGY;
	int64_t covered_ms = 0, from, to;
	double sum = 0;

	/* From the last row that may speak for from_ms. */
	for (size_t i = row_above(t, from_ms), k = i ? i - 1 : 0; k < t->n; k++) {
		double part;

		span_of(t, k, &from, &to);
		if (from >= to_ms)
			break;
		part = (double)(min_i64(to, to_ms) - max_i64(from, from_ms));
		if (part <= 0)
			continue;
		covered_ms += min_i64(to, to_ms) - max_i64(from, from_ms);
		sum += t->row[k].raw * part / (double)(is_energy ? to - from : to_ms - from_ms);
	}
	return covered_ms == to_ms - from_ms ? sum : NAN;
}
