#include "plan/region_problem.h"

#include <math.h>
#include <string.h>

#include "base/require.h"
#include "base/slot.h"

#define KDS 1e3 /* device-seconds per unit of a link's column */
#define MAX_KDS_PER_H 1e9

/* What a column of a site means to the rows over all sites. */
struct tag {
	signed char pcc;  /* +1 import, −1 export */
	signed char left; /* work left in `receiver` at the end of step */
	short receiver, step;
};

struct writer {
	struct region_problem *b;
	struct tag *tag; /* of the site's columns */
	int col, nnz, cap, site;
};

static void column(struct writer *w, double cost, double lower, double upper)
{
	struct lp *lp = &w->b->lp;

	REQUIRE(w->col < lp->n_cols);
	lp->col_start[w->col] = w->nnz;
	lp->cost[w->col] = cost;
	lp->col_lower[w->col] = lower;
	lp->col_upper[w->col] = fmax(lower, upper);
	w->col++;
}

static void entry(struct writer *w, int row, double value)
{
	REQUIRE(w->nnz < w->cap);
	w->b->lp.row_index[w->nnz] = row;
	w->b->lp.element[w->nnz] = value;
	w->nnz++;
}

static void tag_columns(struct writer *w)
{
	const struct problem *p = w->b->site[w->site].problem;

	memset(w->tag, 0, (size_t)p->lp.n_cols * sizeof(*w->tag));
	for (int t = 0; t < w->b->n; t++) {
		for (int c = COL_IMPORT; c <= COL_EXPORT_LIMIT; c++)
			w->tag[problem_site_col(p, t, (enum site_col)c)] = (struct tag){
				.pcc = (signed char)(c < COL_EXPORT ? 1 : -1), .step = (short)t};
		for (int i = 0; i < p->plant->n_queue; i++) {
			int r = region_receiver_of(w->b, w->site, i);
			struct tag tag = {.left = 1, .receiver = (short)r, .step = (short)t};

			if (r == REGION_NO_RECEIVER)
				continue;
			w->tag[problem_work_col(p, t, i, COL_BACKLOG)] = tag;
			w->tag[problem_work_col(p, t, i, COL_LATE)] = tag;
		}
	}
}

static bool is_on(const struct region_limit *l, int site)
{
	for (int i = 0; i < l->n_sites; i++) {
		if (l->sites[i] == site)
			return true;
	}
	return false;
}

static void write_shared(struct writer *w, const struct tag *tag)
{
	struct region_problem *b = w->b;

	for (int l = 0; tag->pcc && l < b->in->n_limits; l++) {
		if (is_on(&b->in->limits[l], w->site))
			entry(w, region_limit_row(b, l, tag->step), tag->pcc);
	}
	if (tag->left) {
		entry(w, region_receiver_row(b, tag->receiver, tag->step), 1);
		if (tag->step + 1 < b->n)
			entry(w, region_receiver_row(b, tag->receiver, tag->step + 1), -1);
	}
}

static void write_site(struct writer *w)
{
	struct region_site *s = &w->b->site[w->site];
	struct lp *from = &s->problem->lp, *to = &w->b->lp;
	size_t rows = (size_t)from->n_rows * sizeof(double);

	tag_columns(w);
	for (int c = 0; c < from->n_cols; c++) {
		column(w, from->cost[c], from->col_lower[c], from->col_upper[c]);
		for (int k = from->col_start[c]; k < from->col_start[c + 1]; k++)
			entry(w, s->first_row + from->row_index[k], from->element[k]);
		write_shared(w, &w->tag[c]);
	}
	memcpy(to->row_lower + s->first_row, from->row_lower, rows);
	memcpy(to->row_upper + s->first_row, from->row_upper, rows);
	from->cost = to->cost + s->first_col;
	from->col_lower = to->col_lower + s->first_col;
	from->col_upper = to->col_upper + s->first_col;
	from->row_lower = to->row_lower + s->first_row;
	from->row_upper = to->row_upper + s->first_row;
}

static double finite_size(double v)
{
	return isfinite(v) ? fabs(v) : 0;
}

