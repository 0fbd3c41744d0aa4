#include "calc/formulate.h"

#include <math.h>
#include <stdio.h>

#include "calc/formulate_priv.h"

bool formulate_nets(const struct case_storage *s, int t)
{
	return s->eta_c == 1 && s->eta_d == 1 &&
	       s->cycle_cost_charge[t] + s->cycle_cost_discharge[t] >= 0;
}

bool formulate_excludes(const struct site_case *c, int t)
{
	return c->sell[t] >= c->buy[t] || c->buy[t] < 0 || c->grid_binary;
}

void formulate_exclusion(struct formulation *f, struct excluded a, struct excluded b, int mode,
			 const char *what, int t)
{
	if (!f->m.err && (!isfinite(a.most) || !isfinite(b.most)))
		f->m.err = fault_set(f->fault, ERR_INVALID,
				     "%s exclude each other in step %d, and nothing limits them: "
				     "give them a limit",
				     what, t);
	(void)matrix_row(&f->m, -INFINITY, 0);
	matrix_put(&f->m, a.col, 1);
	matrix_put(&f->m, mode, -a.most);
	(void)matrix_row(&f->m, -INFINITY, b.most);
	matrix_put(&f->m, b.col, 1);
	matrix_put(&f->m, mode, b.most);
}

static void grid_columns(struct formulation *f)
{
	const struct site_case *c = f->c;
	double size = f->reach->flow;

	f->l.import = matrix_columns(&f->m, c->n, 0, 0, size);
	f->l.export = matrix_columns(&f->m, c->n, 0, 0, size);
	f->l.curtailed = c->pv_curtailable ? matrix_columns(&f->m, c->n, 0, 0, size) : -1;
	f->l.grid_mode = matrix_choices(&f->m, c->n);
	for (int t = 0; t < c->n; t++) {
		bool binary = f->ex == EXCLUDE_LITERAL ? formulate_excludes(c, t)
						       : c->sell[t] > c->buy[t];

		matrix_bound(&f->m, f->l.import + t, 0, f->reach->import_most[t]);
		matrix_bound(&f->m, f->l.export + t, 0, f->reach->export_most[t]);
		matrix_cost(&f->m, f->l.import + t, c->dt_h * c->buy[t]);
		matrix_cost(&f->m, f->l.export + t, -c->dt_h * c->sell[t]);
		if (c->pv_curtailable)
			matrix_bound(&f->m, f->l.curtailed + t, 0, c->pv[t]);
		if (binary)
			formulate_exclusion(
				f, (struct excluded){f->l.import + t, f->reach->import_most[t]},
				(struct excluded){f->l.export + t, f->reach->export_most[t]},
				f->l.grid_mode + t, "import and export", t);
		else
			matrix_bound(&f->m, f->l.grid_mode + t, 0, 0);
	}
}

static void balance(struct formulation *f, int t)
{
	const struct site_case *c = f->c;
	double fixed = c->load[t] - c->pv[t];

	(void)matrix_row(&f->m, fixed, fixed);
	matrix_put(&f->m, f->l.import + t, 1);
	matrix_put(&f->m, f->l.export + t, -1);
	if (c->pv_curtailable)
		matrix_put(&f->m, f->l.curtailed + t, -1);
	for (int i = 0; i < c->n_storages; i++) {
		matrix_put(&f->m, f->l.storages[i].discharge + t, 1);
		matrix_put(&f->m, f->l.storages[i].charge + t, -1);
	}
	for (int i = 0; i < c->n_loads; i++) {
		const struct layout_load *l = &f->l.loads[i];

		if (l->power >= 0)
			matrix_put(&f->m, l->power + t, -1);
		else
			matrix_put(&f->m, l->on + t, -c->loads[i].power[t]);
	}
}

int formulate(const struct site_case *c, const struct reach *reach, enum exclusions ex,
	      struct arena *a, struct fault *fault, struct programme *ret)
{
	struct formulation f = {.c = c, .reach = reach, .ex = ex, .fault = fault};
	int r;

	matrix_init(&f.m, a);
	f.l.storages = ARENA_ARRAY(a, (size_t)c->n_storages, struct layout_storage);
	f.l.loads = ARENA_ARRAY(a, (size_t)c->n_loads, struct layout_load);
	f.l.charges = ARENA_ARRAY(a, (size_t)c->n_charges, int);
	f.l.peaks = ARENA_ARRAY(a, (size_t)c->n_peaks, int);
	if (!f.l.storages || !f.l.loads || !f.l.charges || !f.l.peaks)
		return -ENOMEM;
	grid_columns(&f);
	formulate_storages(&f);
	formulate_loads(&f);
	for (int t = 0; t < c->n && !f.m.err; t++)
		balance(&f, t);
	formulate_charges(&f);
	formulate_peaks(&f);
	r = matrix_finish(&f.m, &ret->milp);
	if (!r)
		ret->layout = f.l;
	return r;
}

/* ---- Names --------------------------------------------------------------------------------------- */

struct block {
	const char *name;
	int first, n;
};

static bool name_in(const struct block *b, int count, const char *prefix, int col, char *out,
		    size_t n)
{
	for (int i = 0; i < count; i++)
		if (b[i].first >= 0 && col >= b[i].first && col < b[i].first + b[i].n) {
			(void)snprintf(out, n, "%s%s_%d", prefix, b[i].name, col - b[i].first);
			return true;
		}
	return false;
}

void formulate_column_name(const struct site_case *c, const struct layout *l, int col, char *out,
			   size_t n)
{
	const struct block grid[] = {{"import", l->import, c->n},
				     {"export", l->export, c->n},
				     {"curtailed", l->curtailed, c->n},
				     {"importing", l->grid_mode, c->n}};
	bool found = name_in(grid, ARRAY_SIZE(grid), "", col, out, n);
	char prefix[16];

	for (int i = 0; i < c->n_storages && !found; i++) {
		const struct layout_storage *s = &l->storages[i];
		const struct block b[] = {{"charge", s->charge, c->n},
					  {"discharge", s->discharge, c->n},
					  {"soc", s->level, c->n},
					  {"charging", s->mode, c->n},
					  {"short", s->shortfall, c->storages[i].n_targets}};

		(void)snprintf(prefix, sizeof(prefix), "s%d_", i);
		found = name_in(b, ARRAY_SIZE(b), prefix, col, out, n);
	}
	for (int i = 0; i < c->n_loads && !found; i++) {
		const struct layout_load *d = &l->loads[i];
		const struct block b[] = {
			{"power", d->power, c->n}, {"on", d->on, c->n}, {"start", d->start, c->n}};

		(void)snprintf(prefix, sizeof(prefix), "l%d_", i);
		found = name_in(b, ARRAY_SIZE(b), prefix, col, out, n);
	}
	for (int i = 0; i < c->n_charges && !found; i++) {
		const struct block b = {"excess", l->charges[i],
					c->charges[i].aggregate == CASE_SUM ? c->n : 1};

		(void)snprintf(prefix, sizeof(prefix), "c%d_", i);
		found = name_in(&b, 1, prefix, col, out, n);
	}
	for (int i = 0; i < c->n_peaks && !found; i++)
		if (col == l->peaks[i]) {
			(void)snprintf(out, n, "peak_%d", i);
			found = true;
		}
	if (!found)
		(void)snprintf(out, n, "x_%d", col);
}
