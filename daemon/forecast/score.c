#include "forecast/score.h"

#include <math.h>
#include <string.h>

#include "base/require.h"

#define ROW_MIN_PERCENT 50
#define DAYS_MIN 3
/* What is learnt counts as if so much more had been seen that says what the method says by itself. */
#define PRIOR 0.3
/* A cell of fewer errors is no distribution. */
#define CELL_MIN 24
/* Beyond so many mean errors of persistence a slot counts for no more: one spike must not teach. */
#define OUTLIER 4.0
#define ISSUE_SLOTS (SLOTS_PER_DAY / SCORE_ISSUES)
#define HOUR_SLOTS (SLOTS_PER_DAY / SCORE_HOURS)

const int score_lead_end[SCORE_LEADS] = {4, 12, 24, 48, 96, 192};

int score_lead(int slots_ahead)
{
	int i = 0;

	while (i < SCORE_LEADS - 1 && slots_ahead >= score_lead_end[i])
		i++;
	return i;
}

/* ---- The slots ----------------------------------------------------------------------------------- */

static void prepare(const struct method *m, const struct dayview *v, int from, struct score_work *w)
{
	for (int row = from; row < DAYVIEW_ROWS; row++) {
		for (int i = 0; i < 3; i++) {
			method_base(m, v, row, row - i, w->base[i][row], NULL);
			method_scale_of(m, v, row - i, w->base[i][row], w->scale[i][row]);
		}
	}
}

static void add_slot(const struct method *m, const struct dayview *v, struct score_work *w,
		     int issue, int ahead, double departure)
{
	int at = issue + ahead, row = at / SLOTS_PER_DAY, p = at % SLOTS_PER_DAY;
	int made = row - issue / SLOTS_PER_DAY;
	float base = w->base[made][row][p], scale = w->scale[made][row][p];
	struct target t = {row, p, issue / SLOTS_PER_DAY, issue % SLOTS_PER_DAY};
	int day = row;
	double persist = method_persist(v, &t, &day);
	float truth = v->at[row][p];
	struct score_slot *s = &w->slot[w->n];

	if (isnan(truth) || isnan(base) || isnan(persist))
		return;
	s->similar = truth - base;
	s->departure = isnan(departure) ? 0 : (float)departure * scale;
	s->persist = truth - (float)persist;
	s->other = method_may_blend(m, v, row, day) ? (float)persist - base : 0;
	s->scale = scale;
	s->lead = (uint8_t)score_lead(ahead);
	s->hour = (uint8_t)(p / HOUR_SLOTS);
	w->n++;
}

static int collect(const struct method *m, const struct dayview *v, int from, struct score_work *w)
{
	int days = 0;

	w->n = 0;
	for (int row = from; row < DAYVIEW_TODAY; row++) {
		struct departure d = {{w->base[0][row - 1], w->base[0][row]},
				      {w->scale[0][row - 1], w->scale[0][row]}};
		uint32_t before = w->n;

		for (int k = 0; k < SCORE_ISSUES; k++) {
			int issue = row * SLOTS_PER_DAY + k * ISSUE_SLOTS;
			int end = (int)min_i64(SCORE_REACH, DAYVIEW_TODAY * SLOTS_PER_DAY - issue);
			double r = method_departure(m, v, row, k * ISSUE_SLOTS, &d);

			for (int ahead = 0; ahead < end; ahead++)
				add_slot(m, v, w, issue, ahead, r);
		}
		days += w->n > before;
	}
	return days;
}

/* ---- What they teach ----------------------------------------------------------------------------- */

/* Sums of products of the error of the base (e), today's departure (z) and what persistence says otherwise (d). */
struct products {
	double zz, zd, dd, ze, de;
};

struct prior {
	double carry, blend;
};

/* Least squares of e against z and d, drawn a little to what the method says by itself, held to [0, 1]. */
static void solve(const struct products *p, const struct prior *by, float *ret_carry,
		  float *ret_blend)
{
	double a = p->zz * (1 + PRIOR), b = p->dd * (1 + PRIOR);
	double ze = p->ze + PRIOR * by->carry * p->zz, de = p->de + PRIOR * by->blend * p->dd;
	double det = a * b - p->zd * p->zd, c = by->carry, w = by->blend;

	if (det > 0) {
		c = (ze * b - de * p->zd) / det;
		w = (de * a - ze * p->zd) / det;
	} else if (b > 0) {
		w = de / b;
	}
	w = fmin(fmax(w, 0), 1);
	/* the other one anew, where one of them is at its limit */
	if (a > 0)
		c = (ze - w * p->zd) / a;
	c = fmin(fmax(c, 0), 1);
	if (b > 0)
		w = fmin(fmax((de - c * p->zd) / b, 0), 1);
	*ret_carry = (float)c;
	*ret_blend = (float)w;
}

static void learn(const struct method *m, const struct score_work *w, struct score *r)
{
	struct products p[SCORE_LEADS] = {0};
	double size = 0;

	for (uint32_t i = 0; i < w->n; i++)
		size += fabs((double)w->slot[i].persist);
	size *= OUTLIER / (w->n ? w->n : 1);
	for (uint32_t i = 0; i < w->n; i++) {
		const struct score_slot *s = &w->slot[i];
		double e = (double)s->similar, z = (double)s->departure;
		double d = (double)s->other;
		struct products *x = &p[s->lead];
		double most = fmax(fmax(fabs(e), fabs(z)), fabs(d));
		double weight = most > size ? size * size / (most * most) : 1;

		x->zz += weight * z * z;
		x->zd += weight * z * d;
		x->dd += weight * d * d;
		x->ze += weight * z * e;
		x->de += weight * d * e;
	}
	for (int i = 0; i < SCORE_LEADS; i++) {
		int begin = i ? score_lead_end[i - 1] : 0;
		double h = (begin + score_lead_end[i]) / 8.0;

		solve(&p[i], &(struct prior){exp(-h / m->tau_h), m->blend}, &r->carry[i],
		      &r->blend[i]);
	}
}

