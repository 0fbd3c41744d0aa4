#include "ctl/jobfile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

#define COLUMNS_MAX 32
#define JOBS_MAX 200000

struct reader {
	struct ctl *c;
	const char *path;
	int line;
	int column[COLUMNS_MAX]; /* index into columns[] */
	int n_columns;
	struct fault fault;
};

/* ---- Cells ---------------------------------------------------------------------------------------- */

static bool put_count(const char *cell, int64_t *ret)
{
	return num_parse_i64(cell, 0, INT64_MAX / 2, ret) == 0;
}

/* A time as everywhere (times.h), or UTC milliseconds. */
static bool put_time(const struct reader *r, const char *cell, int64_t *ret)
{
	struct time_expr t;

	if (put_count(cell, ret))
		return true;
	if (times_parse(cell, &t))
		return false;
	*ret = times_resolve(&t, r->c->zone, r->c->now_ms);
	return true;
}

static bool put_span(const char *cell, int64_t *ret)
{
	return put_count(cell, ret) || num_parse_duration_ms(cell, ret) == 0;
}

static bool put_u32(const char *cell, uint32_t *ret)
{
	int64_t x;

	if (num_parse_i64(cell, 0, UINT32_MAX, &x))
		return false;
	*ret = (uint32_t)x;
	return true;
}

static bool put_tier(const char *cell, uint32_t *ret)
{
	return put_u32(cell + (*cell == 'F' || *cell == 'f'), ret);
}

static bool put_flag(const char *cell, protobuf_c_boolean *ret)
{
	bool x;

	if (num_parse_bool(cell, &x))
		return false;
	*ret = x;
	return true;
}

static bool put_text(struct reader *r, const char *cell, char **ret)
{
	*ret = arena_strdup(&r->c->arena, cell);
	return *ret != NULL;
}

enum column {
	COL_ID,
	COL_SITE,
	COL_QUEUE,
	COL_TENANT,
	COL_TIER,
	COL_DEVICES,
	COL_MIN_DEVICES,
	COL_WORK,
	COL_ARRIVAL,
	COL_DEADLINE,
	COL_EARLIEST,
	COL_PREEMPTIBLE,
	COL_PERIOD,
	COL_COST,
	COL_MIGRATABLE,
	COL_BYTES,
	N_COLUMNS
};

static const char *const columns[N_COLUMNS] = {"id",
					       "site",
					       "queue",
					       "tenant",
					       "tier",
					       "devices",
					       "min_devices",
					       "work_ds",
					       "arrival",
					       "deadline",
					       "earliest_start",
					       "preemptible",
					       "checkpoint_period",
					       "checkpoint_cost",
					       "migratable",
					       "transfer_bytes"};

static bool put(struct reader *r, Suandian__V1__Job *j, int column, const char *cell)
{
	switch ((enum column)column) {
	case COL_ID:
		return put_text(r, cell, &j->id);
	case COL_SITE:
		return put_text(r, cell, &j->site);
	case COL_QUEUE:
		return put_text(r, cell, &j->queue);
	case COL_TENANT:
		return put_text(r, cell, &j->tenant);
	case COL_TIER:
		return put_tier(cell, &j->tier);
	case COL_DEVICES:
		return put_u32(cell, &j->devices);
	case COL_MIN_DEVICES:
		return put_u32(cell, &j->min_devices);
	case COL_WORK:
		return put_count(cell, &j->work_ds);
	case COL_ARRIVAL:
		return put_time(r, cell, &j->arrival_ms);
	case COL_DEADLINE:
		return put_time(r, cell, &j->deadline_ms);
	case COL_EARLIEST:
		return put_time(r, cell, &j->earliest_start_ms);
	case COL_PREEMPTIBLE:
		return put_flag(cell, &j->preemptible);
	case COL_PERIOD:
		return put_span(cell, &j->checkpoint->period_ms);
	case COL_COST:
		return put_span(cell, &j->checkpoint->cost_ms);
	case COL_MIGRATABLE:
		return put_flag(cell, &j->mobility->migratable);
	case COL_BYTES:
		return put_count(cell, &j->mobility->transfer_bytes);
	case N_COLUMNS:
		break;
	}
	return false;
}

/* ---- Lines ---------------------------------------------------------------------------------------- */

