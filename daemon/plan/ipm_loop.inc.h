/* Mehrotra's predictor–corrector (1992) over the lanes of a work. Included last, once per width. */

#define STEP_LEAST 0.9
#define ODD                                                                                        \
	30 /* a right side so far above the middle is not of this world, nor then where to begin */
#define STEP_MOST 0.9995
#define STALLED_STEP 1e-3
#define STALLED_MAX 8
#define RESID_MAX 1e-9
#define MERIT_KEPT 1e3 /* times what was asked for */

struct loop {
	struct ipm_work *w;
	const struct ipm_ctl *c;
	struct state now;
	double infeasible[LANES], bound[LANES]; /* of rows; Σ rhs·y */
	double step_x[LANES], step_z[LANES];
	int stalled[LANES];
	double merit[LANES]; /* of the best point so far */
	int iteration;
};

/* Boxes begin in their middle, or near the lower bound if they are wide; multipliers by the sign of the cost. */
static void start(struct loop *q)
{
	struct ipm_work *w = q->w;
	int n = w->s->first[IPM_FREE] * LANES;

	for (int i = 0; i < w->s->first[N_IPM_CLASSES] * LANES; i++) {
		bool up = w->cost[i] < 0 && w->both[i] > 0;
		const struct ipm_lane *p = &w->lane[i % LANES];
		bool out = q->c->careful || p->norm_b > ODD;
		double far = out ? fmax(10, p->norm_b) : 3, lift = out ? fmax(10, p->norm_c) : 1;
		double from = fmin(0.5 * w->width[i], far);

		w->x[i] = i >= n ? 0 : up ? w->width[i] - from : from;
		w->z[i] = i >= n ? 0 : fmax(0, w->cost[i]) + lift;
		w->v[i] = i >= n ? 0 : w->both[i] * (fmax(0, -w->cost[i]) + lift);
		w->dx[i] = w->dz[i] = w->dv[i] = w->at[i] = w->price[i] = 0;
	}
	memset(w->y, 0, sizeof(double) * (size_t)(w->s->n_nodes + 1) * LANES);
	memset(w->dy, 0, sizeof(double) * (size_t)(w->s->n_nodes + 1) * LANES);
	for (int l = 0; l < LANES; l++) {
		w->lane[l].end = IPM_RUNNING;
		q->merit[l] = INFINITY;
	}
}

/* Takes the step and measures the new point. */
static void arrive(struct loop *q)
{
	struct ipm_work *w = q->w;
	const struct ipm_structure *s = w->s;

	for (int i = 0; i < s->n_rows * LANES; i++)
		w->y[i] += q->step_z[i % LANES] * w->dy[i];
	border_prices(w, w->y, w->price);
	pass_state(w, q->step_x, q->step_z, &q->now);
	pass_free(w, q->step_x, &q->now);
	fold(w, w->x, s->n_groups, w->group);
	times(w, w->rhs, -1, w->resid);
	for (int l = 0; l < LANES; l++)
		q->infeasible[l] = q->bound[l] = 0;
	for (int i = 0; i < s->n_rows * LANES; i++) {
		q->infeasible[i % LANES] = fmax(q->infeasible[i % LANES], fabs(w->resid[i]));
		q->bound[i % LANES] += w->rhs[i] * w->y[i];
	}
}

static void keep_best(struct loop *q, int l, double merit)
{
	struct ipm_work *w = q->w;

	q->merit[l] = merit;
	for (int i = l; i < w->s->n_columns * LANES; i += LANES) {
		w->best_x[i] = w->x[i];
		w->best_z[i] = w->z[i];
		w->best_v[i] = w->v[i];
	}
	for (int i = l; i < w->s->n_rows * LANES; i += LANES)
		w->best_y[i] = w->y[i];
}

static void judge(struct loop *q, int l)
{
	struct ipm_lane *p = &q->w->lane[l];
	double primal = q->now.primal[l], dual = q->bound[l] + q->now.dual[l], merit;

	p->iterations = q->iteration;
	p->difference = fabs(primal - dual);
	p->bound = dual;
	p->gap = p->difference / (fabs(primal + p->base) + 1e-6 * p->norm_b * p->norm_c);
	p->primal = q->infeasible[l] / fmin(10, p->norm_b);
	p->dual = q->now.resid[l] / p->norm_c;
	merit = fmax(p->gap / q->c->gap, fmax(p->primal, p->dual) / RESID_MAX);
	if (!isfinite(merit)) {
		p->end = IPM_STALLED;
		return;
	}
	if (merit <= 1)
		p->end = IPM_CONVERGED;
	else if (q->stalled[l] >= STALLED_MAX)
		p->end = IPM_STALLED;
	else if (q->iteration >= q->c->max_iterations)
		p->end = IPM_EXHAUSTED;
	if (merit < q->merit[l] && merit < MERIT_KEPT)
		keep_best(q, l, merit);
}