static void write_limit(struct writer *w, int i)
{
	struct region_problem *b = w->b;
	const struct region_limit *l = &b->in->limits[i];
	const struct region_bound *x = &b->bound[i];
	double wide = 1;

	for (int k = 0; k < l->n_sites; k++)
		wide += 2 * b->site[l->sites[k]].plant->wide;
	for (int t = 0; t < b->n; t++) {
		double price = b->site[0].plant->hours[t] * x->price;
		double most = wide + finite_size(x->lo[t]) + finite_size(x->hi[t]);
		int row = region_limit_row(b, i, t);

		column(w, price, 0, isfinite(x->hi[t]) ? most : 0);
		entry(w, row, -1);
		column(w, price, 0, isfinite(x->lo[t]) ? most : 0);
		entry(w, row, 1);
		b->lp.row_lower[row] = x->lo[t];
		b->lp.row_upper[row] = x->hi[t];
	}
}

static double all_work_kds(const struct region_problem *b)
{
	double sum = 1;

	for (int s = 0; s < b->in->n_sites; s++) {
		const struct plant *p = b->site[s].plant;

		for (int i = 0; i < p->n_queue; i++) {
			double kwh = p->queue[i].backlog_now;

			for (int t = 0; t < b->n; t++)
				kwh += p->queue[i].arrivals[t];
			sum += kwh / region_kwh_per_kds(b, s, i);
		}
	}
	return sum;
}

/* What a transfer draws counts with the load of its site. */
static void draw_from_feeders(struct writer *w, int site, int t, double kw)
{
	const struct region_site *s = &w->b->site[site];

	for (int i = 0; i < s->plant->n_feeder; i++) {
		if (s->plant->feeder[i].load)
			entry(w, s->first_row + problem_feeder_row(s->problem, t, i), kw);
	}
}

static void write_link(struct writer *w, int i, double all_kds)
{
	struct region_problem *b = w->b;
	const struct region_link *l = &b->in->links[i];
	const struct problem *from = b->site[l->from].problem, *to = b->site[l->to].problem;
	double per_h = fmin(MAX_KDS_PER_H, (double)max_i64(0, l->work_max_ds_per_h) / KDS);
	double price = region_link_price(b, i) + region_link_tie(b, i);
	double sent = region_kwh_per_kds(b, l->from, l->from_queue);
	double reached = region_kwh_per_kds(b, l->to, l->to_queue);
	int sends = region_receiver_of(b, l->from, l->from_queue);

	for (int t = 0; t < b->n; t++) {
		double h = from->plant->hours[t];
		int u = region_arrives(b, i, t);

		column(w, price, 0, u < b->n ? fmin(all_kds, per_h * h) : 0);
		entry(w, b->site[l->from].first_row + problem_site_row(from, t, ROW_BALANCE),
		      -region_link_energy(b, i) / h);
		entry(w, b->site[l->from].first_row + problem_queue_row(from, t, l->from_queue),
		      -sent);
		draw_from_feeders(w, l->from, t, region_link_energy(b, i) / h);
		if (u < b->n)
			entry(w, b->site[l->to].first_row + problem_queue_row(to, u, l->to_queue),
			      reached);
		if (sends != REGION_NO_RECEIVER)
			entry(w, region_receiver_row(b, sends, t), sent);
	}
}

/* What arrives runs in the step in which it arrives: of the rest no more may be left than there was. */
static void write_receivers(struct region_problem *b)
{
	for (int r = 0; r < b->n_receivers; r++) {
		const struct region_receiver *x = &b->receiver[r];
		const struct plant_queue *q = &b->site[x->site].plant->queue[x->queue];

		for (int t = 0; t < b->n; t++) {
			int row = region_receiver_row(b, r, t);

			b->lp.row_lower[row] = -INFINITY;
			b->lp.row_upper[row] = q->arrivals[t] + (t == 0 ? q->backlog_now : 0);
		}
	}
}

/* ---- making ---- */

static bool allocate(struct lp *lp, struct arena *a, int n_cols, int n_rows, int nnz)
{
	size_t c = (size_t)n_cols, r = (size_t)n_rows;

	lp->n_cols = n_cols;
	lp->n_rows = n_rows;
	lp->cost = ARENA_ARRAY(a, c, double);
	lp->col_lower = ARENA_ARRAY(a, c, double);
	lp->col_upper = ARENA_ARRAY(a, c, double);
	lp->row_lower = ARENA_ARRAY(a, r, double);
	lp->row_upper = ARENA_ARRAY(a, r, double);
	lp->col_start = ARENA_ARRAY(a, c + 1, int);
	lp->row_index = ARENA_ARRAY(a, (size_t)nnz, int);
	lp->element = ARENA_ARRAY(a, (size_t)nnz, double);
	return lp->cost && lp->col_lower && lp->col_upper && lp->row_lower && lp->row_upper &&
	       lp->col_start && lp->row_index && lp->element;
}

