/* What the plant tells the daemon at each step. */
#include "sim/drive.h"

#include <errno.h>
#include <stdlib.h>

#include "base/require.h"

static void curve_answered(void *arg, const struct client_answer *answer)
{
	struct drive *d = arg;

	if (answer->code == ERR_CLOSED)
		return; /* kept: it is sent again */
	d->curves_out--;
	if (answer->code < 0) {
		struct fault f = *answer->fault;

		(void)fault_prefix(&f, "a forecast is refused");
		drive_fail(d, &f);
		return;
	}
	drive_pushed(d);
}

static int push_curve(struct drive *d, size_t i, double *value, size_t n)
{
	struct client_request how = {.on_answer = curve_answered, .arg = d, .keep = true};
	Suandian__V1__PushCurve body = SUANDIAN__V1__PUSH_CURVE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int r;

	body.point = d->points.id[i];
	body.issue_ms = body.start_ms = run_now(d->run);
	body.label = SUANDIAN__V1__POINT_LABEL__LABEL_START;
	body.step_ms = (uint32_t)d->run->exo->scenario->curves.step_ms;
	body.n_value = n;
	body.value = value;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUSH_CURVE;
	env.push_curve = &body;
	r = client_request(host_client(d->adapter), &env, &how, NULL);
	if (r < 0)
		return r;
	d->curves_out++;
	d->counts.curves++;
	return 0;
}

static int push_curves(struct drive *d)
{
	const struct curves *c = &d->run->exo->scenario->curves;
	size_t n = (size_t)(c->horizon_ms / c->step_ms);
	double *value = calloc(n, sizeof(*value));
	int r = value ? 0 : -ENOMEM;

	for (size_t i = 0; i < d->points.n && r == 0; i++) {
		bool first = run_now(d->run) == d->run->from_ms;

		if (!first && !points_is_due(&d->points, i, run_now(d->run)))
			continue;
		if (points_foresee(&d->points, i, &d->run->twin[RUN_OBEY], n, value))
			r = push_curve(d, i, value, n);
	}
	free(value);
	return r;
}

static int push_samples(struct drive *d)
{
	const struct twin_row *row = d->run->has_row ? &d->run->row : NULL;
	struct client *c = host_client(d->adapter);
	struct points_columns columns;
	size_t n = points_sample(&d->points, &d->run->twin[RUN_OBEY], row, &columns);

	if (row && !d->layout) {
		int r = client_add_layout(c, columns.point, n);

		if (r < 0)
			return r;
		d->layout = true;
	}
	d->counts.samples += n;
	return client_push(c, columns.point, columns.t_ms, columns.value, NULL, n);
}

int drive_push(struct drive *d)
{
	int r;

	d->flushed = false;
	r = push_samples(d);
	return r < 0 ? r : push_curves(d);
}