static double longest(double reach)
{
	return 1 / fmax(1, reach);
}

/* How far to centre: by what the affine step alone would reach, cubed. */
static void aim(const struct loop *q, const struct reach *r, double target[LANES])
{
	for (int l = 0; l < LANES; l++) {
		double sum = q->now.mu[l], mu = sum / q->w->lane[l].pairs;
		double ax = longest(r->x[l]), az = longest(r->z[l]);
		double left = sum + ax * r->linear[l] - az * (sum + r->linear[l]) +
			      ax * az * r->square[l];
		double part = fmin(1, fmax(0, left / sum));

		target[l] = part * part * part * mu;
	}
}

static void choose_steps(struct loop *q, const struct reach *r)
{
	for (int l = 0; l < LANES; l++) {
		double mu = q->now.mu[l] / q->w->lane[l].pairs;
		double most = fmin(STEP_MOST, fmax(STEP_LEAST, 1 - mu));
		bool runs = q->w->lane[l].end == IPM_RUNNING;

		if (q->c->careful)
			most = STEP_LEAST;
		q->step_x[l] = runs ? fmin(1, most / fmax(1e-10, r->x[l])) : 0;
		q->step_z[l] = runs ? fmin(1, most / fmax(1e-10, r->z[l])) : 0;
		if (fmax(q->step_x[l], q->step_z[l]) < STALLED_STEP)
			q->stalled[l]++;
		else
			q->stalled[l] = 0;
	}
}

static void go(struct loop *q)
{
	double target[LANES];
	struct reach r;

	scale_matrix(q->w);
	factor(q->w);
	direction(q->w);
	pass_affine(q->w, &r);
	aim(q, &r, target);
	pass_correct(q->w, target);
	direction(q->w);
	pass_combined(q->w, &r);
	choose_steps(q, &r);
}

/* Whether the last step went to the bound at distance x, with multiplier z: the distance fell faster than the multiplier
 * (Tapia's indicators, 1991). */
static bool at_bound(double x, double x0, double z, double z0)
{
	return x < z0 && x * z0 < z * x0;
}

static void choose_sides(struct loop *q, int l)
{
	struct ipm_work *w = q->w;

	for (int i = l; i < w->s->first[IPM_FREE] * LANES; i += LANES) {
		double x = w->x[i], z = w->z[i], t = w->width[i] - x, v = w->v[i];
		double dx = q->step_x[l] * w->dx[i], sz = q->step_z[l];

		w->side[i] = at_bound(x, x - dx, z, z - sz * w->dz[i])	 ? -1
			     : at_bound(t, t + dx, v, v - sz * w->dv[i]) ? 1
									 : 0;
	}
}

/* A lane that has ended stays as it is, whatever the others still do. */
static void freeze(struct loop *q, int l)
{
	struct ipm_work *w = q->w;

	if (!(q->merit[l] < MERIT_KEPT))
		keep_best(q, l, q->merit[l]);
	for (int i = l; i < w->s->n_columns * LANES; i += LANES)
		w->ray[i] = w->dx[i];
	choose_sides(q, l);
}

static void restore(const struct ipm_work *w)
{
	size_t c = sizeof(double) * (size_t)w->s->n_columns * LANES;

	memcpy(w->x, w->best_x, c);
	memcpy(w->z, w->best_z, c);
	memcpy(w->v, w->best_v, c);
	memcpy(w->y, w->best_y, sizeof(double) * (size_t)w->s->n_rows * LANES);
}

/* Whether a lane still runs. */
static bool judge_all(struct loop *q)
{
	const struct solve_ctl *s = q->c->ctl;
	bool stop = s && s->should_stop && s->should_stop(s->arg), any = false;

	for (int l = 0; l < LANES; l++) {
		struct ipm_lane *p = &q->w->lane[l];

		if (p->end != IPM_RUNNING)
			continue;
		judge(q, l);
		if (p->end == IPM_RUNNING && stop)
			p->end = IPM_STOPPED;
		if (p->end != IPM_RUNNING)
			freeze(q, l);
		any |= p->end == IPM_RUNNING;
	}
	return any;
}

static void run(struct ipm_work *w, const struct ipm_ctl *c)
{
	struct loop q = {.w = w, .c = c};

	w->hold = c->careful ? IPM_HOLD_LESS : IPM_HOLD;
	start(&q);
	arrive(&q);
	while (judge_all(&q)) {
		go(&q);
		q.iteration++;
		arrive(&q);
	}
	restore(w);
	finish(w);
}
