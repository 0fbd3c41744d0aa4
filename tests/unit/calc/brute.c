#include "brute.h"

#include <coin/Clp_C_Interface.h>
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COLS 96
#define MAX_ROWS 160
#define MAX_N 6

/* Columns per step: import, export, curtailed, then per storage in and out, then per load its level; then one of each
 * charge (or n of them), peak and soft target. */
struct dense {
	const struct site_case *c;
	int cols, rows, extra;
	double cost[MAX_COLS], lo[MAX_COLS], hi[MAX_COLS];
	double row_lo[MAX_ROWS], row_hi[MAX_ROWS];
	double a[MAX_ROWS][MAX_COLS];
	double constant;
	int earliest;
	Clp_Simplex *clp;
};

static int per_step(const struct site_case *c)
{
	return 3 + 2 * c->n_storages + c->n_loads;
}
static int col(const struct dense *d, int t, int which)
{
	return t * per_step(d->c) + which;
}
static int col_in(const struct dense *d, int t, int s)
{
	return col(d, t, 3 + 2 * s);
}
static int col_load(const struct dense *d, int t, int l)
{
	return col(d, t, 3 + 2 * d->c->n_storages + l);
}

static double *row(struct dense *d, double lo, double hi)
{
	ck_assert_int_lt(d->rows, MAX_ROWS);
	d->row_lo[d->rows] = fmax(lo, -DBL_MAX);
	d->row_hi[d->rows] = fmin(hi, DBL_MAX);
	return d->a[d->rows++];
}

static int extra_col(struct dense *d, double cost, double lo)
{
	int c = d->cols++;

	ck_assert_int_lt(c, MAX_COLS);
	d->cost[c] = cost;
	d->lo[c] = lo;
	d->hi[c] = DBL_MAX;
	return c;
}

/* Adds f · (level of storage s at the end of step t) to a row; returns the part that is fixed. */
static double add_level(const struct dense *d, double *r, int s, int t, double f)
{
	const struct case_storage *st = &d->c->storages[s];
	double keep = st->retention, gain = keep == 1 ? 1 : (keep - 1) / log(keep);

	for (int k = 0; k <= t; k++) {
		double w = f * pow(keep, t - k) * gain * d->c->dt_h;

		r[col_in(d, k, s)] += w * st->eta_c;
		r[col_in(d, k, s) + 1] -= w / st->eta_d;
	}
	return f * pow(keep, t + 1) * st->soc0;
}

static void storage_rows(struct dense *d, int s)
{
	const struct case_storage *st = &d->c->storages[s];

	for (int t = 0; t < d->c->n; t++) {
		double *r = row(d, st->soc_min[t], st->soc_max[t]), fixed;

		fixed = add_level(d, r, s, t, 1);
		d->row_lo[d->rows - 1] = fmax(st->soc_min[t] - fixed, -DBL_MAX);
		d->row_hi[d->rows - 1] = fmin(st->soc_max[t] - fixed, DBL_MAX);
		d->cost[col_in(d, t, s)] += d->c->dt_h * st->cycle_cost_charge[t];
		d->cost[col_in(d, t, s) + 1] += d->c->dt_h * st->cycle_cost_discharge[t];
		d->constant += add_level(d, d->cost, s, t, d->c->dt_h * st->hold_cost[t]);
	}
	for (int g = 0; g < st->n_targets; g++) {
		const struct case_target *k = &st->targets[g];
		int miss = k->penalty >= 0 ? extra_col(d, k->penalty, 0) : -1;

		for (int side = -1; side <= 1; side += 2) {
			double *r, fixed;

			if ((side < 0 && k->op == CASE_GE) || (side > 0 && k->op == CASE_LE))
				continue;
			r = row(d, -INFINITY, INFINITY);
			fixed = add_level(d, r, s, k->end_of_step, side);
			d->row_lo[d->rows - 1] = side * k->value - fixed;
			if (miss >= 0)
				r[miss] = 1;
		}
	}
}