static int make_sites(struct region_problem *b, struct arena *a, struct fault *f)
{
	b->site = ARENA_ARRAY(a, (size_t)b->in->n_sites, struct region_site);
	if (!b->site)
		return -ENOMEM;
	for (int i = 0; i < b->in->n_sites; i++) {
		int r = plant_make(b->in->sites[i], a, &b->site[i].plant, f);

		if (r && b->in->n_sites > 1)
			fault_prefix(f, "%s", b->in->sites[i]->site);
		if (r)
			return r;
	}
	b->n = b->site[0].plant->n;
	return 0;
}

static bool make_problems(struct region_problem *b, struct arena *a)
{
	int col = 0, row = 0;

	for (int i = 0; i < b->in->n_sites; i++) {
		struct region_site *s = &b->site[i];

		s->problem = problem_make(s->plant, a);
		if (!s->problem)
			return false;
		s->first_col = col;
		s->first_row = row;
		col += s->problem->lp.n_cols;
		row += s->problem->lp.n_rows;
	}
	b->limit_col = col;
	b->limit_row = row;
	b->link_col = col + 2 * b->in->n_limits * b->n;
	b->receiver_row = row + b->in->n_limits * b->n;
	return true;
}

/* At most; the most columns of one site through ret_cols. */
static int count_entries(const struct region_problem *b, int *ret_cols)
{
	int nnz = 2 * b->in->n_limits * b->n + (4 + SITE_MAX_FEEDERS) * b->in->n_links * b->n,
	    most = 0;

	for (int i = 0; i < b->in->n_sites; i++) {
		const struct lp *lp = &b->site[i].problem->lp;

		nnz += lp->col_start[lp->n_cols] + 4 * b->n * b->site[i].plant->n_queue;
		most = lp->n_cols > most ? lp->n_cols : most;
	}
	for (int l = 0; l < b->in->n_limits; l++)
		nnz += b->in->limits[l].n_sites * b->n * (COL_EXPORT_LIMIT - COL_IMPORT + 1);
	*ret_cols = most;
	return nnz;
}

static bool assemble(struct region_problem *b, struct arena *a)
{
	int most, n_cols = b->link_col + b->in->n_links * b->n;
	int n_rows = b->receiver_row + b->n_receivers * b->n;
	struct writer w = {.b = b, .cap = count_entries(b, &most)};
	double all_kds = all_work_kds(b);

	w.tag = ARENA_ARRAY(a, (size_t)most, struct tag);
	if (!w.tag || !allocate(&b->lp, a, n_cols, n_rows, w.cap))
		return false;
	for (; w.site < b->in->n_sites; w.site++)
		write_site(&w);
	for (int l = 0; l < b->in->n_limits; l++)
		write_limit(&w, l);
	for (int l = 0; l < b->in->n_links; l++)
		write_link(&w, l, all_kds);
	write_receivers(b);
	b->lp.col_start[w.col] = w.nnz;
	REQUIRE(w.col == n_cols);
	region_problem_sum(b);
	return true;
}

void region_problem_sum(struct region_problem *b)
{
	b->offset = 0;
	for (int i = 0; i < b->in->n_sites; i++)
		b->offset += b->site[i].problem->offset;
}

int region_problem_outline(const struct plan_region *in, struct arena *a,
			   struct region_problem **ret, struct fault *f)
{
	struct region_problem *b = ARENA_NEW(a, struct region_problem);
	int r;

	if (!b)
		return -ENOMEM;
	b->in = in;
	r = make_sites(b, a, f);
	if (r)
		return r;
	if (!region_make_bounds(b, a))
		return -ENOMEM;
	*ret = b;
	return 0;
}

int region_problem_make(const struct plan_region *in, struct arena *a, struct region_problem **ret,
			struct fault *f)
{
	struct region_problem *b = NULL;
	int r = region_problem_outline(in, a, &b, f);

	if (r)
		return r;
	if (!make_problems(b, a) || !assemble(b, a))
		return -ENOMEM;
	*ret = b;
	return 0;
}
