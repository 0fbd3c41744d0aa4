#include "sim/csvfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "common/csvtable.h"

struct reader {
	const struct csv_spec *spec;
	const struct zone *zone;
	struct csv_series out;
	size_t size;
};

static int append(struct reader *r, int64_t t_ms, double value)
{
	struct csv_series *o = &r->out;

	if (o->n + 2 > r->size) {
		size_t size = r->size ? 2 * r->size : 1024;
		int64_t *start = reallocarray(o->start_ms, size, sizeof(*start));
		double *values;

		if (!start)
			return -ENOMEM;
		o->start_ms = start;
		values = reallocarray(o->value, size, sizeof(*values));
		if (!values)
			return -ENOMEM;
		o->value = values;
		r->size = size;
	}
	o->start_ms[o->n] = t_ms;
	o->value[o->n++] = value;
	return 0;
}

static int take_row(void *arg, const struct csvtable_row *row)
{
	struct reader *r = arg;
	const char *time = row->field[0], *number = row->field[1];
	int64_t t_ms;
	double value;
	int e = csvtable_time(row, time, r->zone, &t_ms);

	if (e < 0)
		return e;
	if (num_parse_double(number, -1e18, 1e18, &value) < 0)
		return csvtable_complain(row, ERR_MALFORMED, "not a number:", number);
	if (r->out.n && t_ms <= r->out.start_ms[r->out.n - 1])
		return csvtable_complain(row, ERR_INVALID, "times do not ascend at", time);
	return append(r, t_ms, value);
}

/* From marks of rows to n intervals with n + 1 bounds. */
static int close_intervals(struct reader *r, const char *path, struct fault *f)
{
	struct csv_series *o = &r->out;

	if (o->n < 2)
		return fault_set(f, ERR_NODATA, "%s: fewer than two rows", path);
	if (r->spec->label == 0) {
		o->start_ms[o->n] = 2 * o->start_ms[o->n - 1] - o->start_ms[o->n - 2];
		return 0;
	}
	memmove(o->start_ms + 1, o->start_ms, o->n * sizeof(*o->start_ms));
	o->start_ms[0] = 2 * o->start_ms[1] - o->start_ms[2];
	return 0;
}

/* From the file at path; from text where that is not NULL. */
static int load(const char *path, char *text, struct reader *r, struct csv_series *ret,
		struct fault *f)
{
	const char *const column[] = {r->spec->time_column, r->spec->column};
	struct csvtable_want want = {.column = column, .n = 2, .row = take_row, .arg = r};
	int e = text ? csvtable_parse(path, text, &want, f) : csvtable_read(path, &want, f);

	if (e == 0)
		e = close_intervals(r, path, f);
	if (e < 0) {
		csv_fini(&r->out);
		if (e == -ENOMEM)
			fault_set(f, e, "%s: %s", path, err_text(e));
		return e;
	}
	*ret = r->out;
	return 0;
}

int csv_parse(const char *path, char *text, const struct csv_spec *spec, const struct zone *zone,
	      struct csv_series *ret, struct fault *f)
{
	struct reader r = {.spec = spec, .zone = zone};

	return load(path, text, &r, ret, f);
}

int csv_read(const char *path, const struct csv_spec *spec, const struct zone *zone,
	     struct csv_series *ret, struct fault *f)
{
	struct reader r = {.spec = spec, .zone = zone};

	return load(path, NULL, &r, ret, f);
}

void csv_fini(struct csv_series *c)
{
	free(c->start_ms);
	free(c->value);
	*c = (struct csv_series){0};
}

/* The interval that contains t_ms; n if it lies outside. */
static size_t interval_at(const struct csv_series *c, int64_t t_ms)
{
	size_t lo = 0, hi = c->n;

	if (t_ms < c->start_ms[0] || t_ms >= c->start_ms[c->n])
		return c->n;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->start_ms[mid] <= t_ms)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

int csv_mean(const struct csv_series *c, int64_t from_ms, int64_t to_ms, double *ret)
{
	size_t i = interval_at(c, from_ms);
	double sum = 0;

	for (int64_t t = from_ms; t < to_ms; i++) {
		int64_t next;

		if (i >= c->n)
			return ERR_NODATA;
		next = min_i64(c->start_ms[i + 1], to_ms);
		sum += c->value[i] * (double)(next - t);
		t = next;
	}
	*ret = sum / (double)(to_ms - from_ms);
	return 0;
}
