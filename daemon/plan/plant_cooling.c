/* Cooling: what moves the heat of the IT out, and what can be stored of it. */
#include <math.h>
#include <stdio.h>

#include "plan/plant_priv.h"

#define MC 1e-3 /* °C per 1/1000 °C */
#define MILD_MC 20000
#define TEMP_LEAST_MC (-50000)
#define TEMP_MOST_MC 150000
#define COP_LEAST 0.5
#define COP_MOST 100

static double capacity(const struct cooling *x)
{
	return (double)x->cop_ppm * (double)clamp_i64(x->power_max_w, 0, PLANT_MAX_W);
}

static double cop_at(const struct plan_input *in, const struct cooling *x, int t)
{
	int64_t outdoor = in->outdoor_mc ? clamp_i64(in->outdoor_mc[t], TEMP_LEAST_MC, TEMP_MOST_MC)
					 : MILD_MC;
	double warm = MC * (double)max_i64(0, outdoor - MILD_MC);
	double cop = PLANT_PART * ((double)x->cop_ppm - (double)x->cop_slope_ppm_per_k * warm);

	return fmin(COP_MOST, fmax(COP_LEAST, cop));
}

/* It holds its temperature by itself: what moves its share of the load's heat out is load too. */
static void add_to_load(struct plant *p, int i, double share)
{
	const struct cooling *x = &p->in->cooling[i];
	char what[ID_MAX];

	for (int t = 0; t < p->n; t++) {
		double w = share * p->it[t] / cop_at(p->in, x, t) / PLANT_KW;

		p->load[t] += PLANT_KW * (double)llround(w);
	}
	snprintf(what, sizeof(what), "cooling[%.40s]", x->id);
	plant_note(p, what, "not planned with: its power is its share of the load's heat");
	p->notes[p->n_notes - 1].quality = QUALITY_ESTIMATED;
}

static bool take_cooling(struct plant *p, struct arena *a, int i, double share)
{
	const struct cooling *x = &p->in->cooling[i];
	struct plant_cooling *c = &p->cooling[p->n_cooling];
	int64_t min, max, now;

	min = (int64_t)plant_clip_as(p, x->temp_min_mc, TEMP_LEAST_MC, TEMP_MOST_MC,
				     "cooling[%.40s].temp_min", x->id);
	max = (int64_t)plant_clip_as(p, x->temp_max_mc, min, TEMP_MOST_MC,
				     "cooling[%.40s].temp_max", x->id);
	now = (int64_t)plant_clip_as(p, p->in->temp_mc[i], TEMP_LEAST_MC, TEMP_MOST_MC,
				     "cooling[%.40s].temperature", x->id);
	c->id = x->id;
	c->from = i;
	c->share = share;
	c->power_max = PLANT_KW * plant_clip_as(p, x->power_max_w, 0, PLANT_MAX_W,
						"cooling[%.40s].power_max", x->id);
	c->kwh_per_k = PLANT_KW * plant_clip_as(p, x->heat_wh_per_k, 1, PLANT_MAX_WH,
						"cooling[%.40s].heat", x->id);
	c->min_c = MC * (double)min;
	c->heat_now = c->kwh_per_k * MC * (double)(now - min);
	c->band = c->kwh_per_k * MC * (double)(max - min);
	c->over_price = plant_price(x->over_temp_price_e4) / c->kwh_per_k;
	c->cop = plant_vector(p, a);
	c->least = plant_vector(p, a);
	c->most = plant_vector(p, a);
	if (!c->cop || !c->least || !c->most)
		return false;
	c->most_heat = 1 + fabs(c->heat_now);
	c->most_cold = 1 + fabs(c->heat_now);
	for (int t = 0; t < p->n; t++) {
		c->cop[t] = cop_at(p->in, x, t);
		c->most[t] = c->power_max;
		c->most_heat += p->hours[t] * share * (p->it[t] + p->it_room[t]);
		c->most_cold += p->hours[t] * c->cop[t] * c->power_max;
	}
	c->terminal = plant_mean_buy(p) / c->cop[p->n - 1];
	p->n_cooling++;
	return true;
}

bool plant_make_cooling(struct plant *p, struct arena *a)
{
	const struct plan_input *in = p->in;
	double all = 0;

	for (int i = 0; i < in->n_cooling; i++)
		all += capacity(&in->cooling[i]);
	for (int i = 0; all > 0 && i < in->n_cooling; i++) {
		double share = capacity(&in->cooling[i]) / all;

		if (in->cooling_out[i])
			add_to_load(p, i, share);
		else if (!take_cooling(p, a, i, share))
			return false;
	}
	return true;
}
