/* The passes over all columns that make up an iteration; each reads and writes every array once. Included once per width after
 * ipm_sparse.inc.h. Names: s = x (distance to the lower bound), t = width − x, z and v their multipliers, θ = z/s + v/t = 1/D. */

#define VEC_OF(array) ((vec *)(void *)(array))
/* So that no rounding makes the distance to an upper bound 0. */
#define TINY 1e-15

struct state {
	double mu[LANES], primal[LANES], dual[LANES], resid[LANES];
};

struct sums {
	vec mu[NVEC], primal[NVEC], dual[NVEC], resid[NVEC];
};

/* Takes the step, then everything that follows from the new point. The prices of normal columns take it too; those of
 * the border are there already. */
static inline void state(const struct ipm_work *w, enum ipm_class class, vec ap, vec ad,
			 struct sums *u)
{
	const vec *dx = VEC_OF(w->dx), *dz = VEC_OF(w->dz), *dv = VEC_OF(w->dv);
	const vec *width = VEC_OF(w->width), *cost = VEC_OF(w->cost), *f = VEC_OF(w->varies);
	const vec *at = VEC_OF(w->at);
	vec *x = VEC_OF(w->x), *z = VEC_OF(w->z), *v = VEC_OF(w->v), *price = VEC_OF(w->price);
	vec *inv_x = VEC_OF(w->inv_x), *inv_t = VEC_OF(w->inv_t);
	vec *d = VEC_OF(w->d), *h = VEC_OF(w->h), *dh = VEC_OF(w->dh);
	double hold = w->hold;

	for (int b = w->s->first[class] / IPM_BLOCK; b < w->s->first[class + 1] / IPM_BLOCK; b++) {
		for (int k = 0; k < NVEC; k++) {
			int i = b * NVEC + k;
			vec s = x[i] + ap * dx[i], zi = z[i] + ad * dz[i], vi = v[i] + ad * dv[i];
			vec t = vec_max(width[i] - s, TINY * width[i]), is = 1 / s, it = 1 / t;
			vec p = class == IPM_NORMAL ? price[i] + ad * at[i] : price[i];
			vec hi = cost[i] - p, di = f[i] / (zi * is + vi * it + hold);

			x[i] = s;
			z[i] = zi;
			v[i] = vi;
			price[i] = p;
			inv_x[i] = is;
			inv_t[i] = it;
			d[i] = di;
			h[i] = hi;
			dh[i] = di * hi;
			u->mu[k] += s * zi + t * vi;
			u->primal[k] += cost[i] * s;
			/* What cannot move counts with its reduced cost. */
			u->dual[k] += hi - f[i] * hi - width[i] * vi;
			u->resid[k] = vec_max(u->resid[k], f[i] * vec_abs(hi - zi + vi));
		}
	}
}

static void pass_state(const struct ipm_work *w, const double step_x[LANES],
		       const double step_z[LANES], struct state *ret)
{
	vec ap = vec_spread(step_x), ad = vec_spread(step_z);
	struct sums u = {0};

	state(w, IPM_NORMAL, ap, ad, &u);
	state(w, IPM_BORDER, ap, ad, &u);
	vec_sum(u.mu, ret->mu);
	vec_sum(u.primal, ret->primal);
	vec_sum(u.dual, ret->dual);
	vec_top(u.resid, ret->resid);
}

/* Free columns, which are few. */
static void pass_free(const struct ipm_work *w, const double step_x[LANES], struct state *ret)
{
	for (int i = w->s->first[IPM_FREE] * LANES; i < w->s->first[N_IPM_CLASSES] * LANES; i++) {
		int l = i % LANES;

		w->x[i] += step_x[l] * w->dx[i];
		w->h[i] = w->cost[i] - w->price[i];
		w->d[i] = w->varies[i] / w->hold;
		ret->primal[l] += w->cost[i] * w->x[i];
		ret->resid[l] = fmax(ret->resid[l], w->varies[i] * fabs(w->h[i]));
	}
}

static void free_direction(const struct ipm_work *w)
{
	for (int i = w->s->first[IPM_FREE] * LANES; i < w->s->first[N_IPM_CLASSES] * LANES; i++)
		w->dx[i] = w->varies[i] * w->at[i];
}

struct reach {
	double x[LANES], z[LANES];	     /* 1/longest step */
	double linear[LANES], square[LANES]; /* complementarity along it */
};

