#include "calc/judge.h"

#include <math.h>
#include <stdio.h>

struct court {
	const struct site_case *c;
	const struct schedule *s;
	struct verdict *v;
	double power, level; /* what is large here */
};

/* Adds a term of the objective. */
static void pay(struct court *k, double amount)
{
	k->v->cost += amount;
	k->v->gross += fabs(amount);
}

struct place {
	const char *list; /* NULL: the site itself */
	int i, t;
};

/* Notes that a constraint is broken by `amount`, a share of `size`, if it is. NaN is the worst of all. */
static void broken(struct court *k, struct place at, const char *what, double amount, double size)
{
	double share = isnan(amount) ? INFINITY : amount / size;

	if (share <= k->v->worst)
		return;
	k->v->worst = share;
	if (at.list)
		(void)snprintf(k->v->what, sizeof(k->v->what), "%s[%d]: %s, step %d", at.list, at.i,
			       what, at.t);
	else
		(void)snprintf(k->v->what, sizeof(k->v->what), "%s, step %d", what, at.t);
}

/* ---- Sizes ----------------------------------------------------------------------------------------- */

static void measure(struct court *k)
{
	const struct site_case *c = k->c;
	const struct schedule *s = k->s;

	for (int t = 0; t < c->n; t++) {
		k->power = fmax(k->power, fmax(fabs(c->load[t]), c->pv[t]));
		k->power = fmax(k->power, fmax(s->import[t], s->export[t]));
		for (int i = 0; i < c->n_loads; i++)
			k->power = fmax(k->power, c->loads[i].power[t]);
		for (int i = 0; i < c->n_storages; i++) {
			k->power = fmax(k->power, fmax(s->storages[i].charge[t],
						       s->storages[i].discharge[t]));
			k->level = fmax(k->level, fabs(s->storages[i].level[t]));
		}
	}
	for (int i = 0; i < c->n_storages; i++)
		k->level = fmax(k->level, fabs(c->storages[i].soc0));
	k->power = k->power > 0 ? k->power : 1;
	k->level = fmax(k->level, k->power * c->dt_h);
}

/* ---- The connection --------------------------------------------------------------------------------- */

static void judge_grid(struct court *k, int t)
{
	const struct site_case *c = k->c;
	const struct schedule *s = k->s;
	double import = s->import[t], export = s->export[t], curtailed = s->curtailed[t];
	double left = import - export - curtailed, right = c->load[t] - c->pv[t];
	bool apart = c->sell[t] >= c->buy[t] || c->buy[t] < 0 || c->grid_binary;

	for (int i = 0; i < c->n_storages; i++)
		left += s->storages[i].discharge[t] - s->storages[i].charge[t];
	for (int i = 0; i < c->n_loads; i++)
		right += s->loads[i].power[t];
	broken(k, (struct place){NULL, 0, t}, "balance", fabs(left - right), k->power);
	broken(k, (struct place){NULL, 0, t}, "import_max", import - c->import_max[t], k->power);
	broken(k, (struct place){NULL, 0, t}, "export_max", export - c->export_max[t], k->power);
	broken(k, (struct place){NULL, 0, t}, "import or export below 0", -fmin(import, export),
	       k->power);
	broken(k, (struct place){NULL, 0, t}, "import and export", apart ? fmin(import, export) : 0,
	       k->power);
	broken(k, (struct place){NULL, 0, t}, "curtailed",
	       fmax(-curtailed, curtailed - (c->pv_curtailable ? c->pv[t] : 0)), k->power);
	for (int i = 0; i < c->n_storages; i++)
		if (c->storages[i].no_discharge_to_grid)
			broken(k, (struct place){"storages", i, t}, "no_discharge_to_grid",
			       export - c->pv[t], k->power);
	pay(k, c->dt_h * c->buy[t] * import);
	pay(k, -c->dt_h * c->sell[t] * export);
}

/* ---- Storages ------------------------------------------------------------------------------------------- */

static void judge_target(struct court *k, const struct case_target *g, double level, int i)
{
	double over = level - g->value, amount = fabs(over);

	if (g->op == CASE_GE)
		amount = fmax(0, -over);
	else if (g->op == CASE_LE)
		amount = fmax(0, over);
	if (g->penalty >= 0)
		pay(k, g->penalty * amount);
	else
		broken(k, (struct place){"storages", i, g->end_of_step}, "target", amount,
		       k->level);
}

