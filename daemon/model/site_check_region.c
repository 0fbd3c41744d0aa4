#include "model/site_check_region.h"

#include <stdio.h>
#include <string.h>

#include "base/require.h"

#define COP_MIN_PPM (PPM / 2)
#define COP_MAX_PPM (30 * PPM)
#define TEMP_LOWEST_MC (-50 * 1000)
#define TEMP_HIGHEST_MC (100 * 1000)
#define CARBON_MAX_G 5000

void site_check_cooling(struct site_checker *c, int i)
{
	const struct cooling *k = &c->s->cooling[i];

	if (k->power_max_w <= 0)
		site_fault(c, "cooling", i, "power_max", "above 0");
	if (k->cop_ppm < COP_MIN_PPM || k->cop_ppm > COP_MAX_PPM)
		site_fault(c, "cooling", i, "cop", "0.5 to 30");
	if (k->cop_slope_ppm_per_k < 0 || k->cop_slope_ppm_per_k > k->cop_ppm)
		site_fault(c, "cooling", i, "cop_slope", "0 to cop");
	if (k->heat_wh_per_k <= 0)
		site_fault(c, "cooling", i, "heat_capacity", "above 0");
	if (k->temp_min_mc < TEMP_LOWEST_MC || k->temp_min_mc > TEMP_HIGHEST_MC)
		site_fault(c, "cooling", i, "temp_min", "-50 to 100 degrees");
	if (k->temp_max_mc > TEMP_HIGHEST_MC)
		site_fault(c, "cooling", i, "temp_max", "-50 to 100 degrees");
	else if (k->temp_max_mc <= k->temp_min_mc)
		site_fault(c, "cooling", i, "temp_max", "is not above temp_min");
	if (k->over_temp_price_e4 <= 0)
		site_fault(c, "cooling", i, "over_temp_price",
			   "above 0, or the band would not count");
}

/* ---- queues ---- */

/* Work per watt of the step from segment k − 1 to k, as a fraction. */
static void slope(const struct queue *q, int k, int64_t *ret_work, int64_t *ret_power)
{
	*ret_work = q->segment_work_ppm[k] - (k ? q->segment_work_ppm[k - 1] : 0);
	*ret_power = q->segment_power_ppm[k] - (k ? q->segment_power_ppm[k - 1] : 0);
}

static const char *curve_fault(const struct queue *q)
{
	int64_t work, power, before_work, before_power;

	for (int k = 0; k < q->n_segments; k++) {
		slope(q, k, &work, &power);
		if (work <= 0 || power <= 0)
			return "is not ascending";
		if (k == 0)
			continue;
		slope(q, k - 1, &before_work, &before_power);
		if ((__int128)work * before_power > (__int128)before_work * power)
			return "is not concave: a later step does more per watt than one before it";
	}
	if (q->n_segments > 0 && (q->segment_power_ppm[q->n_segments - 1] != PPM ||
				  q->segment_work_ppm[q->n_segments - 1] != PPM))
		return "does not end at full speed, 100% 100%";
	return NULL;
}

void site_check_work(struct site_checker *c, int i)
{
	const struct queue *q = &c->s->queues[i];
	const char *fault;

	REQUIRE(q->n_segments >= 0 && q->n_segments <= QUEUE_MAX_SEGMENTS);
	fault = curve_fault(q);
	if (fault)
		site_fault(c, "queues", i, "curve", "%s", fault);
	if ((unsigned)q->tier > FLEX_F3)
		site_fault(c, "queues", i, "tier", "F0 to F3");
	if (q->pool[0] && !id_is_valid(q->pool))
		site_fault(c, "queues", i, "pool", "1 to %d of [a-z0-9_.-]", ID_MAX - 1);
	if (q->transfer_bytes_per_ds < 0)
		site_fault(c, "queues", i, "transfer", "0 or more");
	else if (q->transfer_bytes_per_ds > 0 && !q->pool[0])
		site_fault(c, "queues", i, "transfer", "without a pool nothing moves");
}

/* ---- feeders ---- */

static int find_feeder(const struct site *s, const char *id)
{
	for (int i = 0; i < s->n_feeders; i++) {
		if (strcmp(s->feeders[i].id, id) == 0)
			return i;
	}
	return -1;
}

static bool is_asset(const struct site *s, const char *id)
{
	bool found = strcmp(s->load.id, id) == 0;

	for (int i = 0; i < s->n_generators; i++)
		found |= strcmp(s->generators[i].id, id) == 0;
	for (int i = 0; i < s->n_storage; i++)
		found |= strcmp(s->storage[i].id, id) == 0;
	for (int i = 0; i < s->n_queues; i++)
		found |= strcmp(s->queues[i].id, id) == 0;
	for (int i = 0; i < s->n_cooling; i++)
		found |= strcmp(s->cooling[i].id, id) == 0;
	return found;
}

