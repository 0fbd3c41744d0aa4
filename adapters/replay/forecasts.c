#include "replay/forecasts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"
#include "base/num.h"
#include "common/csvtable.h"

struct loader {
	struct forecasts *fc;
	size_t size;
	const struct zone *zone;
};

static int take_row(void *arg, const struct csvtable_row *row)
{
	struct loader *l = arg;
	struct forecasts *fc = l->fc;
	struct forecast_row *r;
	const char *value = row->field[2];
	int e;

	if (fc->n == l->size) {
		size_t size = l->size ? 2 * l->size : 1024;

		r = reallocarray(fc->row, size, sizeof(*r));
		if (!r)
			return fault_set(row->fault, -ENOMEM, "%s: %s", row->path,
					 err_text(-ENOMEM));
		fc->row = r;
		l->size = size;
	}
	r = &fc->row[fc->n];
	*r = (struct forecast_row){.raw = NAN, .line = row->line};
	e = csvtable_time(row, row->field[0], l->zone, &r->issue_ms);
	if (e == 0)
		e = csvtable_time(row, row->field[1], l->zone, &r->t_ms);
	if (e == 0 && *value && strcasecmp(value, "nan") != 0 &&
	    num_parse_double(value, -1e18, 1e18, &r->raw) < 0)
		e = csvtable_complain(row, ERR_MALFORMED, "not a number:", value);
	if (e == 0)
		fc->n++;
	return e;
}

static int by_issue(const void *pa, const void *pb)
{
	const struct forecast_row *a = pa, *b = pb;

	if (a->issue_ms != b->issue_ms)
		return a->issue_ms < b->issue_ms ? -1 : 1;
	if (a->t_ms != b->t_ms)
		return a->t_ms < b->t_ms ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

static bool same_moment(const struct forecast_row *a, const struct forecast_row *b)
{
	return a->issue_ms == b->issue_ms && a->t_ms == b->t_ms;
}

static bool same_value(const struct forecast_row *a, const struct forecast_row *b)
{
	return (isnan(a->raw) && isnan(b->raw)) || (a->raw <= b->raw && a->raw >= b->raw);
}

static int unite(struct forecasts *fc, const char *path, int64_t step_ms, struct fault *f)
{
	size_t n = 0, first = 0;

	for (size_t i = 0; i < fc->n; i++) {
		const struct forecast_row *r = &fc->row[i];
		struct forecast_row *last = n ? &fc->row[n - 1] : NULL;

		if (last && same_moment(r, last)) {
			if (!same_value(r, last))
				return fault_set(f, ERR_INVALID,
						 "%s:%zu: another value than line %zu has", path,
						 r->line, last->line);
			fc->n_doubled++;
			continue;
		}
		if (!last || last->issue_ms != r->issue_ms)
			first = n;
		fc->row[n++] = *r;
		if ((r->t_ms - fc->row[first].t_ms) / step_ms >= RECIPE_STEPS_MAX)
			return fault_set(f, ERR_FULL, "%s:%zu: more than 4096 steps ahead", path,
					 r->line);
		if ((r->t_ms - fc->row[first].t_ms) % step_ms != 0)
			return fault_set(f, ERR_INVALID,
					 "%s:%zu: not whole steps after the first of its issue",
					 path, r->line);
	}
	fc->n = n;
	return 0;
}

int forecasts_load(struct forecasts *fc, const struct recipe *recipe,
		   const struct recipe_series *spec, struct fault *f)
{
	const struct recipe_csv *csv = &spec->curve.csv;
	const char *const column[] = {spec->curve.issue, csv->time, csv->column};
	struct loader l = {.fc = fc, .zone = csv->zone};
	struct csvtable_want want = {.column = column, .n = 3, .row = take_row, .arg = &l};
	struct buf b;
	int e;

	*fc = (struct forecasts){0};
	buf_init(&b, 2 * (size_t)4096);
	(void)buf_printf(&b, "%s%s%s", csv->path[0] == '/' ? "" : recipe->dir,
			 csv->path[0] == '/' ? "" : "/", csv->path);
	e = csvtable_read(buf_str(&b), &want, f);
	if (e == 0 && fc->n > 0)
		qsort(fc->row, fc->n, sizeof(*fc->row), by_issue);
	if (e == 0)
		e = unite(fc, buf_str(&b), spec->curve.step_ms, f);
	buf_fini(&b);
	if (e < 0)
		forecasts_fini(fc);
	return e;
}

void forecasts_fini(struct forecasts *fc)
{
	free(fc->row);
	*fc = (struct forecasts){0};
}

size_t forecasts_issue_end(const struct forecasts *fc, size_t at)
{
	size_t end = at;

	while (end < fc->n && fc->row[end].issue_ms == fc->row[at].issue_ms)
		end++;
	return end;
}