/* dx of the affine direction, how far it goes, what it does to complementarity. */
static inline void affine(const struct ipm_work *w, enum ipm_class class, vec top[2][NVEC],
			  vec sum[2][NVEC])
{
	const vec *z = VEC_OF(w->z), *v = VEC_OF(w->v), *f = VEC_OF(w->varies);
	const vec *inv_x = VEC_OF(w->inv_x), *inv_t = VEC_OF(w->inv_t);
	const vec *d = VEC_OF(w->d), *h = VEC_OF(w->h), *at = VEC_OF(w->at);
	vec *dx = VEC_OF(w->dx);

	for (int b = w->s->first[class] / IPM_BLOCK; b < w->s->first[class + 1] / IPM_BLOCK; b++) {
		for (int k = 0; k < NVEC; k++) {
			int i = b * NVEC + k;
			vec di = class == IPM_NORMAL ? d[i] * (at[i] - h[i]) : f[i] * at[i];
			vec p = di * inv_x[i], q = -di * inv_t[i];

			dx[i] = di;
			top[0][k] = vec_max(top[0][k], vec_max(-p, -q));
			top[1][k] = vec_max(top[1][k], vec_max(p, q));
			sum[0][k] += di * (z[i] - v[i]);
			sum[1][k] += di * (v[i] * (1 + q) - z[i] * (1 + p));
		}
	}
}

static void pass_affine(const struct ipm_work *w, struct reach *ret)
{
	vec top[2][NVEC] = {0}, sum[2][NVEC] = {0};

	affine(w, IPM_NORMAL, top, sum);
	affine(w, IPM_BORDER, top, sum);
	free_direction(w);
	vec_top(top[0], ret->x);
	vec_top(top[1], ret->z);
	for (int l = 0; l < LANES; l++)
		ret->z[l] += 1;
	vec_sum(sum[0], ret->linear);
	vec_sum(sum[1], ret->square);
}

/* Second-order right side: complementarity is to become target, given what the affine direction would leave. Leaves the
 * wanted products in dz and dv until the direction is known. */
static void pass_correct(const struct ipm_work *w, const double target[LANES])
{
	const vec *z = VEC_OF(w->z), *v = VEC_OF(w->v), *both = VEC_OF(w->both);
	const vec *inv_x = VEC_OF(w->inv_x), *inv_t = VEC_OF(w->inv_t);
	const vec *d = VEC_OF(w->d), *dx = VEC_OF(w->dx), smu = vec_spread(target);
	vec *h = VEC_OF(w->h), *dh = VEC_OF(w->dh), *dz = VEC_OF(w->dz), *dv = VEC_OF(w->dv);

	for (int i = 0; i < w->s->first[IPM_FREE] / IPM_BLOCK * NVEC; i++) {
		vec p = dx[i] * inv_x[i], q = -dx[i] * inv_t[i];
		vec rz = smu + dx[i] * z[i] * (1 + p);
		vec rv = both[i] * (smu - dx[i] * v[i] * (1 + q));
		vec hi = h[i] - rz * inv_x[i] + rv * inv_t[i];

		dz[i] = rz;
		dv[i] = rv;
		h[i] = hi;
		dh[i] = d[i] * hi;
	}
}

static inline void combined(const struct ipm_work *w, enum ipm_class class, vec top[2][NVEC])
{
	const vec *z = VEC_OF(w->z), *v = VEC_OF(w->v), *f = VEC_OF(w->varies);
	const vec *inv_x = VEC_OF(w->inv_x), *inv_t = VEC_OF(w->inv_t);
	const vec *d = VEC_OF(w->d), *h = VEC_OF(w->h), *at = VEC_OF(w->at);
	vec *dx = VEC_OF(w->dx), *dz = VEC_OF(w->dz), *dv = VEC_OF(w->dv);

	for (int b = w->s->first[class] / IPM_BLOCK; b < w->s->first[class + 1] / IPM_BLOCK; b++) {
		for (int k = 0; k < NVEC; k++) {
			int i = b * NVEC + k;
			vec di = class == IPM_NORMAL ? d[i] * (at[i] - h[i]) : f[i] * at[i];
			vec dzi = (dz[i] - z[i] * di) * inv_x[i] - z[i];
			vec dvi = (dv[i] + v[i] * di) * inv_t[i] - v[i];

			dx[i] = di;
			dz[i] = dzi;
			dv[i] = dvi;
			top[0][k] = vec_max(top[0][k], vec_max(-di * inv_x[i], di * inv_t[i]));
			top[1][k] =
				vec_max(top[1][k], vec_max(-dzi / z[i], -dvi / (v[i] + 1e-300)));
		}
	}
}

/* The direction that is taken. */
static void pass_combined(const struct ipm_work *w, struct reach *ret)
{
	vec top[2][NVEC] = {0};

	combined(w, IPM_NORMAL, top);
	combined(w, IPM_BORDER, top);
	free_direction(w);
	vec_top(top[0], ret->x);
	vec_top(top[1], ret->z);
}
