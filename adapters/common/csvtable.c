#include "common/csvtable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/require.h"

struct reader {
	const struct csvtable_want *want;
	struct csvtable_row row;
	int at[CSVTABLE_WANTED_MAX]; /* columns */
	const char *field[CSVTABLE_WANTED_MAX];
};

int csvtable_complain(const struct csvtable_row *row, int code, const char *what, const char *text)
{
	return fault_set(row->fault, code, "%s:%zu: %s '%s'", row->path, row->line, what, text);
}

/* ---- Lines --------------------------------------------------------------------------------------------- */

/* Unquotes in place; NULL if the quote is not closed. */
static char *take_quoted(char *p, char **ret_end)
{
	char *to = p;

	while (*p && !(*p == '"' && p[1] != '"')) {
		p += *p == '"';
		*to++ = *p++;
	}
	if (*p != '"')
		return NULL;
	*ret_end = to;
	return p + 1;
}

/* The next field at *at; *at moves behind its comma, NULL after the last. NULL: an open quote. */
static char *next_field(char **at)
{
	char *field = *at, *p = field, *end;

	if (*p == '"') {
		p = take_quoted(++field, &end);
		if (!p)
			return NULL;
	} else {
		p += strcspn(p, ",");
		end = p;
	}
	p += strcspn(p, ",");
	*at = *p == ',' ? p + 1 : NULL;
	*end = '\0';
	return field;
}

/* How many fields; < 0: a fault. */
static int split(const struct reader *r, char *line, char **field)
{
	int n = 0;

	for (char *at = line; at; n++) {
		if (n == CSVTABLE_COLUMNS_MAX)
			return csvtable_complain(&r->row, ERR_FULL, "more than 256 columns", "");
		field[n] = next_field(&at);
		if (!field[n])
			return csvtable_complain(&r->row, ERR_MALFORMED,
						 "a quote is not closed:", at);
	}
	return n;
}

static int find_columns(struct reader *r, char *line)
{
	char *field[CSVTABLE_COLUMNS_MAX];
	int n = split(r, line, field);

	if (n < 0)
		return n;
	for (size_t k = 0; k < r->want->n; k++) {
		r->at[k] = -1;
		for (int i = 0; i < n && r->at[k] < 0; i++)
			if (strcmp(field[i], r->want->column[k]) == 0)
				r->at[k] = i;
		if (r->at[k] < 0)
			return csvtable_complain(&r->row, ERR_NOTFOUND, "no column",
						 r->want->column[k]);
	}
	return 0;
}

static int take_line(struct reader *r, char *line)
{
	char *field[CSVTABLE_COLUMNS_MAX] = {0};
	int n = split(r, line, field);

	if (n < 0)
		return n;
	for (size_t k = 0; k < r->want->n; k++) {
		if (n <= r->at[k])
			return csvtable_complain(&r->row, ERR_MALFORMED,
						 "too few columns:", field[0]);
		r->field[k] = field[r->at[k]];
	}
	return r->want->row(r->want->arg, &r->row);
}

int csvtable_parse(const char *path, char *text, const struct csvtable_want *want, struct fault *f)
{
	struct reader r = {.want = want, .row = {.path = path, .fault = f}};
	int e = 0;

	REQUIRE(want->n > 0 && want->n <= CSVTABLE_WANTED_MAX);
	r.row.field = r.field;
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	while (e == 0 && *text) {
		char *line = text, *end = strchr(text, '\n');

		text = end ? end + 1 : text + strlen(text);
		if (end)
			*end = '\0';
		if (*line && line[strlen(line) - 1] == '\r')
			line[strlen(line) - 1] = '\0';
		r.row.line++;
		if (r.row.line == 1)
			e = find_columns(&r, line);
		else if (*line)
			e = take_line(&r, line);
	}
	return e;
}

/* ---- Files --------------------------------------------------------------------------------------------- */

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

int csvtable_read(const char *path, const struct csvtable_want *want, struct fault *f)
{
	struct buf b;
	int r;

	buf_init(&b, CSVTABLE_FILE_MAX_B);
	r = read_text(path, &b);
	(void)buf_str(&b);
	if (r < 0)
		(void)fault_set(f, r, "%s: %s", path, err_text(r));
	else if (memchr(buf_peek(&b), 0, buf_avail(&b)))
		r = fault_set(f, ERR_MALFORMED, "%s: not a text file", path);
	else if (buf_avail(&b) > 0)
		r = csvtable_parse(path, (char *)b.data + b.off, want, f);
	buf_fini(&b);
	return r;
}

/* ---- Times --------------------------------------------------------------------------------------------- */

int csvtable_time(const struct csvtable_row *row, const char *text, const struct zone *zone,
		  int64_t *ret_ms)
{
	int64_t wall_ms, day, of_day, t_ms;
	struct local_time local;
	int y, m, d;

	if (num_parse_time_ms(text, INT32_MIN, ret_ms) == 0)
		return 0;
	if (num_parse_time_ms(text, 0, &wall_ms) < 0)
		return csvtable_complain(row, ERR_MALFORMED, "not a time:", text);
	day = wall_ms / MS_PER_DAY - (wall_ms % MS_PER_DAY < 0);
	of_day = wall_ms - day * MS_PER_DAY;
	num_civil_from_days(day, &y, &m, &d);
	t_ms = zone_utc(zone, y, m, d, (int)(of_day / MS_PER_H),
			(int)(of_day % MS_PER_H / MS_PER_MIN));
	local = zone_local(zone, t_ms);
	if (local.hour * 60 + local.minute != of_day / MS_PER_MIN || local.day != d)
		return csvtable_complain(row, ERR_INVALID, "the declared zone skips the local time",
					 text);
	*ret_ms = t_ms + of_day % MS_PER_MIN;
	return 0;
}
