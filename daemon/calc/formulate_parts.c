#include <math.h>

#include "calc/formulate_priv.h"

/* ---- Storages ------------------------------------------------------------------------------------ */

/* Binaries where overlap cannot be netted; without them in the first, relaxed programme. */
static bool storage_excludes(const struct formulation *f, const struct case_storage *s, int t)
{
	if (f->ex == EXCLUDE_PROFITABLE)
		return false;
	return f->ex == EXCLUDE_LITERAL || !formulate_nets(s, t);
}

static void storage_step(struct formulation *f, int i, int t)
{
	const struct case_storage *s = &f->c->storages[i];
	const struct reach_storage *r = &f->reach->storages[i];
	const struct layout_storage *l = &f->l.storages[i];
	double dt = f->c->dt_h, before = t > 0 ? 0 : r->keep * s->soc0;

	matrix_bound(&f->m, l->charge + t, 0, r->charge[t]);
	matrix_bound(&f->m, l->discharge + t, 0, r->discharge[t]);
	matrix_bound(&f->m, l->level + t, s->soc_min[t], s->soc_max[t]);
	matrix_cost(&f->m, l->charge + t, dt * s->cycle_cost_charge[t]);
	matrix_cost(&f->m, l->discharge + t, dt * s->cycle_cost_discharge[t]);
	matrix_cost(&f->m, l->level + t, dt * s->hold_cost[t]);

	(void)matrix_row(&f->m, before, before);
	matrix_put(&f->m, l->level + t, 1);
	if (t > 0)
		matrix_put(&f->m, l->level + t - 1, -r->keep);
	matrix_put(&f->m, l->charge + t, -r->gain * dt * s->eta_c);
	matrix_put(&f->m, l->discharge + t, r->gain * dt / s->eta_d);

	if (storage_excludes(f, s, t))
		formulate_exclusion(f, (struct excluded){l->charge + t, r->charge[t]},
				    (struct excluded){l->discharge + t, r->discharge[t]},
				    l->mode + t, "charge and discharge of a storage", t);
	else if (l->mode >= 0)
		matrix_bound(&f->m, l->mode + t, 0, 0);
}

static void target(struct formulation *f, int i, int k)
{
	const struct case_storage *s = &f->c->storages[i];
	const struct case_target *g = &s->targets[k];
	const struct layout_storage *l = &f->l.storages[i];
	bool soft = g->penalty >= 0;

	if (soft) {
		matrix_bound(&f->m, l->shortfall + k, 0, INFINITY);
		matrix_cost(&f->m, l->shortfall + k, g->penalty);
	}
	if (g->op != CASE_LE) {
		(void)matrix_row(&f->m, g->value, INFINITY);
		matrix_put(&f->m, l->level + g->end_of_step, 1);
		if (soft)
			matrix_put(&f->m, l->shortfall + k, 1);
	}
	if (g->op != CASE_GE) {
		(void)matrix_row(&f->m, -INFINITY, g->value);
		matrix_put(&f->m, l->level + g->end_of_step, 1);
		if (soft)
			matrix_put(&f->m, l->shortfall + k, -1);
	}
}

void formulate_storages(struct formulation *f)
{
	const struct site_case *c = f->c;

	for (int i = 0; i < c->n_storages && !f->m.err; i++) {
		const struct case_storage *s = &c->storages[i];
		struct layout_storage *l = &f->l.storages[i];

		l->charge = matrix_columns(&f->m, c->n, 0, 0, f->reach->flow);
		l->discharge = matrix_columns(&f->m, c->n, 0, 0, f->reach->flow);
		l->level = matrix_columns(&f->m, c->n, 0, 0, f->reach->level);
		l->mode = f->ex == EXCLUDE_PROFITABLE ? -1 : matrix_choices(&f->m, c->n);
		l->shortfall = matrix_columns(&f->m, s->n_targets, 0, 0, f->reach->level);
		for (int t = 0; t < c->n && !f->m.err; t++)
			storage_step(f, i, t);
		for (int k = 0; k < s->n_targets && !f->m.err; k++)
			target(f, i, k);
	}
}

/* ---- Loads ---------------------------------------------------------------------------------------- */

static void load_columns(struct formulation *f, const struct case_load *d, struct layout_load *l)
{
	bool counts = d->startup_cost_per_price > 0 || d->single_block;
	int n = f->c->n;

	l->power = d->kind == CASE_CONTINUOUS ? matrix_columns(&f->m, n, 0, 0, f->reach->flow) : -1;
	l->on = d->kind == CASE_ON_OFF || counts ? matrix_choices(&f->m, n) : -1;
	l->start = counts ? matrix_columns(&f->m, n, 0, 1, 1) : -1;
	for (int t = 0; t < n; t++) {
		double most = d->allowed[t] ? d->power[t] : 0;

		if (l->power >= 0)
			matrix_bound(&f->m, l->power + t, 0, most);
		if (l->on >= 0 && !d->allowed[t])
			matrix_bound(&f->m, l->on + t, 0, 0);
		if (l->power >= 0 && l->on >= 0) {
			(void)matrix_row(&f->m, -INFINITY, 0);
			matrix_put(&f->m, l->power + t, 1);
			matrix_put(&f->m, l->on + t, -most);
		}
	}
}

