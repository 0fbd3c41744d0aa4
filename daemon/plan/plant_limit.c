/* Limits beside the connection's own: feeders, rations of energy, charges on peaks. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/plant_priv.h"

static bool is(const char *a, const char *b)
{
	return strncmp(a, b, ID_MAX) == 0;
}

/* Index of the cooling among those that are planned; they are taken in the order of the input. */
static int planned_cooling(const struct plan_input *in, int i)
{
	int k = 0;

	for (int j = 0; j < i; j++)
		k += !in->cooling_out[j];
	return k;
}

static bool join(const struct plan_input *in, struct plant_feeder *f, const char *id)
{
	for (int i = 0; i < in->n_generators; i++) {
		if (is(in->generators[i].id, id))
			return f->generator[i] = true;
	}
	for (int i = 0; i < in->n_storage; i++) {
		if (is(in->storage[i].id, id))
			return f->store[i] = true;
	}
	for (int i = 0; i < in->n_queues; i++) {
		if (is(in->queues[i].id, id))
			return f->queue[i] = true;
	}
	for (int i = 0; i < in->n_cooling; i++) {
		if (is(in->cooling[i].id, id)) {
			if (!in->cooling_out[i])
				f->cooling[planned_cooling(in, i)] = true;
			return true;
		}
	}
	return is(in->load.id, id) && (f->load = true);
}

/* Whether feeder i is `top` or hangs below it. A circle ends after as many steps as there are feeders. */
static bool is_below(const struct plan_input *in, int i, int top)
{
	for (int steps = 0; steps <= in->n_feeders; steps++) {
		int up = 0;

		if (i == top)
			return true;
		while (up < in->n_feeders && !is(in->feeders[up].id, in->feeders[i].parent))
			up++;
		if (up == in->n_feeders)
			return false;
		i = up;
	}
	return false;
}

static void take_feeder(struct plant *p, int i)
{
	const struct plan_input *in = p->in;
	const struct feeder *from = &in->feeders[i];
	struct plant_feeder *f = &p->feeder[i];

	f->id = from->id;
	f->import_max = PLANT_KW * (double)clamp_i64(from->import_max_w, 0, PLANT_MAX_W);
	f->export_max = PLANT_KW * (double)clamp_i64(from->export_max_w, 0, PLANT_MAX_W);
	for (int j = 0; j < in->n_feeders; j++) {
		const struct feeder *below = &in->feeders[j];

		for (int k = 0; is_below(in, j, i) && k < below->n_assets && k < FEEDER_MAX_ASSETS;
		     k++) {
			if (!join(in, f, below->assets[k]) && i == j)
				plant_note(p, from->id, "no asset %.40s on the site",
					   below->assets[k]);
		}
	}
}

static void take_rations(struct plant *p)
{
	for (int i = 0; i < p->in->n_rations; i++) {
		int64_t left = p->in->rations[i].left_wh;
		int first = (int)min_i64(p->in->rations[i].first, p->n);
		int end = (int)min_i64(p->in->rations[i].end, p->n);

		if (first >= end)
			continue;
		p->ration[p->n_ration++] = (struct plant_ration){
			first, end, PLANT_KW * (double)clamp_i64(left, 0, PLANT_MAX_WH)};
	}
}

static void take_demands(struct plant *p)
{
	for (int i = 0; i < p->in->n_demands; i++) {
		const struct plan_demand *d = &p->in->demands[i];
		double incumbent;

		if (d->price_e4 == 0 || !d->in_window)
			continue;
		incumbent = plant_clip_as(p, d->incumbent_w, 0, PLANT_MAX_W,
					  "demand[%.40s].incumbent", d->id);
		p->demand[p->n_demand++] = (struct plant_demand){
			d->id, plant_price(d->price_e4), PLANT_KW * incumbent, d->in_window};
	}
}

void plant_take_limits(struct plant *p)
{
	for (int i = 0; i < p->in->n_feeders; i++)
		take_feeder(p, i);
	p->n_feeder = p->in->n_feeders;
	take_rations(p);
	take_demands(p);
}
