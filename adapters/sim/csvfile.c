#include "sim/csvfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"

#define COLUMNS_MAX 256

struct reader {
	const char *path;
	const struct csv_spec *spec;
	const struct zone *zone;
	struct fault *fault;
	size_t line;
	int at_time, at_value; /* columns */
	struct csv_series out;
	size_t size;
};

static int complain(struct reader *r, int code, const char *what, const char *text)
{
	return fault_set(r->fault, code, "%s:%zu: %s '%s'", r->path, r->line, what, text);
}

/* The next field at *at, unquoted in place; *at moves behind its comma, NULL after the last. */
static char *next_field(char **at)
{
	char *field = *at, *to = field, *p = field;

	if (*p == '"') {
		for (p++; *p; p++) {
			if (*p == '"' && *++p != '"')
				break;
			*to++ = *p;
		}
	} else {
		while (*p && *p != ',')
			p++;
		to = p;
	}
	while (*p && *p != ',')
		p++;
	*at = *p == ',' ? p + 1 : NULL;
	*to = '\0';
	return field;
}

static int split(struct reader *r, char *line, char **field)
{
	int n = 0;

	for (char *at = line; at; n++) {
		if (n == COLUMNS_MAX)
			return complain(r, ERR_FULL, "more than 256 columns", "");
		field[n] = next_field(&at);
	}
	return n;
}

static int find_columns(struct reader *r, char *line)
{
	char *field[COLUMNS_MAX];
	int n = split(r, line, field);

	r->at_time = r->at_value = -1;
	for (int i = 0; i < n; i++) {
		if (strcmp(field[i], r->spec->time_column) == 0)
			r->at_time = i;
		if (strcmp(field[i], r->spec->column) == 0)
			r->at_value = i;
	}
	if (n < 0)
		return n;
	if (r->at_time < 0)
		return complain(r, ERR_NOTFOUND, "no column", r->spec->time_column);
	if (r->at_value < 0)
		return complain(r, ERR_NOTFOUND, "no column", r->spec->column);
	return 0;
}

static int parse_time(struct reader *r, const char *text, int64_t *ret_ms)
{
	int64_t wall_ms, day, of_day;
	int y, m, d;

	if (num_parse_time_ms(text, INT32_MIN, ret_ms) == 0)
		return 0;
	if (num_parse_time_ms(text, 0, &wall_ms) < 0)
		return complain(r, ERR_MALFORMED, "not a time:", text);
	day = wall_ms / MS_PER_DAY - (wall_ms % MS_PER_DAY < 0);
	of_day = wall_ms - day * MS_PER_DAY;
	num_civil_from_days(day, &y, &m, &d);
	*ret_ms = zone_utc(r->zone, y, m, d, (int)(of_day / MS_PER_H),
			   (int)(of_day % MS_PER_H / MS_PER_MIN)) +
		  of_day % MS_PER_MIN;
	return 0;
}

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

static int take_line(struct reader *r, char *line)
{
	char *field[COLUMNS_MAX] = {0};
	int n = split(r, line, field), e;
	int64_t t_ms;
	double value;

	if (n < 0)
		return n;
	if (r->at_time < 0 || r->at_value < 0 || n <= r->at_time || n <= r->at_value)
		return complain(r, ERR_MALFORMED, "too few columns:", line);
	e = parse_time(r, field[r->at_time], &t_ms);
	if (e < 0)
		return e;
	if (num_parse_double(field[r->at_value], -1e18, 1e18, &value) < 0)
		return complain(r, ERR_MALFORMED, "not a number:", field[r->at_value]);
	if (r->out.n && t_ms <= r->out.start_ms[r->out.n - 1])
		return complain(r, ERR_INVALID, "times do not ascend at", field[r->at_time]);
	return append(r, t_ms, value);
}

/* From marks of rows to n intervals with n + 1 bounds. */
static int close_intervals(struct reader *r)
{
	struct csv_series *o = &r->out;

	if (o->n < 2)
		return fault_set(r->fault, ERR_NODATA, "%s: fewer than two rows", r->path);
	if (r->spec->label == 0) {
		o->start_ms[o->n] = 2 * o->start_ms[o->n - 1] - o->start_ms[o->n - 2];
		return 0;
	}
	memmove(o->start_ms + 1, o->start_ms, o->n * sizeof(*o->start_ms));
	o->start_ms[0] = 2 * o->start_ms[1] - o->start_ms[2];
	return 0;
}

int csv_parse(const char *path, char *text, const struct csv_spec *spec, const struct zone *zone,
	      struct csv_series *ret, struct fault *f)
{
	struct reader r = {.path = path, .spec = spec, .zone = zone, .fault = f};
	int e = 0;

	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	while (e == 0 && *text) {
		char *line = text, *end = strchr(text, '\n');

		text = end ? end + 1 : text + strlen(text);
		if (end)
			*end = '\0';
		if (*line && line[strlen(line) - 1] == '\r')
			line[strlen(line) - 1] = '\0';
		r.line++;
		if (r.line == 1)
			e = find_columns(&r, line);
		else if (*line)
			e = take_line(&r, line);
	}
	if (e == 0)
		e = close_intervals(&r);
	if (e < 0) {
		csv_fini(&r.out);
		if (e == -ENOMEM)
			fault_set(f, e, "%s: %s", path, err_text(e));
		return e;
	}
	*ret = r.out;
	return 0;
}

static int read_text(const char *path, struct buf *b)
{
	FILE *file = fopen(path, "re");
	uint8_t *to;
	size_t n = 1;

	if (!file)
		return -errno;
	while (n > 0 && (to = buf_reserve(b, 65536))) {
		n = fread(to, 1, 65536, file);
		buf_commit(b, n);
	}
	if (b->err == 0 && ferror(file))
		b->err = -EIO;
	(void)fclose(file);
	return b->err;
}

int csv_read(const char *path, const struct csv_spec *spec, const struct zone *zone,
	     struct csv_series *ret, struct fault *f)
{
	struct buf b;
	int r;

	buf_init(&b, CSV_FILE_MAX_B);
	r = read_text(path, &b);
	(void)buf_str(&b);
	if (r == 0)
		r = b.err;
	if (r < 0)
		fault_set(f, r, "%s: %s", path, err_text(r));
	else if (memchr(buf_peek(&b), 0, buf_avail(&b)))
		r = fault_set(f, ERR_MALFORMED, "%s: not a text file", path);
	else
		r = csv_parse(path, (char *)b.data + b.off, spec, zone, ret, f);
	buf_fini(&b);
	return r;
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