static float error_of(const struct score *r, const struct score_slot *s)
{
	return r->similar ? s->similar - r->carry[s->lead] * s->departure -
				    r->blend[s->lead] * s->other
			  : s->persist;
}

static void compare(const struct score_work *w, double mean, struct score *r)
{
	double similar = 0, persist = 0;

	r->similar = true;
	for (uint32_t i = 0; i < w->n; i++) {
		double e = (double)error_of(r, &w->slot[i]);

		similar += e * e;
		persist += (double)w->slot[i].persist * (double)w->slot[i].persist;
	}
	r->n = w->n;
	r->similar = similar < persist;
	r->rrmse = mean > 0 ? sqrt(similar / w->n) / mean : 0;
	r->persist = mean > 0 ? sqrt(persist / w->n) / mean : 0;
}

/* ---- Quantiles ----------------------------------------------------------------------------------- */

static void swap(float *a, float *b)
{
	float t = *a;

	*a = *b;
	*b = t;
}

/* The k-th smallest (Hoare's selection). */
static float select_kth(float *x, int n, int k)
{
	int lo = 0, hi = n - 1;

	while (lo < hi) {
		float pivot = x[(lo + hi) / 2];
		int i = lo, j = hi;

		while (i <= j) {
			while (x[i] < pivot)
				i++;
			while (x[j] > pivot)
				j--;
			if (i <= j)
				swap(&x[i++], &x[j--]);
		}
		if (k <= j)
			hi = j;
		else if (k >= i)
			lo = i;
		else
			break;
	}
	return x[k];
}

/* Errors of one day go together, so that n of them tell no more than `days` do: of so few the outer ones are taken
 * that a new day falls inside with the chance promised (split conformal prediction: rank (days + 1) · 0.9). */
static void quantiles(float *x, int n, int days, float ret[SCORE_QUANTILES])
{
	double tail = fmax(1 - 0.9 * (days + 1) / days, 0);
	int k = (int)((n - 1) * tail);

	ret[0] = select_kth(x, n, k);
	ret[1] = select_kth(x, n, (n - 1) / 2);
	ret[2] = select_kth(x, n, n - 1 - k);
}

static int cell_of(const struct score_slot *s)
{
	return s->lead * SCORE_HOURS + s->hour;
}

/* All errors in their scale, those of a lead and hour side by side (counting sort). */
static void sort_cells(const struct score *r, struct score_work *w)
{
	uint32_t at[SCORE_LEADS * SCORE_HOURS];

	memset(w->cell, 0, sizeof(w->cell));
	for (uint32_t i = 0; i < w->n; i++)
		w->cell[cell_of(&w->slot[i]) + 1] += w->slot[i].scale > 0;
	for (int c = 0; c < SCORE_LEADS * SCORE_HOURS; c++) {
		at[c] = w->cell[c];
		w->cell[c + 1] += w->cell[c];
	}
	for (uint32_t i = 0; i < w->n; i++) {
		const struct score_slot *s = &w->slot[i];

		if (s->scale > 0)
			w->sorted[at[cell_of(s)]++] = error_of(r, s) / s->scale;
	}
}

static void spread_lead(struct score_work *w, struct score *r, int lead)
{
	const uint32_t *cell = &w->cell[lead * SCORE_HOURS];
	int total = (int)(cell[SCORE_HOURS] - cell[0]);
	float all[SCORE_QUANTILES] = {0};

	if (lead > 0)
		memcpy(all, r->off[lead - 1][0], sizeof(all));
	/* hours first: to select among all of them mixes them */
	for (int hour = 0; hour < SCORE_HOURS; hour++) {
		int n = (int)(cell[hour + 1] - cell[hour]);

		if (n >= CELL_MIN)
			quantiles(&w->sorted[cell[hour]], n, r->days, r->off[lead][hour]);
	}
	if (total >= CELL_MIN)
		quantiles(&w->sorted[cell[0]], total, r->days, all);
	for (int hour = 0; hour < SCORE_HOURS; hour++) {
		if (cell[hour + 1] - cell[hour] < CELL_MIN)
			memcpy(r->off[lead][hour], all, sizeof(all));
	}
}

static void spread(struct score_work *w, struct score *r)
{
	sort_cells(r, w);
	for (int lead = 0; lead < SCORE_LEADS; lead++)
		spread_lead(w, r, lead);
}

static double mean_magnitude(const struct dayview *v, int from)
{
	double sum = 0;
	int n = 0;

	for (int row = from; row < DAYVIEW_TODAY; row++) {
		for (int p = 0; p < SLOTS_PER_DAY; p++) {
			if (isnan(v->at[row][p]))
				continue;
			sum += fabs((double)v->at[row][p]);
			n++;
		}
	}
	return n ? sum / n : 0;
}

void score_make(const struct method *m, const struct dayview *v, struct score_work *w,
		struct score *ret)
{
	int from = DAYVIEW_TODAY - SCORE_DAYS;

	REQUIRE(from >= 3);
	memset(ret, 0, sizeof(*ret));
	prepare(m, v, from - 1, w);
	ret->days = collect(m, v, from, w);
	learn(m, w, ret);
	if (ret->days < DAYS_MIN) {
		ret->days = 0;
		return;
	}
	compare(w, mean_magnitude(v, from), ret);
	spread(w, ret);
}
