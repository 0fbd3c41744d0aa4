#include <math.h>

#include "base/require.h"
#include "plan/problem_priv.h"

void problem_column(struct problem_writer *w, double cost, double lower, double upper)
{
	struct lp *lp = &w->b->lp;

	REQUIRE(w->col < lp->n_cols);
	lp->col_start[w->col] = w->nnz;
	lp->cost[w->col] = cost;
	lp->col_lower[w->col] = lower;
	lp->col_upper[w->col] = fmax(lower, upper);
	w->col++;
}

void problem_entry(struct problem_writer *w, int row, double value)
{
	REQUIRE(w->nnz < w->cap);
	w->b->lp.row_index[w->nnz] = row;
	w->b->lp.element[w->nnz] = value;
	w->nnz++;
}

void problem_row(struct problem *b, int row, double lower, double upper)
{
	b->lp.row_lower[row] = lower;
	b->lp.row_upper[row] = upper;
}

/* A flow through the PCC: +1 import, −1 export. */
static void pcc_column(struct problem_writer *w, int t, double sign, double price, double upper)
{
	problem_column(w, w->p->hours[t] * price, 0, upper);
	problem_entry(w, problem_site_row(w->b, t, ROW_BALANCE), sign);
	for (int e = 0; e < w->p->n_event; e++) {
		if (w->p->event[e].active[t])
			problem_entry(w, w->b->event_row[e][t], sign);
	}
	if (sign > 0)
		problem_meet_imports(w, t);
}

static void write_site(struct problem_writer *w, int t)
{
	const struct plant *p = w->p;

	pcc_column(w, t, 1, p->buy[t], p->contracted);
	pcc_column(w, t, 1, p->buy[t] + p->over_demand, p->import_max - p->contracted);
	pcc_column(w, t, 1, p->buy[t] + p->over_demand + p->overload, p->wide);
	pcc_column(w, t, -1, -p->sell[t], p->export_max);
	pcc_column(w, t, -1, -p->sell[t] + p->overload, p->wide);
	problem_column(w, p->hours[t] * p->unserved, 0, p->unserved_max[t]);
	problem_entry(w, problem_site_row(w->b, t, ROW_BALANCE), 1);
	problem_meet_heat(w, t, -1 / p->pue);
	for (int i = 0; i < p->n_feeder; i++) {
		if (p->feeder[i].load)
			problem_entry(w, problem_feeder_row(w->b, t, i), -1);
	}
}

static void write_generator(struct problem_writer *w, int t, int i)
{
	const struct plant *p = w->p;
	double curtail = p->hours[t] * p->curtail_price[i];

	problem_column(w, p->hours[t] * p->generator_price[i] - curtail, p->generator_least[i][t],
		       p->generator_most[i][t]);
	problem_entry(w, problem_site_row(w->b, t, ROW_BALANCE), 1);
	for (int k = 0; k < p->n_feeder; k++) {
		if (p->feeder[k].generator[i])
			problem_entry(w, problem_feeder_row(w->b, t, k), -1);
	}
	w->b->offset += curtail * p->generators[i][t];
}

static void write_step(struct problem_writer *w, int t)
{
	const struct plant *p = w->p;

	write_site(w, t);
	for (int i = 0; i < p->n_generators; i++)
		write_generator(w, t, i);
	for (int i = 0; i < p->n_store; i++)
		problem_write_store(w, t, i);
	for (int i = 0; i < p->n_queue; i++)
		problem_write_queue(w, t, i);
	for (int i = 0; i < p->n_cooling; i++)
		problem_write_cooling(w, t, i);
	for (int i = 0; i < p->n_feeder; i++)
		problem_write_feeder(w, t, i);
}

/* ---- numbers and memory ---- */

static void number_step(struct problem *b, const struct plant *p)
{
	int at = N_SITE_COLS + p->n_generators + p->n_store * N_STORE_COLS;

	for (int i = 0; i < p->n_queue; i++) {
		b->queue_at[i] = at;
		at += 2 * p->queue[i].n_segments + N_QUEUE_WORK_COLS;
	}
	b->queue_at[p->n_queue] = at;
	b->step_cols = at + p->n_cooling * N_COOLING_COLS + p->n_feeder * N_FEEDER_COLS;
	b->step_rows = N_SITE_ROWS + p->n_store + p->n_queue + p->n_cooling + p->n_feeder;
}

/* [n] the next row in each step that has one, −1 in the others. NULL: the arena is full. */
static int *number_steps(const struct plant *p, const bool *has, int *row, struct arena *a)
{
	int *r = ARENA_ARRAY(a, (size_t)p->n, int);

	for (int t = 0; r && t < p->n; t++)
		r[t] = has[t] ? (*row)++ : -1;
	return r;
}

