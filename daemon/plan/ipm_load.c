#include <math.h>
#include <string.h>

#include "plan/ipm_work.h"

/* Ratios up to this between entries are left as they are: the matrices of sites. */
#define EVEN 256
#define ROUNDS 4

struct load {
	struct ipm_work *w;
	const struct ipm_structure *s;
	const struct lp *lp;
	int lane;
	double *row, *col; /* scales of nodes and groups, by powers of two; lent from the work */
};

static int at(const struct load *l, int i)
{
	return i * l->w->lanes + l->lane;
}

static double power_of_two(double v)
{
	int e;

	frexp(v, &e);
	return v > 0 && isfinite(v) ? ldexp(1, e - 1) : 1;
}

/* ---- scales of rows and columns ---- */

static void range(double v, double r[2])
{
	v = fabs(v);
	if (v > 0) {
		r[0] = v < r[0] ? v : r[0];
		r[1] = v > r[1] ? v : r[1];
	}
}

static double centre(const double r[2])
{
	return r[1] > 0 ? 1 / sqrt(r[0] * r[1]) : 1;
}

static void scale_rows(struct load *l)
{
	for (int n = 0; n < l->s->n_rows; n++) {
		double r[2] = {INFINITY, 0};

		for (int k = l->s->cell_start[n]; k < l->s->cell_start[n + 1]; k++) {
			const struct ipm_cell *c = &l->s->cell[k];
			int from = l->s->entry[c->entry].from;

			if (from >= 0)
				range(l->lp->element[from] * l->col[c->group], r);
		}
		l->row[n] = centre(r);
	}
}

static void scale_columns(struct load *l)
{
	for (int g = 0; g < l->s->n_groups; g++) {
		double r[2] = {INFINITY, 0};

		for (int e = l->s->entry_start[g]; e < l->s->entry_start[g + 1]; e++) {
			const struct ipm_entry *x = &l->s->entry[e];

			if (x->from >= 0)
				range(l->lp->element[x->from] * l->row[x->node], r);
		}
		l->col[g] = centre(r);
	}
}

static void make_scales(struct load *l)
{
	double r[2] = {INFINITY, 0};

	for (int n = 0; n < l->s->n_rows; n++)
		l->row[n] = 1;
	for (int g = 0; g < l->s->n_groups; g++)
		l->col[g] = 1;
	for (int e = 0; e < l->s->key.nnz; e++)
		range(l->lp->element[e], r);
	if (r[1] <= EVEN * r[0])
		return;
	for (int i = 0; i < ROUNDS; i++) {
		scale_rows(l);
		scale_columns(l);
	}
	for (int n = 0; n < l->s->n_rows; n++)
		l->row[n] = power_of_two(l->row[n]);
	for (int g = 0; g < l->s->n_groups; g++)
		l->col[g] = power_of_two(l->col[g]);
}

/* ---- columns ---- */

struct box {
	double lower, upper, cost, unit; /* unit negative: taken the other way round */
};

static struct box box_of(const struct load *l, int j, int group)
{
	int o = l->s->origin[j], r = o - l->s->key.n_cols;
	struct box b = {0, 0, 0, 1};

	if (o < 0)
		return b;
	if (r < 0) {
		b = (struct box){l->lp->col_lower[o], l->lp->col_upper[o], l->lp->cost[o],
				 l->col[group]};
	} else {
		b = (struct box){l->lp->row_lower[r], l->lp->row_upper[r], 0,
				 1 / l->row[l->s->node[r]]};
	}
	if (isinf(b.lower) && !isinf(b.upper))
		b = (struct box){-b.upper, -b.lower, -b.cost, -b.unit};
	b.lower /= fabs(b.unit);
	b.upper /= fabs(b.unit);
	b.cost *= fabs(b.unit);
	return b;
}

/* The middle of many magnitudes, by their exponents. */
struct middle {
	int count[2200], n;
};

static void middle_add(struct middle *m, double v)
{
	int e;

	if (v == 0 || !isfinite(v))
		return;
	frexp(v, &e);
	m->count[e + 1100]++;
	m->n++;
}

static double middle_of(const struct middle *m)
{
	int left = m->n / 2, e = 0;

	if (m->n == 0)
		return 1;
	while (m->count[e] <= left)
		left -= m->count[e++];
	return ldexp(1, e - 1100);
}

static void load_column(struct load *l, int j, int group)
{
	struct ipm_work *w = l->w;
	struct box b = box_of(l, j, group);
	bool fixed = !(b.upper > b.lower), is_free = isinf(b.lower);
	int i = at(l, j);

	w->unit[i] = b.unit;
	w->varies[i] = !fixed;
	w->both[i] = !isinf(b.upper);
	w->cost[i] = b.cost;
	w->shift[i] = is_free ? 0 : b.lower;
	w->width[i] = fixed ? 0 : b.upper - b.lower;
}

