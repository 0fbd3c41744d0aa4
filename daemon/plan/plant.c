#include <inttypes.h>
#include <stdio.h>

#include "plan/plant_priv.h"

#define PUE_MAX_PPM (100 * PPM)

void plant_note(struct plant *p, const char *input, const char *fmt, ...)
{
	struct plan_source *s;
	va_list ap;

	if (p->n_notes == PLANT_MAX_NOTES) {
		s = &p->notes[PLANT_MAX_NOTES - 1];
		snprintf(s->input, sizeof(s->input), "…");
		snprintf(s->source, sizeof(s->source), "more values were clipped");
		return;
	}
	s = &p->notes[p->n_notes++];
	snprintf(s->input, sizeof(s->input), "%s", input);
	s->quality = QUALITY_BAD;
	va_start(ap, fmt);
	vsnprintf(s->source, sizeof(s->source), fmt, ap);
	va_end(ap);
}

/* ---- what cannot be planned with ---- */

static int check_grid(const struct plan_input *in, struct fault *f)
{
	if (in->n == 0 || in->n > PLAN_MAX_STEPS)
		return fault_set(f, ERR_INVALID, "%" PRIu32 " steps", in->n);
	for (uint32_t t = 0; t < in->n; t++) {
		int64_t start = in->start_ms[t], d = in->duration_ms[t];

		if (d <= 0 || d % SLOT_MS != 0 || d > MS_PER_DAY || start % SLOT_MS != 0 ||
		    start < -MS_PER_DAY * 1000000 || start > MS_PER_DAY * 1000000)
			return fault_set(f, ERR_INVALID, "step %" PRIu32 " is not made of slots",
					 t);
		if (t > 0 && start != in->start_ms[t - 1] + in->duration_ms[t - 1])
			return fault_set(f, ERR_INVALID,
					 "step %" PRIu32 " does not follow the one before", t);
	}
	if (in->start_ms[in->n - 1] - in->start_ms[0] > PLAN_MAX_STEPS * MS_PER_H)
		return fault_set(f, ERR_INVALID, "the horizon is too long");
	if (in->now_ms < in->start_ms[0] || in->now_ms >= in->start_ms[0] + in->duration_ms[0])
		return fault_set(f, ERR_INVALID, "now is not inside the first step");
	return 0;
}

static bool is_part(int64_t ppm)
{
	return ppm > 0 && ppm <= PPM;
}

static int check_assets(const struct plan_input *in, struct fault *f)
{
	for (int i = 0; i < in->n_storage; i++) {
		const struct storage *s = &in->storage[i];

		if (!is_part(s->eta_charge_ppm) || !is_part(s->eta_discharge_ppm) ||
		    !is_part(s->retention_ppm_per_h))
			return fault_set(f, ERR_INVALID,
					 "storage[%s]: efficiencies above 0, at most 100 %%",
					 s->id);
		if (s->wear_price_e4 < 0)
			return fault_set(f, ERR_INVALID, "storage[%s]: wear_price below 0", s->id);
	}
	for (int i = 0; i < in->n_queues; i++) {
		const struct queue *q = &in->queues[i];

		if (q->devices < 0 || q->device_power_w <= 0 || q->device_power_w > PLANT_MAX_W ||
		    q->devices > PLANT_MAX_W / q->device_power_w)
			return fault_set(f, ERR_INVALID, "queue[%s]: devices x device_power",
					 q->id);
		if (q->late_price_e4 < 0)
			return fault_set(f, ERR_INVALID, "queue[%s]: late_price below 0", q->id);
	}
	for (int i = 0; i < in->n_generators; i++) {
		const struct generator *g = &in->generators[i];

		if (g->curtail_price_e4 < 0 || g->price_e4 < 0)
			return fault_set(f, ERR_INVALID, "%s[%s]: a price below 0",
					 asset_kind_name(generator_kind(g)), g->id);
	}
	for (int i = 0; i < in->n_cooling; i++) {
		const struct cooling *x = &in->cooling[i];

		if (x->cop_ppm <= 0 || x->heat_wh_per_k <= 0 || x->over_temp_price_e4 < 0)
			return fault_set(f, ERR_INVALID,
					 "cooling[%s]: cop and heat above 0, price not below",
					 x->id);
	}
	return 0;
}

static bool counts_are_valid(const struct plan_input *in)
{
	const int counts[][2] = {
		{in->n_generators, SITE_MAX_GENERATORS}, {in->n_storage, SITE_MAX_STORAGE},
		{in->n_queues, SITE_MAX_QUEUES},	 {in->n_events, PLAN_MAX_EVENTS},
		{in->n_cooling, SITE_MAX_COOLING},	 {in->n_feeders, SITE_MAX_FEEDERS},
		{in->n_rations, SITE_MAX_RATIONS},	 {in->n_demands, PLAN_MAX_DEMANDS}};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		if (counts[i][0] < 0 || counts[i][0] > counts[i][1])
			return false;
	}
	return true;
}

static int check_input(const struct plan_input *in, struct fault *f)
{
	const struct plan_prices *p = &in->prices;
	int r;

	if (!counts_are_valid(in))
		return fault_set(f, ERR_INVALID, "more assets or events than there may be");
	if (in->load.pue_ppm <= 0 || in->load.pue_ppm > PUE_MAX_PPM)
		return fault_set(f, ERR_INVALID, "load.pue of %" PRId64 " ppm", in->load.pue_ppm);
	if (p->tie_break_e4 < 0 || p->unserved_e4 < 0 || p->reserve_e4 < 0 ||
	    p->ups_reserve_e4 < 0 || p->overload_e4 < 0 || in->pcc.over_demand_price_e4 < 0)
		return fault_set(f, ERR_INVALID, "a price of the ladder is below 0");
	for (int i = 0; i < in->n_demands; i++) {
		if (in->demands[i].price_e4 < 0)
			return fault_set(f, ERR_INVALID, "demand[%s]: price below 0",
					 in->demands[i].id);
	}
	r = check_grid(in, f);
	return r ? r : check_assets(in, f);
}