static void charge_rows(struct dense *d)
{
	const struct site_case *c = d->c;

	for (int i = 0; i < c->n_charges; i++) {
		const struct case_charge *h = &c->charges[i];
		int excess = -1;

		for (int t = 0; t < c->n; t++) {
			double *r;

			if (excess < 0 || h->aggregate == CASE_SUM)
				excess = extra_col(d, h->price * (h->per_hour ? c->dt_h : 1), 0);
			r = row(d, -h->threshold[t], INFINITY);
			r[excess] = 1;
			r[col(d, t, h->over == CASE_IMPORT ? 0 : 1)] = -1;
		}
	}
	for (int i = 0; i < c->n_peaks; i++) {
		const struct case_peak *p = &c->peaks[i];
		int peak = extra_col(d, p->price, p->incumbent);

		for (int from = -p->n_history; from + p->interval_steps <= c->n;
		     from += p->interval_steps) {
			double *r, known = 0;

			if (!p->window[from + p->interval_steps - 1])
				continue;
			r = row(d, 0, INFINITY);
			r[peak] = p->interval_steps;
			for (int t = from; t < from + p->interval_steps; t++)
				if (t < 0)
					known += p->history[p->n_history + t];
				else
					r[col(d, t, 0)] = -1;
			d->row_lo[d->rows - 1] = known;
		}
	}
}

static void build(struct dense *d)
{
	const struct site_case *c = d->c;

	d->cols = c->n * per_step(c);
	for (int t = 0; t < c->n; t++) {
		double *r = row(d, c->load[t] - c->pv[t], c->load[t] - c->pv[t]);

		r[col(d, t, 0)] = 1;
		r[col(d, t, 1)] = -1;
		r[col(d, t, 2)] = -1;
		for (int s = 0; s < c->n_storages; s++) {
			r[col_in(d, t, s)] = -1;
			r[col_in(d, t, s) + 1] = 1;
		}
		for (int l = 0; l < c->n_loads; l++)
			r[col_load(d, t, l)] = -1;
		d->cost[col(d, t, 0)] = c->dt_h * c->buy[t];
		d->cost[col(d, t, 1)] = -c->dt_h * c->sell[t];
	}
	for (int l = 0; l < c->n_loads; l++) {
		const struct case_load *k = &c->loads[l];
		double total = k->energy / c->dt_h;

		if (k->kind == CASE_CONTINUOUS && k->steps_on >= 0)
			total = k->steps_on * k->power[0];
		if (k->kind == CASE_CONTINUOUS && total >= 0) {
			double *r = row(d, total, total);

			for (int t = 0; t < c->n; t++)
				r[col_load(d, t, l)] = 1;
		}
	}
	for (int s = 0; s < c->n_storages; s++)
		storage_rows(d, s);
	charge_rows(d);
}

/* ---- Patterns ------------------------------------------------------------------------------------ */

static bool needs_pattern(const struct case_load *k)
{
	return k->kind == CASE_ON_OFF || k->single_block || k->startup_cost_per_price > 0;
}

/* Bounds of load l for the pattern; false if the load cannot run so. */
static bool set_load(struct dense *d, int l, unsigned on)
{
	const struct site_case *c = d->c;
	const struct case_load *k = &c->loads[l];
	bool was = k->initial_on, free = !needs_pattern(k);
	int steps = 0, starts = 0;
	double energy = 0;

	for (int t = 0; t < c->n; t++) {
		bool is = free ? k->allowed[t] : (on >> t & 1);
		int at = col_load(d, t, l);

		if (is && !k->allowed[t])
			return false;
		d->hi[at] = is ? k->power[t] : 0;
		d->lo[at] = k->kind == CASE_CONTINUOUS ? 0 : d->hi[at];
		energy += d->hi[at] * c->dt_h;
		steps += is;
		d->earliest += is && !free ? t + 1 : 0;
		if (is && !was && !free) {
			d->constant += k->startup_cost_per_price * c->buy[t];
			starts++;
		}
		was = is;
	}
	if (k->kind == CASE_ON_OFF && k->steps_on >= 0 && steps != k->steps_on)
		return false;
	if (k->kind == CASE_ON_OFF && k->energy >= 0 &&
	    fabs(energy - k->energy) > 1e-9 * fmax(1, k->energy))
		return false;
	return !k->single_block || starts <= 1;
}

static bool apart(const struct site_case *c, int t)
{
	return c->sell[t] >= c->buy[t] || c->buy[t] < 0 || c->grid_binary;
}

