#include "calc/plot.h"

#include <math.h>
#include <string.h>

#define MARGIN 22
#define HEIGHT 4
#define MIN_COLUMNS 20

struct canvas {
	struct buf *b;
	int n, columns; /* steps, and columns that they are drawn in */
	bool ascii;
};

/* The mean of the steps that a column stands for; where there are fewer steps than columns, a step is repeated. */
static double column(const struct canvas *k, const double *x, int col)
{
	int from = (int)((int64_t)col * k->n / k->columns);
	int to = (int)((int64_t)(col + 1) * k->n / k->columns);
	double sum = 0;

	if (to <= from)
		return x[from];
	for (int t = from; t < to; t++)
		sum += x[t];
	return sum / (to - from);
}

/* One cell: how much of it is filled, in eighths. */
static void cell(const struct canvas *k, double eighths)
{
	static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const plain[] = {" ", ".", ".", ":", ":", "+", "+", "#", "#"};
	int i = (int)fmin(8, fmax(0, round(eighths)));

	(void)buf_printf(k->b, "%s", k->ascii ? plain[i] : blocks[i]);
}

/* A panel of bars from the lower of 0 and the least to the greatest. */
static void panel(const struct canvas *k, const char *name, const double *x)
{
	double lo = 0, hi = 0;

	for (int t = 0; t < k->n; t++) {
		lo = fmin(lo, x[t]);
		hi = fmax(hi, x[t]);
	}
	if (lo == hi) {
		(void)buf_printf(k->b, "%-*.*s all 0\n", MARGIN, MARGIN, name);
		return;
	}
	for (int row = HEIGHT - 1; row >= 0; row--) {
		if (row == HEIGHT - 1)
			(void)buf_printf(k->b, "%-11.11s%10.4g |", name, hi);
		else if (row == 0)
			(void)buf_printf(k->b, "%-11.11s%10.4g |", "", lo);
		else
			(void)buf_printf(k->b, "%-11.11s %9s |", "", "");
		for (int c = 0; c < k->columns; c++)
			cell(k, ((column(k, x, c) - lo) / (hi - lo) * HEIGHT - row) * 8);
		(void)buf_printf(k->b, "\n");
	}
}

static void axis(const struct canvas *k)
{
	char last[16];
	int n = snprintf(last, sizeof(last), "%d", k->n - 1);

	(void)buf_printf(k->b, "%-11s %9s  0", "step", "");
	(void)buf_printf(k->b, "%*s\n", k->columns > n + 1 ? k->columns - 1 : n + 1, last);
}

static const char *named(const char *name, const char *what, int i, char *out, size_t n)
{
	if (name)
		(void)snprintf(out, n, "%.24s", name);
	else
		(void)snprintf(out, n, "%s %d", what, i);
	return out;
}

static void plot_storages(const struct canvas *k, const struct site_case *c,
			  const struct schedule *s, double *net)
{
	char name[32];

	for (int i = 0; i < c->n_storages; i++) {
		for (int t = 0; t < c->n; t++)
			net[t] = s->storages[i].charge[t] - s->storages[i].discharge[t];
		panel(k, named(c->storages[i].name, "storage", i, name, sizeof(name)), net);
		panel(k, "  soc", s->storages[i].level);
	}
}

void plot_variant(struct buf *b, const struct case_variant *v, const struct exact *x, int width,
		  bool ascii)
{
	const struct site_case *c = &v->data;
	struct canvas k = {.b = b, .n = c->n, .ascii = ascii};
	double *net;
	char name[32];

	(void)buf_printf(b, "%s: %s", v->name, exact_status_name(x->status));
	if (x->status != EXACT_OPTIMAL && x->status != EXACT_UNPROVEN) {
		(void)buf_printf(b, "\n");
		return;
	}
	(void)buf_printf(b, ", cost %.10g, gap %.2g\n", x->cost, x->gap);
	k.columns = width - MARGIN - 1;
	k.columns = k.columns < MIN_COLUMNS ? MIN_COLUMNS : k.columns;
	/* Whole columns for a step, where there is room. */
	if (k.columns > c->n)
		k.columns -= k.columns % c->n;
	net = calloc((size_t)c->n, sizeof(*net));
	if (!net) {
		b->err = b->err ? b->err : -ENOMEM;
		return;
	}
	for (int t = 0; t < c->n; t++)
		net[t] = x->schedule.import[t] - x->schedule.export[t];
	panel(&k, "buy", c->buy);
	panel(&k, "net import", net);
	if (c->pv_curtailable)
		panel(&k, "curtailed", x->schedule.curtailed);
	plot_storages(&k, c, &x->schedule, net);
	for (int i = 0; i < c->n_loads; i++)
		panel(&k, named(c->loads[i].name, "load", i, name, sizeof(name)),
		      x->schedule.loads[i].power);
	axis(&k);
	free(net);
}