/* ---- static values, each within its bounds ---- */

double plant_clip(struct plant *p, const char *what, int64_t v, int64_t lo, int64_t hi)
{
	int64_t c = clamp_i64(v, lo, max_i64(lo, hi));

	if (c != v)
		plant_note(p, what, "%" PRId64 " is impossible, taken as %" PRId64, v, c);
	return (double)c;
}

double plant_clip_as(struct plant *p, int64_t v, int64_t lo, int64_t hi, const char *fmt, ...)
{
	char what[ID_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return plant_clip(p, what, v, lo, hi);
}

double plant_price(int64_t e4)
{
	return PLANT_CNY * (double)clamp_i64(e4, -PLANT_MAX_PRICE_E4, PLANT_MAX_PRICE_E4);
}

static void take_pcc(struct plant *p)
{
	const struct plan_input *in = p->in;
	const struct pcc *c = &in->pcc;
	double import_w = plant_clip(p, "pcc.import_max", c->import_max_w, 0, PLANT_MAX_W);

	p->import_max = PLANT_KW * import_w;
	p->export_max = PLANT_KW * plant_clip(p, "pcc.export_max", c->export_max_w, 0, PLANT_MAX_W);
	p->contracted = p->import_max;
	p->has_contract = c->contracted_demand_w != 0;
	if (p->has_contract) {
		p->contracted = PLANT_KW * plant_clip(p, "pcc.contracted_demand",
						      c->contracted_demand_w, 0, (int64_t)import_w);
		p->over_demand = plant_price(c->over_demand_price_e4);
	}
	p->overload = plant_price(in->prices.overload_e4);
	p->unserved = plant_price(in->prices.unserved_e4);
	p->pue = PLANT_PART * (double)in->load.pue_ppm;
}

static void take_generator(struct plant *p, int i)
{
	const struct generator *g = &p->in->generators[i];

	p->curtailable[i] = g->curtailable;
	p->curtail_price[i] = plant_price(g->curtail_price_e4);
	p->generator_price[i] = plant_price(g->price_e4);
}

static void take_store(struct plant *p, int i)
{
	const struct storage *s = &p->in->storage[i];
	struct plant_store *x = &p->store[i];
	int64_t energy, max, min;

	x->id = s->id;
	x->is_ups = s->kind == ASSET_UPS;
	x->charge_max = PLANT_KW * plant_clip_as(p, s->charge_max_w, 0, PLANT_MAX_W,
						 "storage[%.40s].charge_max", s->id);
	x->discharge_max = PLANT_KW * plant_clip_as(p, s->discharge_max_w, 0, PLANT_MAX_W,
						    "storage[%.40s].discharge_max", s->id);
	if (p->in->storage_out[i])
		x->charge_max = x->discharge_max = 0;
	x->eta_c = PLANT_PART * (double)s->eta_charge_ppm;
	x->eta_d = PLANT_PART * (double)s->eta_discharge_ppm;
	x->rho = PLANT_PART * (double)s->retention_ppm_per_h;
	energy = (int64_t)plant_clip_as(p, s->energy_wh, 0, PLANT_MAX_WH, "storage[%.40s].energy",
					s->id);
	max = (int64_t)plant_clip_as(p, s->soc_max_wh, 0, energy, "storage[%.40s].soc_max", s->id);
	min = (int64_t)plant_clip_as(p, s->soc_min_wh, 0, max, "storage[%.40s].soc_min", s->id);
	x->soc_max = PLANT_KW * (double)max;
	x->soc_min = PLANT_KW * (double)min;
	x->reserve = PLANT_KW *
		     plant_clip_as(p, s->reserve_wh, min, max, "storage[%.40s].reserve", s->id);
	x->soc_now = PLANT_KW *
		     plant_clip_as(p, p->in->soc_wh[i], 0, energy, "storage[%.40s].soc", s->id);
	x->wear = plant_price(s->wear_price_e4);
	x->terminal = plant_price(s->terminal_price_e4); /* −1 is resolved with the prices */
	x->reserve_price =
		plant_price(x->is_ups ? p->in->prices.ups_reserve_e4 : p->in->prices.reserve_e4);
}

static int count_published(const struct plan_input *in)
{
	int n = 1;

	while (n < (int)in->n &&
	       (in->publish_until_ms == 0 || in->start_ms[n] < in->publish_until_ms))
		n++;
	return n;
}

int plant_make(const struct plan_input *in, struct arena *a, struct plant **ret, struct fault *f)
{
	struct plant *p;
	int r = check_input(in, f);

	if (r)
		return r;
	p = ARENA_NEW(a, struct plant);
	if (!p)
		return -ENOMEM;
	p->in = in;
	p->n = (int)in->n;
	p->n_published = count_published(in);
	p->n_generators = in->n_generators;
	p->n_store = in->n_storage;
	p->n_queue = in->n_queues;
	take_pcc(p);
	for (int i = 0; i < p->n_generators; i++)
		take_generator(p, i);
	for (int i = 0; i < p->n_store; i++)
		take_store(p, i);
	for (int i = 0; i < p->n_queue; i++)
		plant_take_queue(p, i);
	plant_take_limits(p);
	if (!plant_make_series(p, a))
		return -ENOMEM;
	*ret = p;
	return 0;
}
