/* What a plant tells the daemon at each step. */
#include "sim/drive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"

static void curve_answered(void *arg, const struct client_answer *answer)
{
	struct drive_site *s = arg;

	if (answer->code == ERR_CLOSED)
		return; /* kept: it is sent again */
	s->out--;
	if (answer->code < 0) {
		struct fault f = *answer->fault;

		(void)fault_prefix(&f, "a forecast is refused");
		drive_fail(s->d, &f);
		return;
	}
	drive_pushed(s->d);
}

static int push_curve(struct drive_site *s, size_t i, double *value, size_t n)
{
	struct client_request how = {.on_answer = curve_answered, .arg = s, .keep = true};
	Suandian__V1__PushCurve body = SUANDIAN__V1__PUSH_CURVE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const struct run *run = s->d->run;
	int r;

	body.point = s->points.id[i];
	body.issue_ms = body.start_ms = run_now(run);
	body.label = SUANDIAN__V1__POINT_LABEL__LABEL_START;
	body.step_ms = (uint32_t)run_scenario(run, s->index)->curves.step_ms;
	body.n_value = n;
	body.value = value;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUSH_CURVE;
	env.push_curve = &body;
	r = client_request(host_client(s->host), &env, &how, NULL);
	if (r < 0)
		return r;
	s->out++;
	s->d->counts.curves++;
	return 0;
}

static int push_curves(struct drive_site *s)
{
	const struct run *run = s->d->run;
	const struct curves *c = &run_scenario(run, s->index)->curves;
	size_t n = (size_t)(c->horizon_ms / c->step_ms);
	double *value = calloc(n, sizeof(*value));
	int r = value ? 0 : -ENOMEM;

	for (size_t i = 0; i < s->points.n && r == 0; i++) {
		if (!s->fresh && !points_is_due(&s->points, i, run_now(run)))
			continue;
		if (points_foresee(&s->points, i, &run->site[s->index].twin[RUN_OBEY], n, value))
			r = push_curve(s, i, value, n);
	}
	free(value);
	s->fresh = false;
	return r;
}

/* ---- Meters that fail ---------------------------------------------------------------------------------- */

static bool is_on(const struct drive_site *s, const struct scenario_fault *f)
{
	int64_t after_ms = run_now(s->d->run) - s->d->run->from_ms;

	return after_ms >= f->after_ms && after_ms < f->after_ms + f->for_ms;
}

bool drive_has_fault(const struct drive_site *s, enum fault_kind kind)
{
	const struct scenario *sc = run_scenario(s->d->run, s->index);

	for (int i = 0; i < sc->n_faults; i++)
		if (sc->faults[i].kind == kind && is_on(s, &sc->faults[i]))
			return true;
	return false;
}

/* "pcc.power" of hongyuan is "hongyuan/pcc.power". */
static bool is_about(const struct scenario_fault *f, const char *site, const char *name)
{
	size_t n = strlen(site);

	return strncmp(name, site, n) == 0 && name[n] == '/' && strcmp(name + n + 1, f->point) == 0;
}

static const struct sim_point *point_of(const struct drive_site *s, uint32_t id)
{
	for (size_t i = 0; i < s->points.n; i++)
		if (s->points.id[i] == id)
			return &s->points.at[i];
	return NULL;
}

static int remember_truth(struct drive_site *s, uint32_t point, int64_t t_ms, double value)
{
	if (s->n_corrections == s->corrections_size) {
		size_t size = s->corrections_size ? 2 * s->corrections_size : 64;
		struct drive_correction *all = reallocarray(s->correction, size, sizeof(*all));

		if (!all)
			return -ENOMEM;
		s->correction = all;
		s->corrections_size = size;
	}
	s->correction[s->n_corrections++] = (struct drive_correction){point, t_ms, value};
	return 0;
}

/* What becomes of a sample: < 0 an error, 0 it is said, 1 it is not. */
static int fail_sample(struct drive_site *s, int fault, uint32_t point, int64_t t_ms, double *value)
{
	const struct scenario_fault *f = &run_scenario(s->d->run, s->index)->faults[fault];
	int r = 0;

	switch (f->kind) {
	case FAULT_FROZEN:
		if (!s->is_frozen[fault])
			s->frozen[fault] = *value;
		s->is_frozen[fault] = true;
		*value = s->frozen[fault];
		break;
	case FAULT_WRONG:
		r = remember_truth(s, point, t_ms, *value);
		*value *= 1 + f->size;
		break;
	case FAULT_STALE:
		return 1;
	case FAULT_ADAPTER:
		break;
	}
	return r;
}

static int fail_samples(struct drive_site *s, struct points_columns *c, size_t *n)
{
	const struct scenario *sc = run_scenario(s->d->run, s->index);
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		const struct sim_point *at = point_of(s, c->point[i]);
		bool silent = false;

		for (int k = 0; k < sc->n_faults && at && !silent; k++) {
			int r;

			if (!is_on(s, &sc->faults[k]) ||
			    !is_about(&sc->faults[k], sc->plant.site, at->name))
				continue;
			r = fail_sample(s, k, c->point[i], c->t_ms[i], &c->value[i]);
			if (r < 0)
				return r;
			silent = r > 0;
		}
		if (silent)
			continue;
		c->point[kept] = c->point[i];
		c->t_ms[kept] = c->t_ms[i];
		c->value[kept++] = c->value[i];
	}
	*n = kept;
	return 0;
}

/* Once the meter is repaired, what it should have said follows. */
static int push_corrections(struct drive_site *s)
{
	int r = 0;

	if (s->n_corrections == 0 || drive_has_fault(s, FAULT_WRONG))
		return 0;
	for (size_t i = 0; i < s->n_corrections && r == 0; i++) {
		const struct drive_correction *c = &s->correction[i];
		struct client_samples one = {.point = &c->point,
					     .t_ms = &c->t_ms,
					     .value = &c->value,
					     .n = 1,
					     .correction = true};

		r = client_push_samples(host_client(s->host), &one);
	}
	s->n_corrections = 0;
	return r;
}

/* ---- Samples ------------------------------------------------------------------------------------------- */

static int push_samples(struct drive_site *s)
{
	const struct run *run = s->d->run;
	const struct run_site *site = &run->site[s->index];
	struct client *c = host_client(s->host);
	struct points_columns columns;
	size_t n = points_sample(&s->points, &site->twin[RUN_OBEY],
				 run->has_row ? &site->row : NULL, &columns);
	int r;

	if (run->has_row && !s->layout) {
		r = client_add_layout(c, columns.point, n);
		if (r < 0)
			return r;
		s->layout = true;
	}
	r = fail_samples(s, &columns, &n);
	if (r == 0)
		r = push_corrections(s);
	if (r < 0)
		return r;
	s->d->counts.samples += n;
	return client_push(c, columns.point, columns.t_ms, columns.value, NULL, n);
}

int drive_push(struct drive_site *s)
{
	int r = push_curves(s);

	return r < 0 ? r : push_samples(s);
}