/* Counts what is not in every step; false: the arena is full. */
static bool number_rest(struct problem *b, const struct plant *p, struct arena *a)
{
	int col = p->n * b->step_cols, row = p->n * b->step_rows;

	for (int e = 0; e < p->n_event; e++) {
		b->event_row[e] = number_steps(p, p->event[e].active, &row, a);
		b->event_col[e] = ARENA_ARRAY(a, (size_t)p->n, int);
		if (!b->event_row[e] || !b->event_col[e])
			return false;
		for (int t = 0; t < p->n; t++) {
			b->event_col[e][t] = p->event[e].active[t] ? col : -1;
			col += p->event[e].active[t] ? 2 : 0;
		}
	}
	b->ration_col = col;
	b->ration_row = row;
	col += p->n_ration;
	row += p->n_ration;
	b->demand_col = col;
	col += p->n_demand;
	for (int d = 0; d < p->n_demand; d++) {
		b->demand_row[d] = number_steps(p, p->demand[d].in_window, &row, a);
		if (!b->demand_row[d])
			return false;
	}
	b->lp.n_cols = col;
	b->lp.n_rows = row;
	return true;
}

/* At most: a flow of the PCC and the load not served meet every limit, a column of an asset three rows, the heat and the
 * feeders. */
static int most_entries(const struct problem *b, const struct plant *p)
{
	int own = 3 + p->n_cooling + p->n_feeder;
	int pcc = own + p->n_event + p->n_ration + p->n_demand;

	return p->n * (N_SITE_COLS * pcc + b->step_cols * own + 2 * p->n_event + p->n_demand) +
	       p->n_ration;
}

static bool allocate(struct lp *lp, struct arena *a, int nnz)
{
	size_t c = (size_t)lp->n_cols, r = (size_t)lp->n_rows;

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

static void write_rows(struct problem *b, const struct plant *p)
{
	for (int t = 0; t < p->n; t++) {
		problem_row(b, problem_site_row(b, t, ROW_BALANCE), p->load[t], p->load[t]);
		problem_row(b, problem_site_row(b, t, ROW_IT_ROOM), -INFINITY, p->it_room[t]);
		for (int i = 0; i < p->n_store; i++) {
			double before = t == 0 ? p->store[i].keep[0] * p->store[i].soc_now : 0;

			problem_row(b, problem_store_row(b, t, i), -before, -before);
		}
		for (int i = 0; i < p->n_queue; i++) {
			double work =
				p->queue[i].arrivals[t] + (t == 0 ? p->queue[i].backlog_now : 0);

			problem_row(b, problem_queue_row(b, t, i), -work, -work);
		}
	}
}

static bool make_floors(struct problem *b, const struct plant *p, struct arena *a)
{
	for (int i = 0; i < p->n_queue; i++) {
		b->floor[i] = arena_memdup(a, p->queue[i].tier_floor,
					   (size_t)p->n * sizeof(*b->floor[i]));
		if (!b->floor[i])
			return false;
	}
	return true;
}

struct problem *problem_make(const struct plant *p, struct arena *a)
{
	struct problem *b = ARENA_NEW(a, struct problem);
	struct problem_writer w = {.b = b, .p = p};

	if (!b)
		return NULL;
	b->plant = p;
	number_step(b, p);
	w.cap = most_entries(b, p);
	if (!number_rest(b, p, a) || !allocate(&b->lp, a, w.cap) || !make_floors(b, p, a))
		return NULL;
	write_rows(b, p);
	for (int t = 0; t < p->n; t++)
		write_step(&w, t);
	for (int e = 0; e < p->n_event; e++)
		problem_write_event(&w, e);
	for (int i = 0; i < p->n_ration; i++)
		problem_write_ration(&w, i);
	for (int d = 0; d < p->n_demand; d++)
		problem_write_demand(&w, d);
	b->lp.col_start[w.col] = w.nnz;
	REQUIRE(w.col == b->lp.n_cols);
	return b;
}

struct flows *problem_flows(const struct problem *b, const double *x, struct arena *a)
{
	const struct plant *p = b->plant;
	struct flows *f = flows_new(p, a);

	if (!f)
		return NULL;
	for (int t = 0; t < p->n; t++) {
		f->unserved[t] = x[problem_site_col(b, t, COL_UNSERVED)];
		for (int i = 0; i < p->n_generators; i++)
			f->generators[i][t] = x[problem_generator_col(b, t, i)];
		for (int i = 0; i < p->n_store; i++)
			f->store[i][t] = x[problem_store_col(b, t, i, COL_CHARGE)] -
					 x[problem_store_col(b, t, i, COL_DISCHARGE)];
		for (int i = 0; i < p->n_queue; i++) {
			f->queue[i][t] = 0;
			for (int k = 0; k < 2 * p->queue[i].n_segments; k++)
				f->queue[i][t] += x[problem_power_col(b, t, i, 0, false) + k];
			f->floor[i][t] = b->floor[i][t];
		}
		for (int i = 0; i < p->n_cooling; i++)
			f->cooling[i][t] = x[problem_cooling_col(b, t, i, COL_COOL)];
	}
	flows_follow(p, f);
	return f;
}
