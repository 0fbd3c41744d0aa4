#include "sim/jobs_make.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/num.h"
#include "common/csvtable.h"
#include "sim/noise.h"

struct maker {
	const struct scenario_queue *queue;
	const struct jobs_span *span;
	struct job_list out;
	size_t size;
	int64_t shift_ms; /* csv: from times of the trace to those of the run */
};

static struct job *append(struct maker *m)
{
	if (m->out.n == m->size) {
		size_t size = m->size ? 2 * m->size : 256;
		struct job *at = reallocarray(m->out.at, size, sizeof(*at));

		if (!at)
			return NULL;
		m->out.at = at;
		m->size = size;
	}
	m->out.at[m->out.n] = (struct job){0};
	return &m->out.at[m->out.n++];
}

static int tier_of(const struct jobs_spec *spec, uint64_t key, int64_t index)
{
	double u = noise_uniform(key, index), sum = 0;

	for (int i = 0; i < spec->n_share; i++)
		sum += spec->share[i];
	u *= sum;
	for (int i = 0; i < spec->n_share; i++) {
		if (u < spec->share[i])
			return i;
		u -= spec->share[i];
	}
	return 1;
}

struct wish {
	int64_t index; /* names its chance */
	int64_t arrival_ms;
	double duration_s, devices;
};

static int add(struct maker *m, const struct wish *w)
{
	const struct jobs_spec *spec = &m->queue->jobs;
	const struct plant_queue *plant = &m->queue->plant;
	int64_t slack_ms = spec->slack_ms ? spec->slack_ms : plant->slack_ms;
	int64_t devices =
		clamp_i64(llround(w->devices), 1, min_i64(spec->devices_max, plant->devices));
	int64_t ms = clamp_i64(llround(w->duration_s * 1000), spec->duration_min_ms,
			       spec->duration_max_ms);
	double shift = 2 * noise_uniform(noise_subkey(m->span->key, 11), w->index) - 1;
	int64_t arrival_ms = w->arrival_ms + llround(shift * (double)spec->spread_ms);
	struct job *j;

	if (arrival_ms < m->span->from_ms || arrival_ms >= m->span->to_ms)
		return 0;
	j = append(m);
	if (!j)
		return -ENOMEM;
	j->tier = tier_of(spec, noise_subkey(m->span->key, 12), w->index);
	j->devices = devices;
	j->work_dms = devices * (ms / MS_PER_S) * MS_PER_S;
	j->arrival_ms = arrival_ms;
	/* The due time of what takes longer than the slack is what is left of it after the run itself. */
	j->due_ms = arrival_ms +
		    (spec->slack_ms ? ms + slack_ms : max_i64(slack_ms, ms + slack_ms / 4));
	return 0;
}

/* ---- From a trace ----------------------------------------------------------------------------------------- */

static int take_row(void *arg, const struct csvtable_row *row)
{
	struct maker *m = arg;
	const struct jobs_spec *spec = &m->queue->jobs;
	struct wish w = {.index = (int64_t)row->line};
	double arrival_s, units;
	int r = 0;

	if (num_parse_double(row->field[0], 0, 1e12, &arrival_s) < 0 ||
	    num_parse_double(row->field[1], 0, 1e9, &w.duration_s) < 0 ||
	    num_parse_double(row->field[2], 0, 1e9, &units) < 0)
		return csvtable_complain(row, ERR_MALFORMED, "no job:", row->field[0]);
	w.devices = units * spec->devices_per_unit;
	w.arrival_ms = llround(arrival_s * 1000) + m->shift_ms;
	for (int lap = 0; r == 0 && w.arrival_ms < m->span->to_ms; lap++) {
		r = add(m, &w);
		if (spec->cycle_ms == 0)
			break;
		w.arrival_ms += spec->cycle_ms;
		w.index += (int64_t)1 << 32;
	}
	return r;
}