/* The feeder before (i, k) that has the asset already, or NULL. */
static const char *holder(const struct site *s, int i, int k, const char *id)
{
	for (int f = 0; f <= i; f++) {
		int n = f == i ? k : s->feeders[f].n_assets;

		for (int a = 0; a < n; a++) {
			if (strcmp(s->feeders[f].assets[a], id) == 0)
				return s->feeders[f].id;
		}
	}
	return NULL;
}

static void check_feeder_assets(struct site_checker *c, int i)
{
	const struct feeder *f = &c->s->feeders[i];
	char key[32];

	REQUIRE(f->n_assets >= 0 && f->n_assets <= FEEDER_MAX_ASSETS);
	for (int k = 0; k < f->n_assets; k++) {
		const char *other = holder(c->s, i, k, f->assets[k]);

		snprintf(key, sizeof(key), "assets[%d]", k);
		if (!is_asset(c->s, f->assets[k]))
			site_fault(c, "feeders", i, key, "the site has no asset \"%s\"",
				   f->assets[k]);
		else if (other)
			site_fault(c, "feeders", i, key, "\"%s\" hangs on feeder \"%s\" already",
				   f->assets[k], other);
	}
}

static bool is_in_circle(const struct site *s, int i)
{
	int at = i;

	for (int steps = 0; at >= 0 && steps < s->n_feeders; steps++) {
		at = s->feeders[at].parent[0] ? find_feeder(s, s->feeders[at].parent) : -1;
		if (at == i)
			return true;
	}
	return false;
}

static void check_feeder(struct site_checker *c, int i)
{
	const struct feeder *f = &c->s->feeders[i];
	int first = find_feeder(c->s, f->id);

	if (!id_is_valid(f->id))
		site_fault(c, "feeders", i, "id", "1 to %d of [a-z0-9_.-]", ID_MAX - 1);
	else if (strcmp(f->id, "pcc") == 0)
		site_fault(c, "feeders", i, "id", "\"pcc\" is the point of common coupling itself");
	else if (first != i)
		site_fault(c, "feeders", i, "id", "\"%s\" is the id of another feeder too", f->id);
	if (f->parent[0] && find_feeder(c->s, f->parent) < 0)
		site_fault(c, "feeders", i, "parent", "there is no feeder \"%s\"", f->parent);
	else if (first == i && is_in_circle(c->s, i))
		site_fault(c, "feeders", i, "parent", "feeders hang on each other in a circle");
	if (f->import_max_w <= 0)
		site_fault(c, "feeders", i, "import_max", "above 0");
	if (f->export_max_w < 0)
		site_fault(c, "feeders", i, "export_max", "0 or more");
	check_feeder_assets(c, i);
}

void site_check_feeders(struct site_checker *c)
{
	for (int i = 0; i < c->s->n_feeders; i++)
		check_feeder(c, i);
}

/* ---- rations and carbon ---- */

static bool is_midnight(const struct zone *z, int64_t t_ms)
{
	struct local_time l = zone_local(z, t_ms);

	return l.hour == 0 && l.minute == 0 && l.second == 0 && t_ms % MS_PER_S == 0;
}

static void check_ration(struct site_checker *c, int i)
{
	const struct ration *r = &c->s->rations[i];
	const struct zone *z = c->s->zone;

	if (r->daily_wh <= 0)
		site_fault(c, "rations", i, "daily", "above 0");
	if (z && !is_midnight(z, r->from_ms))
		site_fault(c, "rations", i, "from", "is no midnight in %s: rations are of days",
			   c->s->zone_name);
	if (r->to_ms <= r->from_ms)
		site_fault(c, "rations", i, "to", "is not after from");
	else if (z && !is_midnight(z, r->to_ms))
		site_fault(c, "rations", i, "to", "is no midnight in %s: rations are of days",
			   c->s->zone_name);
	for (int k = 0; k < i; k++) {
		const struct ration *o = &c->s->rations[k];

		if (r->from_ms < o->to_ms && o->from_ms < r->to_ms) {
			site_fault(c, "rations", i, "from", "some days have a ration already");
			return;
		}
	}
}

void site_check_rations(struct site_checker *c)
{
	for (int i = 0; i < c->s->n_rations; i++)
		check_ration(c, i);
}

void site_check_carbon(struct site_checker *c)
{
	const struct carbon *k = &c->s->carbon;

	if (k->price_e4_per_kg < 0)
		site_fault(c, "carbon", -1, "price", "0 or more");
	if (k->factor_g_per_kwh < 0 || k->factor_g_per_kwh > CARBON_MAX_G)
		site_fault(c, "carbon", -1, "factor", "0 to %d g/kWh", CARBON_MAX_G);
}