/* start ≥ on − on before. Where a start is paid for (a negative price), it must also be a real one. */
static void load_starts(struct formulation *f, const struct case_load *d,
			const struct layout_load *l)
{
	for (int t = 0; t < f->c->n; t++) {
		double price = d->startup_cost_per_price * f->c->buy[t];
		double before = t == 0 && d->initial_on ? 1 : 0;

		matrix_cost(&f->m, l->start + t, price);
		(void)matrix_row(&f->m, -before, INFINITY);
		matrix_put(&f->m, l->start + t, 1);
		matrix_put(&f->m, l->on + t, -1);
		if (t > 0)
			matrix_put(&f->m, l->on + t - 1, 1);
		if (price >= 0)
			continue;
		(void)matrix_row(&f->m, -INFINITY, 0);
		matrix_put(&f->m, l->start + t, 1);
		matrix_put(&f->m, l->on + t, -1);
		(void)matrix_row(&f->m, -INFINITY, 1 - before);
		matrix_put(&f->m, l->start + t, 1);
		if (t > 0)
			matrix_put(&f->m, l->on + t - 1, 1);
	}
	if (d->single_block) {
		(void)matrix_row(&f->m, -INFINITY, 1);
		for (int t = 0; t < f->c->n; t++)
			matrix_put(&f->m, l->start + t, 1);
	}
}

/* Steps of an on/off load count; a continuous one takes the energy of so many steps at full power. */
static void load_total(struct formulation *f, const struct case_load *d,
		       const struct layout_load *l)
{
	bool steps = d->kind == CASE_ON_OFF && d->steps_on >= 0;
	double total = steps ? d->steps_on : d->energy / f->c->dt_h;

	if (d->kind == CASE_CONTINUOUS && d->steps_on >= 0)
		total = d->steps_on * d->power[0];
	if (d->steps_on < 0 && d->energy < 0)
		return;
	(void)matrix_row(&f->m, total, total);
	for (int t = 0; t < f->c->n; t++)
		if (steps)
			matrix_put(&f->m, l->on + t, 1);
		else if (l->power >= 0)
			matrix_put(&f->m, l->power + t, 1);
		else
			matrix_put(&f->m, l->on + t, d->power[t]);
}

void formulate_loads(struct formulation *f)
{
	for (int i = 0; i < f->c->n_loads && !f->m.err; i++) {
		const struct case_load *d = &f->c->loads[i];
		struct layout_load *l = &f->l.loads[i];

		load_columns(f, d, l);
		if (l->start >= 0)
			load_starts(f, d, l);
		load_total(f, d, l);
	}
}

/* ---- Charges and peaks --------------------------------------------------------------------------------- */

void formulate_charges(struct formulation *f)
{
	const struct site_case *c = f->c;

	for (int i = 0; i < c->n_charges && !f->m.err; i++) {
		const struct case_charge *h = &c->charges[i];
		bool sum = h->aggregate == CASE_SUM;
		int flow = h->over == CASE_IMPORT ? f->l.import : f->l.export;
		int n = sum ? c->n : 1;
		int excess = matrix_columns(&f->m, n, 0, INFINITY, f->reach->flow);

		f->l.charges[i] = excess;
		for (int k = 0; k < n; k++)
			matrix_cost(&f->m, excess + k, h->price * (h->per_hour ? c->dt_h : 1));
		for (int t = 0; t < c->n; t++) {
			(void)matrix_row(&f->m, -INFINITY, h->threshold[t]);
			matrix_put(&f->m, flow + t, 1);
			matrix_put(&f->m, excess + (sum ? t : 0), -1);
		}
	}
}

/* One row per closed interval that counts: peak ≥ mean of history and imports. Intervals follow one another from the
 * beginning of the history. */
static void peak_rows(struct formulation *f, const struct case_peak *p, int peak)
{
	int len = p->interval_steps;

	for (int end = len - p->n_history - 1; end < f->c->n; end += len) {
		double known = 0;

		if (end < 0 || !p->window[end])
			continue;
		for (int k = 0; end < len - p->n_history && k < p->n_history; k++)
			known += p->history[k];
		(void)matrix_row(&f->m, known / len, INFINITY);
		matrix_put(&f->m, peak, 1);
		for (int t = end < len ? 0 : end - len + 1; t <= end; t++)
			matrix_put(&f->m, f->l.import + t, -1.0 / len);
	}
}

void formulate_peaks(struct formulation *f)
{
	for (int i = 0; i < f->c->n_peaks && !f->m.err; i++) {
		const struct case_peak *p = &f->c->peaks[i];

		f->l.peaks[i] = matrix_columns(&f->m, 1, p->incumbent, INFINITY, f->reach->flow);
		matrix_cost(&f->m, f->l.peaks[i], p->price);
		peak_rows(f, p, f->l.peaks[i]);
	}
}