/* Sizes of what is typical, before everything is divided by them. */
static void choose_scales(struct load *l)
{
	struct middle x = {0}, c = {0};
	const struct ipm_work *w = l->w;

	for (int j = 0; j < l->s->n_columns; j++) {
		int i = at(l, j);

		if (w->varies[i] == 0)
			continue;
		middle_add(&c, w->cost[i]);
		middle_add(&x, 0.5 * w->width[i]);
	}
	for (int n = 0; n < l->s->n_rows; n++)
		middle_add(&x, w->rhs[at(l, n)]);
	l->w->lane[l->lane].scale_x = middle_of(&x);
	l->w->lane[l->lane].scale_c = middle_of(&c);
}

static void divide(struct load *l, struct ipm_lane *q)
{
	struct ipm_work *w = l->w;

	for (int j = 0; j < l->s->n_columns; j++) {
		int i = at(l, j);
		bool fixed = w->varies[i] == 0;

		w->shift[i] /= q->scale_x;
		w->cost[i] /= q->scale_c;
		q->base += w->cost[i] * w->shift[i];
		if (fixed) {
			w->shift[i] -= 1;
			w->cost[i] = 0;
			w->width[i] = 2;
		} else {
			w->width[i] = fmin(IPM_WIDE, w->width[i] / q->scale_x);
		}
		q->norm_c = fmax(q->norm_c, fabs(w->cost[i]));
		q->pairs += 1 + w->both[i];
	}
}

/* ---- the matrix and the right side ---- */

static void load_entries(struct load *l)
{
	const struct ipm_structure *s = l->s;

	for (int g = 0; g < s->n_groups; g++) {
		double sign = l->w->unit[at(l, s->group_first[g])] < 0 ? -1 : 1;

		for (int e = s->entry_start[g]; e < s->entry_start[g + 1]; e++) {
			const struct ipm_entry *x = &s->entry[e];
			double a = x->from < 0
					   ? -1
					   : l->lp->element[x->from] * l->col[g] * l->row[x->node];

			l->w->entry[at(l, e)] = sign * a;
		}
	}
	for (int k = 0; k < s->cell_start[s->n_rows]; k++)
		l->w->cell[at(l, k)] = l->w->entry[at(l, s->cell[k].entry)];
	for (int k = 0; k < s->join_start[s->n_nodes]; k++) {
		const struct ipm_join *j = &s->join[k];
		double one = j->one < 0 ? 1 : l->w->entry[at(l, j->one)];

		l->w->join[at(l, k)] = j->other < 0 ? one : one * l->w->entry[at(l, j->other)];
	}
}

static void load_rows(struct load *l)
{
	for (int r = 0; r < l->s->n_rows; r++) {
		int n = l->s->node[r];

		l->w->row_unit[at(l, n)] = l->s->key.row[r] == IPM_LOOSE ? 0 : l->row[n];
		l->w->rhs[at(l, n)] =
			l->s->key.row[r] == IPM_EQUATION ? l->lp->row_lower[r] * l->row[n] : 0;
	}
}

static void shift_rows(struct load *l, struct ipm_lane *q)
{
	const struct ipm_structure *s = l->s;
	struct ipm_work *w = l->w;

	for (int g = 0; g < s->n_groups; g++) {
		w->group[at(l, g)] = 0;
		for (int j = s->group_first[g]; j < s->group_end[g]; j++)
			w->group[at(l, g)] += w->shift[at(l, j)];
	}
	for (int n = 0; n < s->n_rows; n++) {
		double b = w->rhs[at(l, n)] / q->scale_x;

		for (int k = s->cell_start[n]; k < s->cell_start[n + 1]; k++)
			b -= w->cell[at(l, k)] * w->group[at(l, s->cell[k].group)];
		w->rhs[at(l, n)] = b;
		q->norm_b = fmax(q->norm_b, fabs(b));
	}
}

void ipm_load(struct ipm_work *w, int lane, const struct lp *lp, double offset)
{
	/* room has a value per node, group_d more than one per group: lent until the run begins. */
	struct load l = {w, w->s, lp, lane, w->room, w->group_d};
	struct ipm_lane *q = &w->lane[lane];

	*q = (struct ipm_lane){.norm_b = 1, .norm_c = 1};
	make_scales(&l);
	load_rows(&l);
	for (int g = 0; g < w->s->n_groups; g++) {
		for (int j = w->s->group_first[g]; j < w->s->group_end[g]; j++)
			load_column(&l, j, g);
	}
	for (int j = 0; j < w->s->n_columns; j++) {
		if (w->s->origin[j] < 0)
			load_column(&l, j, 0);
	}
	choose_scales(&l);
	divide(&l, q);
	q->base += offset / (q->scale_x * q->scale_c);
	load_entries(&l);
	shift_rows(&l, q);
	memset(w->room, 0, (size_t)(w->s->n_nodes + 1) * (size_t)w->lanes * sizeof(double));
}