static int from_file(struct maker *m, struct fault *f)
{
	static const char *const column[] = {"arrival_s", "duration_s", "units"};
	struct csvtable_want want = {.column = column, .n = 3, .row = take_row, .arg = m};
	const char *path = m->queue->jobs.path;
	struct buf full;
	int r;

	m->shift_ms = m->span->from_ms - m->queue->jobs.start_ms;
	buf_init(&full, 4096);
	(void)buf_printf(&full, "%s%s%s", path[0] == '/' ? "" : m->span->dir,
			 path[0] == '/' ? "" : "/", path);
	r = csvtable_read(buf_str(&full), &want, f);
	buf_fini(&full);
	return r;
}

/* ---- From the seed ---------------------------------------------------------------------------------------- */

/* Half as many in the night and on weekends; sizes and durations are log-normal with a long tail (the shape of published
 * GPU cluster traces). */
static int from_seed(struct maker *m)
{
	const struct jobs_spec *spec = &m->queue->jobs;
	int r = 0;

	for (int64_t t = m->span->from_ms; t < m->span->to_ms && r == 0; t += SLOT_MS) {
		struct local_time l = zone_local(m->span->zone, t);
		double busy = (l.hour >= 8 && l.hour < 22 ? 1 : 0.5) * (l.weekday < 5 ? 1 : 0.6);
		uint64_t key = noise_subkey(m->span->key, t / SLOT_MS);
		int n = noise_poisson(noise_subkey(key, 1), 0, spec->per_hour * busy / 4);

		for (int k = 0; k < n && r == 0; k++) {
			struct wish w = {
				.index = t / SLOT_MS * 1000 + k,
				.arrival_ms = t + (int64_t)(noise_uniform(noise_subkey(key, 2), k) *
							    (double)SLOT_MS),
				.duration_s = 3600 * spec->duration_h *
					      exp(0.7 * noise_normal(noise_subkey(key, 3), k)),
				.devices = spec->devices *
					   exp2(round(1.1 * noise_normal(noise_subkey(key, 4), k))),
			};

			r = add(m, &w);
		}
	}
	return r;
}

/* ---- All ---------------------------------------------------------------------------------------------------- */

static int by_arrival(const void *a, const void *b)
{
	const struct job *x = a, *y = b;

	if (x->arrival_ms != y->arrival_ms)
		return x->arrival_ms < y->arrival_ms ? -1 : 1;
	if (x->work_dms != y->work_dms)
		return x->work_dms < y->work_dms ? -1 : 1;
	return (x->devices > y->devices) - (x->devices < y->devices);
}

int jobs_make(const struct scenario_queue *queue, const struct jobs_span *span,
	      struct job_list *ret, struct fault *f)
{
	struct maker m = {.queue = queue, .span = span};
	int r = queue->jobs.kind == JOBS_CSV ? from_file(&m, f) : from_seed(&m);

	if (r < 0) {
		jobs_fini(&m.out);
		return f->code ? r
			       : fault_set(f, r, "jobs of %s: %s", queue->plant.id, err_text(r));
	}
	if (m.out.n)
		qsort(m.out.at, m.out.n, sizeof(*m.out.at), by_arrival);
	for (size_t i = 0; i < m.out.n; i++)
		(void)snprintf(m.out.at[i].id, sizeof(m.out.at[i].id), "%.20s-%.12s-%zu",
			       span->site, queue->plant.id, i + 1);
	*ret = m.out;
	return 0;
}

void jobs_fini(struct job_list *l)
{
	free(l->at);
	*l = (struct job_list){0};
}

/* The first that arrives after t. */
static size_t after(const struct job_list *l, int64_t t_ms)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->at[mid].arrival_ms <= t_ms)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct job_list jobs_between(const struct job_list *l, int64_t from_ms, int64_t to_ms)
{
	size_t a = after(l, from_ms), b = after(l, to_ms);

	return (struct job_list){l->at + a, b - a};
}
