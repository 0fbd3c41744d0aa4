/* From near the optimum to it: what the iterate shows to be at a bound is put there, and the rest is moved, as little as
 * possible, to where the rows hold (primal) and its reduced costs are 0 (dual); Ye's finite termination (1992), with
 * weighted least squares. Where the guess was wrong, the iterate stays. Included once per width after ipm_pass.inc.h. */

#define ROUNDS 3
#define TRIES 3
#define INSIDE 1e-13 /* a bound or a row may be missed by that much */

struct finish {
	struct ipm_work *w;
	bool ended[LANES], use_x[LANES], use_y[LANES];
	double limit[LANES]; /* how much the objective may change */
};

/* best_x := x, with bounds where they belong; d := weights of what is between. */
static void split(const struct ipm_work *w)
{
	for (int i = 0; i < w->s->first[IPM_FREE] * LANES; i++) {
		double t = w->width[i] - w->x[i], m = t < w->x[i] ? t : w->x[i];
		double d = m < 0.1 ? 0.01 : m > 1 ? 1 : m * m;

		w->best_x[i] = w->x[i];
		w->d[i] = 0;
		if (w->varies[i] == 0)
			continue;
		if (w->side[i] < 0)
			w->best_x[i] = 0;
		else if (w->side[i] > 0)
			w->best_x[i] = w->width[i];
		else
			w->d[i] = d;
	}
	for (int i = w->s->first[IPM_FREE] * LANES; i < w->s->first[N_IPM_CLASSES] * LANES; i++) {
		w->best_x[i] = w->x[i];
		w->d[i] = w->varies[i] / w->hold;
	}
}

static void miss(const struct ipm_work *w, const double *x, double ret[LANES])
{
	fold(w, x, w->s->n_groups, w->group);
	times(w, w->rhs, -1, w->resid);
	for (int l = 0; l < LANES; l++)
		ret[l] = 0;
	for (int i = 0; i < w->s->n_rows * LANES; i++)
		ret[i % LANES] = fmax(ret[i % LANES], fabs(w->resid[i]));
}

static void clear(const struct ipm_work *w, double *columns)
{
	memset(columns, 0, sizeof(double) * (size_t)w->s->n_columns * LANES);
}

/* The rows, by moving what is between its bounds. */
static void mend_rows(struct finish *f)
{
	struct ipm_work *w = f->w;
	double before[LANES], after[LANES], change[LANES] = {0};
	int free_from = w->s->first[IPM_FREE] * LANES;

	miss(w, w->x, before);
	clear(w, w->h);
	clear(w, w->dh);
	for (int round = 0; round < ROUNDS; round++) {
		miss(w, w->best_x, after);
		direction(w);
		for (int i = 0; i < w->s->n_columns * LANES; i++) {
			bool direct = i >= w->s->first[IPM_BORDER] * LANES;

			w->best_x[i] += direct ? (w->d[i] > 0 ? w->at[i] : 0) : w->d[i] * w->at[i];
		}
	}
	miss(w, w->best_x, after);
	for (int l = 0; l < LANES; l++)
		f->use_x[l] = f->ended[l] && after[l] <= fmax(before[l], INSIDE);
	for (int i = 0; i < free_from; i++) {
		double over = w->best_x[i] - w->width[i];

		change[i % LANES] += w->cost[i] * (w->best_x[i] - w->x[i]);
		if (!(w->best_x[i] > -INSIDE && over < INSIDE))
			f->use_x[i % LANES] = false;
		/* If there is another try, this one did not belong between its bounds. */
		if (w->best_x[i] <= 0 || over >= 0) {
			w->side[i] = over >= 0 ? 1 : -1;
			w->best_x[i] = over >= 0 ? w->width[i] : 0;
		}
	}
	for (int l = 0; l < LANES; l++)
		f->use_x[l] = f->use_x[l] && fabs(change[l]) <= f->limit[l];
}

/* What y proves, in the method's own units; −INFINITY if a reduced cost leans on nothing. */
static void bound_of(const struct ipm_work *w, const double *y, double ret[LANES])
{
	for (int l = 0; l < LANES; l++)
		ret[l] = 0;
	for (int i = 0; i < w->s->n_rows * LANES; i++)
		ret[i % LANES] += w->rhs[i] * y[i];
	prices(w, y, w->at);
	border_prices(w, y, w->at);
	for (int i = 0; i < w->s->n_columns * LANES; i++) {
		double d = w->cost[i] - w->at[i],
		       least = d < 0 && w->both[i] > 0 ? d * w->width[i] : 0;

		w->h[i] = d;
		if (w->varies[i] == 0)
			least = d;
		else if (fabs(d) > INSIDE &&
			 (i >= w->s->first[IPM_FREE] * LANES || (d < 0 && w->both[i] == 0)))
			least = -INFINITY;
		ret[i % LANES] += least;
	}
}

/* Reduced costs of 0 where a column is between its bounds. */
static void mend_prices(struct finish *f)
{
	struct ipm_work *w = f->w;
	double after[LANES];

	memset(w->resid, 0, sizeof(double) * (size_t)(w->s->n_nodes + 1) * LANES);
	memcpy(w->best_y, w->y, sizeof(double) * (size_t)w->s->n_rows * LANES);
	bound_of(w, w->y, after);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < w->s->n_columns * LANES; i++)
			w->dh[i] = w->d[i] * w->h[i];
		direction(w);
		for (int i = 0; i < w->s->n_rows * LANES; i++)
			w->best_y[i] += w->dy[i];
		bound_of(w, w->best_y, after);
	}
	for (int l = 0; l < LANES; l++)
		f->use_y[l] = f->use_y[l] && after[l] >= w->lane[l].bound;
}

static bool all_mended(const struct finish *f)
{
	bool all = true;

	for (int l = 0; l < LANES; l++)
		all &= f->use_x[l] || !f->ended[l];
	return all;
}

static void finish(struct ipm_work *w)
{
	struct finish f = {.w = w};

	for (int l = 0; l < LANES; l++) {
		f.ended[l] = f.use_y[l] = w->lane[l].end == IPM_CONVERGED;
		f.limit[l] = 2 * w->lane[l].difference + 1e-12;
	}
	/* A lane that is done gives the same again while another tries. */
	for (int i = 0; i < TRIES && !all_mended(&f); i++) {
		split(w);
		scale_matrix(w);
		factor(w);
		mend_rows(&f);
	}
	for (int i = 0; i < w->s->n_columns * LANES; i++)
		w->x[i] = f.use_x[i % LANES] ? w->best_x[i] : w->x[i];
	mend_prices(&f);
	for (int i = 0; i < w->s->n_rows * LANES; i++)
		w->y[i] = f.use_y[i % LANES] ? w->best_y[i] : w->y[i];
	for (int l = 0; l < LANES; l++)
		w->lane[l].finished = f.use_x[l] + 2 * f.use_y[l];
}