static void judge_storage(struct court *k, int i)
{
	const struct case_storage *s = &k->c->storages[i];
	const struct schedule_storage *x = &k->s->storages[i];
	double dt = k->c->dt_h, a = s->retention, b = a < 1 ? (a - 1) / log(a) : 1;

	for (int t = 0; t < k->c->n; t++) {
		double in = x->charge[t], out = x->discharge[t], level = x->level[t];
		double before = t > 0 ? x->level[t - 1] : s->soc0;
		double follows = a * before + b * dt * (s->eta_c * in - out / s->eta_d);

		broken(k, (struct place){"storages", i, t}, "level", fabs(level - follows),
		       k->level);
		broken(k, (struct place){"storages", i, t}, "soc_max", level - s->soc_max[t],
		       k->level);
		broken(k, (struct place){"storages", i, t}, "soc_min", s->soc_min[t] - level,
		       k->level);
		broken(k, (struct place){"storages", i, t}, "charge_max", in - s->charge_max[t],
		       k->power);
		broken(k, (struct place){"storages", i, t}, "discharge_max",
		       out - s->discharge_max[t], k->power);
		broken(k, (struct place){"storages", i, t}, "flow below 0", -fmin(in, out),
		       k->power);
		broken(k, (struct place){"storages", i, t}, "charge and discharge", fmin(in, out),
		       k->power);
		pay(k, dt * s->cycle_cost_charge[t] * in);
		pay(k, dt * s->cycle_cost_discharge[t] * out);
		pay(k, dt * s->hold_cost[t] * level);
	}
	for (int g = 0; g < s->n_targets; g++)
		judge_target(k, &s->targets[g], x->level[s->targets[g].end_of_step], i);
}

/* ---- Loads ------------------------------------------------------------------------------------------------ */

static void judge_load_step(struct court *k, int i, int t)
{
	const struct case_load *d = &k->c->loads[i];
	double power = k->s->loads[i].power[t];
	bool on = k->s->loads[i].on[t];

	if (d->kind == CASE_ON_OFF)
		broken(k, (struct place){"loads", i, t}, "neither on nor off",
		       fabs(power - (on ? d->power[t] : 0)), k->power);
	broken(k, (struct place){"loads", i, t}, "power", fmax(-power, power - d->power[t]),
	       k->power);
	broken(k, (struct place){"loads", i, t}, "runs while off", !on && power > 0 ? power : 0,
	       k->power);
	broken(k, (struct place){"loads", i, t}, "not allowed", on && !d->allowed[t] ? 1 : 0, 1);
}

static void judge_load(struct court *k, int i)
{
	const struct case_load *d = &k->c->loads[i];
	const struct schedule_load *x = &k->s->loads[i];
	double energy = 0, wanted = d->energy;
	int on = 0, starts = 0;

	for (int t = 0; t < k->c->n; t++) {
		bool was = t > 0 ? x->on[t - 1] : d->initial_on;

		judge_load_step(k, i, t);
		energy += k->c->dt_h * x->power[t];
		on += x->on[t];
		if (x->on[t] && !was) {
			starts++;
			pay(k, d->startup_cost_per_price * k->c->buy[t]);
		}
	}
	if (d->steps_on >= 0 && d->kind == CASE_ON_OFF)
		broken(k, (struct place){"loads", i, 0}, "steps_on", abs(on - d->steps_on), 1);
	if (d->steps_on >= 0 && d->kind == CASE_CONTINUOUS)
		wanted = d->steps_on * d->power[0] * k->c->dt_h;
	if (wanted >= 0)
		broken(k, (struct place){"loads", i, k->c->n - 1}, "energy", fabs(energy - wanted),
		       fmax(wanted, k->power * k->c->dt_h));
	if (d->single_block)
		broken(k, (struct place){"loads", i, 0}, "single_block", starts > 1 ? starts : 0,
		       1);
}

/* ---- Charges and peaks --------------------------------------------------------------------------------------- */

static void judge_charge(struct court *k, const struct case_charge *h)
{
	const double *flow = h->over == CASE_IMPORT ? k->s->import : k->s->export;
	double largest = 0, sum = 0;

	for (int t = 0; t < k->c->n; t++) {
		double excess = fmax(0, flow[t] - h->threshold[t]);

		largest = fmax(largest, excess);
		sum += excess;
	}
	if (h->aggregate == CASE_MAX)
		pay(k, h->price * largest);
	else
		pay(k, h->price * sum * (h->per_hour ? k->c->dt_h : 1));
}

/* Steps are counted from the first of the history; an interval closes with every interval_steps-th. */
static double peak_of(const struct court *k, const struct case_peak *p)
{
	double peak = p->incumbent, sum = 0;

	for (int at = 0; at < p->n_history + k->c->n; at++) {
		int t = at - p->n_history;

		sum += t < 0 ? p->history[at] : k->s->import[t];
		if ((at + 1) % p->interval_steps != 0)
			continue;
		if (t >= 0 && p->window[t])
			peak = fmax(peak, sum / p->interval_steps);
		sum = 0;
	}
	return peak;
}

int judge_schedule(const struct site_case *c, const struct schedule *s, struct arena *a,
		   struct verdict *ret)
{
	struct court k = {.c = c, .s = s, .v = ret};

	*ret = (struct verdict){.peaks = ARENA_ARRAY(a, (size_t)c->n_peaks, double)};
	if (!ret->peaks)
		return -ENOMEM;
	measure(&k);
	for (int t = 0; t < c->n; t++)
		judge_grid(&k, t);
	for (int i = 0; i < c->n_storages; i++)
		judge_storage(&k, i);
	for (int i = 0; i < c->n_loads; i++)
		judge_load(&k, i);
	for (int i = 0; i < c->n_charges; i++)
		judge_charge(&k, &c->charges[i]);
	for (int i = 0; i < c->n_peaks; i++) {
		ret->peaks[i] = peak_of(&k, &c->peaks[i]);
		pay(&k, c->peaks[i].price * ret->peaks[i]);
	}
	return 0;
}