/* Bounds of one pattern, taken bit by bit; false if it is none (or one that another stands for). */
static bool set_pattern(struct dense *d, unsigned bits)
{
	const struct site_case *c = d->c;
	unsigned mask = (1U << c->n) - 1;

	for (int l = 0; l < c->n_loads; l++) {
		if (!set_load(d, l, bits & mask))
			return false;
		if (needs_pattern(&c->loads[l]))
			bits >>= c->n;
	}
	for (int s = 0; s < c->n_storages; s++, bits >>= c->n)
		for (int t = 0; t < c->n; t++) {
			bool in = bits >> t & 1;
			int at = col_in(d, t, s);

			d->hi[at] = in ? fmin(c->storages[s].charge_max[t], DBL_MAX) : 0;
			d->hi[at + 1] = in ? 0 : fmin(c->storages[s].discharge_max[t], DBL_MAX);
		}
	for (int t = 0; t < c->n; t++) {
		bool in = bits >> t & 1;
		double most = c->export_max[t];

		for (int s = 0; s < c->n_storages; s++)
			if (c->storages[s].no_discharge_to_grid)
				most = fmin(most, c->pv[t]);
		d->hi[col(d, t, 0)] = apart(c, t) && !in ? 0 : fmin(c->import_max[t], DBL_MAX);
		d->hi[col(d, t, 1)] = apart(c, t) && in ? 0 : fmin(most, DBL_MAX);
		d->hi[col(d, t, 2)] = c->pv_curtailable ? c->pv[t] : 0;
		if (!apart(c, t) && in)
			return false;
	}
	return true;
}

static int pattern_bits(const struct site_case *c)
{
	int n = c->n_storages + 1;

	for (int l = 0; l < c->n_loads; l++)
		n += needs_pattern(&c->loads[l]);
	return n * c->n;
}

static void load_clp(struct dense *d)
{
	int start[MAX_COLS + 1] = {0}, n = 0;
	int *index = calloc(MAX_COLS * MAX_ROWS, sizeof(*index));
	double *value = calloc(MAX_COLS * MAX_ROWS, sizeof(*value));

	ck_assert(index && value);
	for (int c = 0; c < d->cols; c++) {
		for (int r = 0; r < d->rows; r++)
			if (d->a[r][c] != 0) {
				index[n] = r;
				value[n++] = d->a[r][c];
			}
		start[c + 1] = n;
	}
	d->clp = Clp_newModel();
	Clp_setLogLevel(d->clp, 0);
	Clp_loadProblem(d->clp, d->cols, d->rows, start, index, value, d->lo, d->hi, d->cost,
			d->row_lo, d->row_hi);
	free(index);
	free(value);
}

static void try_pattern(struct dense *d, unsigned bits, struct brute *ret)
{
	double base = d->constant, cost;

	d->earliest = 0;
	if (set_pattern(d, bits)) {
		memcpy(Clp_columnLower(d->clp), d->lo, (size_t)d->cols * sizeof(double));
		memcpy(Clp_columnUpper(d->clp), d->hi, (size_t)d->cols * sizeof(double));
		Clp_dual(d->clp, 0);
		ret->patterns++;
		cost = Clp_objectiveValue(d->clp) + d->constant;
		if (Clp_status(d->clp) == 0) {
			double same = 1e-9 * fmax(1, fabs(cost));

			if (!ret->feasible || cost < ret->cost - same ||
			    (cost <= ret->cost + same && d->earliest < ret->earliest))
				ret->earliest = d->earliest;
			ret->cost = ret->feasible ? fmin(ret->cost, cost) : cost;
			ret->feasible = true;
		}
	}
	d->constant = base;
}

void brute_solve(const struct site_case *c, struct brute *ret)
{
	struct dense *d = calloc(1, sizeof(*d));
	int bits = pattern_bits(c);

	ck_assert_ptr_nonnull(d);
	ck_assert_int_le(c->n, MAX_N);
	ck_assert_int_le(bits, 24);
	*ret = (struct brute){0};
	d->c = c;
	build(d);
	load_clp(d);
	for (unsigned b = 0; b < 1U << bits; b++)
		try_pattern(d, b, ret);
	Clp_deleteModel(d->clp);
	free(d);
}