/* The next cell of the line, blanks around it taken off; NULL at the end. */
static char *next_cell(char **at)
{
	char *cell = *at, *end;

	if (!cell)
		return NULL;
	end = cell + strcspn(cell, ",\r\n");
	*at = *end == ',' ? end + 1 : NULL;
	*end = '\0';
	cell += strspn(cell, " \t");
	for (end = cell + strlen(cell); end > cell && (end[-1] == ' ' || end[-1] == '\t');)
		*--end = '\0';
	return cell;
}

static int wrong(struct reader *r, const char *what, const char *cell)
{
	return ctl_usage(r->c, "%s:%d: %s: %s", r->path, r->line, what, cell);
}

static int read_heading(struct reader *r, char *line)
{
	char *cell;

	while ((cell = next_cell(&line))) {
		int k = 0;

		while (k < N_COLUMNS && strcmp(columns[k], cell) != 0)
			k++;
		if (k == N_COLUMNS || r->n_columns == COLUMNS_MAX)
			return wrong(r, "no such column", cell);
		r->column[r->n_columns++] = k;
	}
	return CTL_OK;
}

static Suandian__V1__Job *new_job(struct reader *r)
{
	Suandian__V1__Job *j = ARENA_NEW(&r->c->arena, Suandian__V1__Job);

	if (!j)
		return NULL;
	*j = (Suandian__V1__Job)SUANDIAN__V1__JOB__INIT;
	j->checkpoint = ARENA_NEW(&r->c->arena, Suandian__V1__Checkpoint);
	j->mobility = ARENA_NEW(&r->c->arena, Suandian__V1__Mobility);
	if (!j->checkpoint || !j->mobility)
		return NULL;
	*j->checkpoint = (Suandian__V1__Checkpoint)SUANDIAN__V1__CHECKPOINT__INIT;
	*j->mobility = (Suandian__V1__Mobility)SUANDIAN__V1__MOBILITY__INIT;
	return j;
}

static const char *column_name(int column)
{
	return column >= 0 && column < N_COLUMNS ? columns[column] : "?";
}

static int read_job(struct reader *r, char *line, Suandian__V1__Job **ret)
{
	Suandian__V1__Job *j = new_job(r);
	char *cell;
	int k = 0;

	if (!j)
		return ctl_fail(r->c, -ENOMEM, "%s:%d: out of memory", r->path, r->line);
	while ((cell = next_cell(&line))) {
		if (k == r->n_columns)
			return wrong(r, "more cells than columns", cell);
		if (*cell && !put(r, j, r->column[k], cell))
			return wrong(r, column_name(r->column[k]), cell);
		k++;
	}
	*ret = j;
	return CTL_OK;
}

static bool is_blank(const char *line)
{
	return line[strspn(line, " \t\r\n")] == '\0' || *line == '#';
}

static int read_lines(struct reader *r, FILE *f, Suandian__V1__Job **jobs, size_t *ret_n)
{
	char *line = NULL;
	size_t size = 0, n = 0;
	int rc = CTL_OK;

	while (rc == CTL_OK && getline(&line, &size, f) >= 0) {
		r->line++;
		if (is_blank(line))
			continue;
		if (r->n_columns == 0)
			rc = read_heading(r, line);
		else if (n == JOBS_MAX)
			rc = wrong(r, "more jobs than can be held", "");
		else
			rc = read_job(r, line, &jobs[n++]);
	}
	free(line);
	*ret_n = n;
	return rc;
}

int jobfile_read(struct ctl *c, const char *path, Suandian__V1__Job ***ret, size_t *ret_n)
{
	struct reader r = {.c = c, .path = path};
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	Suandian__V1__Job **jobs;
	size_t n = 0;
	int rc;

	if (!f) {
		int code = errno ? -errno : ERR_NOTFOUND;

		return ctl_fail(c, code, "%s: %s", path, err_text(code));
	}
	jobs = (Suandian__V1__Job **)arena_array(&c->arena, JOBS_MAX, sizeof(Suandian__V1__Job *));
	rc = jobs ? read_lines(&r, f, jobs, &n) : ctl_fail(c, -ENOMEM, "out of memory");
	if (f != stdin)
		(void)fclose(f);
	if (rc != CTL_OK)
		return rc;
	*ret = jobs;
	*ret_n = n;
	return rc;
}
