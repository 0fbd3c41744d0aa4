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

/* A flow through the PCC: +1 import, −1 export. */
static void pcc_column(struct problem_writer *w, int t, double sign, double price, double upper)
{
	problem_column(w, w->p->hours[t] * price, 0, upper);
	problem_entry(w, problem_site_row(w->b, t, ROW_BALANCE), sign);
	if (sign > 0)
		problem_entry(w, problem_site_row(w->b, t, ROW_PEAK), 1);
	for (int e = 0; e < w->p->n_event; e++) {
		if (w->p->event[e].active[t])
			problem_entry(w, w->b->event_row[e][t], sign);
	}
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
}

static void write_generator(struct problem_writer *w, int t, int i)
{
	const struct plant *p = w->p;
	double price = p->hours[t] * p->curtail_price[i], kw = p->generators[i][t];

	problem_column(w, -price, p->curtailable[i] ? 0 : kw, kw);
	problem_entry(w, problem_site_row(w->b, t, ROW_BALANCE), 1);
	w->b->offset += price * kw;
}

static void write_rows(struct problem *b, const struct plant *p)
{
	for (int t = 0; t < p->n; t++) {
		int balance = problem_site_row(b, t, ROW_BALANCE);
		int room = problem_site_row(b, t, ROW_IT_ROOM);
		int peak = problem_site_row(b, t, ROW_PEAK);

		b->lp.row_lower[balance] = b->lp.row_upper[balance] = p->load[t];
		b->lp.row_lower[room] = -INFINITY;
		b->lp.row_upper[room] = p->it_room[t];
		b->lp.row_lower[peak] = -INFINITY;
		b->lp.row_upper[peak] = p->demand_price > 0 ? 0 : INFINITY;
		for (int i = 0; i < p->n_store; i++) {
			int r = problem_store_row(b, t, i);
			double before = t == 0 ? p->store[i].keep[0] * p->store[i].soc_now : 0;

			b->lp.row_lower[r] = b->lp.row_upper[r] = -before;
		}
		for (int i = 0; i < p->n_queue; i++) {
			int r = problem_queue_row(b, t, i);
			double before = t == 0 ? p->queue[i].backlog_now : 0;

			b->lp.row_lower[r] = b->lp.row_upper[r] =
				-(before + p->queue[i].arrivals[t]);
		}
	}
}

/* Numbers rows and columns of events; returns how many active steps there are, or −1 without memory. */
static int number_events(struct problem *b, const struct plant *p, struct arena *a)
{
	int active = 0;

	for (int e = 0; e < p->n_event; e++) {
		b->event_col[e] = ARENA_ARRAY(a, (size_t)p->n, int);
		b->event_row[e] = ARENA_ARRAY(a, (size_t)p->n, int);
		if (!b->event_col[e] || !b->event_row[e])
			return -1;
		for (int t = 0; t < p->n; t++) {
			bool on = p->event[e].active[t];

			b->event_col[e][t] = on ? p->n * b->step_cols + 2 * active : -1;
			b->event_row[e][t] = on ? p->n * b->step_rows + active : -1;
			active += on;
		}
	}
	return active;
}

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

static void write_step(struct problem_writer *w, int t)
{
	write_site(w, t);
	for (int i = 0; i < w->p->n_generators; i++)
		write_generator(w, t, i);
	for (int i = 0; i < w->p->n_store; i++)
		problem_write_store(w, t, i);
	for (int i = 0; i < w->p->n_queue; i++)
		problem_write_queue(w, t, i);
}

struct problem *problem_make(const struct plant *p, struct arena *a)
{
	struct problem *b = ARENA_NEW(a, struct problem);
	struct problem_writer w = {.b = b, .p = p};
	int active, n_cols;

	if (!b)
		return NULL;
	b->plant = p;
	b->step_cols = N_SITE_COLS + p->n_generators + p->n_store * N_STORE_COLS +
		       p->n_queue * N_QUEUE_COLS;
	b->step_rows = N_SITE_ROWS + p->n_store + p->n_queue;
	active = number_events(b, p, a);
	n_cols = p->n * b->step_cols + 2 * active + 1;
	b->peak_col = n_cols - 1;
	/* No column of a step has more than three entries, PCC flows aside, which meet the events too. */
	w.cap = 3 * n_cols + 5 * active + p->n;
	if (active < 0 || !allocate(&b->lp, a, n_cols, p->n * b->step_rows + active, w.cap))
		return NULL;
	write_rows(b, p);
	for (int t = 0; t < p->n; t++)
		write_step(&w, t);
	for (int e = 0; e < p->n_event; e++)
		problem_write_event(&w, e);
	problem_write_peak(&w);
	b->lp.col_start[w.col] = w.nnz;
	REQUIRE(w.col == n_cols);
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
			f->queue[i][t] = x[problem_queue_col(b, t, i, COL_FLOOR)] +
					 x[problem_queue_col(b, t, i, COL_POWER)];
			f->floor[i][t] = b->lp.col_upper[problem_queue_col(b, t, i, COL_FLOOR)];
		}
	}
	flows_follow(p, f);
	return f;
}
