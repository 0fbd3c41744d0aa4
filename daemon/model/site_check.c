#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/require.h"
#include "model/site_check_region.h"
#include "model/site_fault.h"

#define PUE_MAX_PPM (5 * PPM)

static void check_pcc(struct site_checker *c)
{
	const struct pcc *p = &c->s->pcc;
	__int128 floor_w = (__int128)c->s->load.floor_w * c->s->load.pue_ppm / PPM;

	if (p->import_max_w <= 0)
		site_fault(c, "pcc", -1, "import_max", "above 0");
	else if (floor_w > p->import_max_w)
		site_fault(c, "pcc", -1, "import_max",
			   "%" PRId64 " W cannot carry the protected floor of %" PRId64
			   " W (load.floor x load.pue)",
			   p->import_max_w, (int64_t)floor_w);
	if (p->export_max_w < 0)
		site_fault(c, "pcc", -1, "export_max", "0 or more");
	if (p->contracted_demand_w < 0)
		site_fault(c, "pcc", -1, "contracted_demand", "0 (none) or more");
	else if (p->contracted_demand_w > p->import_max_w)
		site_fault(c, "pcc", -1, "contracted_demand", "is above import_max");
	if (p->contracted_demand_w > 0 && p->over_demand_price_e4 <= 0)
		site_fault(c, "pcc", -1, "over_demand_price",
			   "above 0, or the contracted demand would not count");
}

static void check_load(struct site_checker *c)
{
	const struct it_load *l = &c->s->load;

	if (l->capacity_w <= 0)
		site_fault(c, "load", -1, "capacity", "above 0");
	if (l->floor_w < 0 || l->floor_w > l->capacity_w)
		site_fault(c, "load", -1, "floor", "0 to load.capacity");
	if (l->pue_ppm < PPM || l->pue_ppm > PUE_MAX_PPM)
		site_fault(c, "load", -1, "pue", "1 to 5");
}

static void check_generator(struct site_checker *c, int n)
{
	const struct generator *p = &c->s->generators[n];
	int i;
	const char *at = site_generator_list(c->s, n, &i);

	if (!asset_kind_is_generator(generator_kind(p)))
		site_fault(c, at, i, "", "is no generator");
	if (p->capacity_w <= 0)
		site_fault(c, at, i, "capacity", "above 0");
	if (p->curtail_price_e4 < 0)
		site_fault(c, at, i, "curtail_price", "0 or more");
	if (p->price_e4 < 0)
		site_fault(c, at, i, "price", "0 or more");
	for (int m = 0; m < 12; m++) {
		if (p->month_ppm[m] >= 0 && p->month_ppm[m] <= PPM)
			continue;
		site_fault(c, at, i, "months", "0 %% to 100 %% of the capacity");
		break;
	}
}

static void check_soc(struct site_checker *c, int i)
{
	const struct storage *s = &c->s->storage[i];

	if (s->soc_min_wh < 0)
		site_fault(c, "storage", i, "soc_min", "0 or more");
	if (s->soc_max_wh > s->energy_wh)
		site_fault(c, "storage", i, "soc_max", "is above energy");
	if (s->soc_min_wh >= s->soc_max_wh)
		site_fault(c, "storage", i, "soc_min", "is not below soc_max");
	else if (s->reserve_wh < s->soc_min_wh || s->reserve_wh > s->soc_max_wh)
		site_fault(c, "storage", i, "reserve", "from soc_min to soc_max");
}

static void check_storage(struct site_checker *c, int i)
{
	const struct storage *s = &c->s->storage[i];

	if (s->kind != ASSET_BATTERY && s->kind != ASSET_UPS)
		site_fault(c, "storage", i, "kind", "battery or ups");
	if (s->energy_wh <= 0)
		site_fault(c, "storage", i, "energy", "above 0");
	if (s->charge_max_w < 0)
		site_fault(c, "storage", i, "charge_max", "0 or more");
	if (s->discharge_max_w < 0)
		site_fault(c, "storage", i, "discharge_max", "0 or more");
	if (s->eta_charge_ppm <= 0 || s->eta_charge_ppm > PPM)
		site_fault(c, "storage", i, "eta_charge", "above 0 %%, at most 100 %%");
	if (s->eta_discharge_ppm <= 0 || s->eta_discharge_ppm > PPM)
		site_fault(c, "storage", i, "eta_discharge", "above 0 %%, at most 100 %%");
	if (s->retention_ppm_per_h <= 0 || s->retention_ppm_per_h > PPM)
		site_fault(c, "storage", i, "retention", "above 0 %%, at most 100 %% per hour");
	if (s->wear_price_e4 <= 0)
		site_fault(c, "storage", i, "wear_price",
			   "above 0: without it negative prices would burn energy");
	if (s->terminal_price_e4 < -1)
		site_fault(c, "storage", i, "terminal_price", "0 or more");
	check_soc(c, i);
}

static void check_queue(struct site_checker *c, int i)
{
	const struct queue *q = &c->s->queues[i];
	__int128 all_w = (__int128)q->devices * q->device_power_w;

	if (q->devices <= 0)
		site_fault(c, "queues", i, "devices", "above 0");
	if (q->device_power_w <= 0)
		site_fault(c, "queues", i, "device_power", "above 0");
	else if (all_w > c->s->load.capacity_w)
		site_fault(c, "queues", i, "devices",
			   "at full speed they take more than load.capacity");
	if (q->power_min_w < 0 || q->power_min_w > all_w)
		site_fault(c, "queues", i, "power_min", "0 to devices x device_power");
	if (q->slack_ms < SLOT_MS)
		site_fault(c, "queues", i, "slack", "15 min or more");
	if (q->late_price_e4 <= 0)
		site_fault(c, "queues", i, "late_price", "above 0");
	site_check_work(c, i);
}

/* The id of asset number n in the order load, generators, storage, queues, cooling, with where it stands; NULL at the
 * end. */
static const char *asset_at(const struct site *s, int n, const char **ret_at, int *ret_i)
{
	*ret_at = "load";
	*ret_i = -1;
	if (n == 0)
		return s->load.id;
	n--;
	if (n < s->n_generators) {
		*ret_at = site_generator_list(s, n, ret_i);
		return s->generators[n].id;
	}
	*ret_at = "storage";
	*ret_i = n - s->n_generators;
	if (*ret_i < s->n_storage)
		return s->storage[*ret_i].id;
	*ret_at = "queues";
	*ret_i -= s->n_storage;
	if (*ret_i < s->n_queues)
		return s->queues[*ret_i].id;
	*ret_at = "cooling";
	*ret_i -= s->n_queues;
	return *ret_i < s->n_cooling ? s->cooling[*ret_i].id : NULL;
}

static void check_ids(struct site_checker *c)
{
	const struct site *s = c->s;
	const char *at, *other_at, *id, *other;
	int i, other_i;

	for (int n = 0; (id = asset_at(s, n, &at, &i)) != NULL; n++) {
		if (!id_is_valid(id))
			site_fault(c, at, i, "id", "1 to %d of [a-z0-9_.-]", ID_MAX - 1);
		else if (strcmp(id, "pcc") == 0)
			site_fault(c, at, i, "id",
				   "\"pcc\" is the point of common coupling itself");
		for (int k = 0; k < n; k++) {
			other = asset_at(s, k, &other_at, &other_i);
			if (other && strcmp(id, other) == 0) {
				site_fault(c, at, i, "id", "\"%s\" is the id of another asset too",
					   id);
				break;
			}
		}
	}
}

static bool has_asset(const struct site *s, const struct site_role *role)
{
	bool found = role->asset[0] == '\0';

	for (int i = 0; asset_kind_is_generator(role->kind) && i < s->n_generators; i++)
		found |= generator_kind(&s->generators[i]) == role->kind &&
			 strcmp(s->generators[i].id, role->asset) == 0;
	for (int i = 0; role->kind == ASSET_BATTERY && i < s->n_storage; i++)
		found |= strcmp(s->storage[i].id, role->asset) == 0;
	for (int i = 0; role->kind == ASSET_COOLING && i < s->n_cooling; i++)
		found |= strcmp(s->cooling[i].id, role->asset) == 0;
	for (int i = 0; role->kind == ASSET_QUEUE && i < s->n_queues; i++)
		found |= strcmp(s->queues[i].id, role->asset) == 0;
	return found;
}

/* One point may stand for several things only where it is no measurement of an asset: a price for both ways. */
static bool is_shareable(const char *role)
{
	return strncmp(role, "price.", strlen("price.")) == 0;
}

static void check_clashes(struct site_checker *c, int i)
{
	const struct binding *b = &c->s->bindings[i];

	for (int k = 0; k < i; k++) {
		const struct binding *o = &c->s->bindings[k];

		if (strcmp(b->role, o->role) == 0) {
			site_fault(c, "bindings", i, "role", "%s is bound already, to %s", b->role,
				   o->point);
			return;
		}
		if (strcmp(b->point, o->point) == 0 &&
		    !(is_shareable(b->role) && is_shareable(o->role))) {
			site_fault(c, "bindings", i, "point", "%s stands for %s already", b->point,
				   o->role);
			return;
		}
	}
}

static void check_binding(struct site_checker *c, int i)
{
	const struct binding *b = &c->s->bindings[i];
	struct site_role role;

	if (site_role_parse(b->role, &role))
		site_fault(
			c, "bindings", i, "role",
			"\"%s\" is no role: pcc.power, load.power, pv[ID].power, wind[ID].power, "
			"hydro[ID].power, storage[ID].soc, .power, queue[ID].backlog, .power, "
			".arrivals, .due, cooling[ID].temperature, .power, price.buy, price.sell, "
			"temperature, carbon",
			b->role);
	else if (!has_asset(c->s, &role))
		site_fault(c, "bindings", i, "role", "%s: the site has no such asset", b->role);
	if (!point_name_is_valid(b->point))
		site_fault(c, "bindings", i, "point",
			   "ids of [a-z0-9_.-] joined by '/', at most %d bytes", NAME_MAX_B - 1);
	check_clashes(c, i);
}

static void need(struct site_checker *c, const char *before, const char *id, const char *after)
{
	char role[ID_MAX * 2];

	snprintf(role, sizeof(role), "%s%s%s", before, id, after);
	if (!site_bound_point(c->s, "%s", role))
		site_fault(c, "bindings", -1, "",
			   "%s is not bound; the site cannot be planned without it", role);
}

/* What has no substitute: the meter, and the states that a plan starts from. */
static void check_needs(struct site_checker *c)
{
	need(c, "pcc.power", "", "");
	for (int i = 0; i < c->s->n_storage; i++)
		need(c, "storage[", c->s->storage[i].id, "].soc");
	for (int i = 0; i < c->s->n_queues; i++)
		need(c, "queue[", c->s->queues[i].id, "].backlog");
	for (int i = 0; i < c->s->n_cooling; i++)
		need(c, "cooling[", c->s->cooling[i].id, "].temperature");
}

int site_check(const struct site *s, check_cb cb, void *arg)
{
	struct site_checker c = {s, cb, arg, 0};

	REQUIRE(s->n_generators >= 0 && s->n_generators <= SITE_MAX_GENERATORS);
	REQUIRE(s->n_storage >= 0 && s->n_storage <= SITE_MAX_STORAGE);
	REQUIRE(s->n_queues >= 0 && s->n_queues <= SITE_MAX_QUEUES);
	REQUIRE(s->n_bindings >= 0 && s->n_bindings <= SITE_MAX_BINDINGS);
	REQUIRE(s->n_cooling >= 0 && s->n_cooling <= SITE_MAX_COOLING);
	REQUIRE(s->n_feeders >= 0 && s->n_feeders <= SITE_MAX_FEEDERS);
	REQUIRE(s->n_rations >= 0 && s->n_rations <= SITE_MAX_RATIONS);
	if (!id_is_valid(s->id))
		site_fault(&c, "id", -1, "", "1 to %d of [a-z0-9_.-]", ID_MAX - 1);
	check_pcc(&c);
	check_load(&c);
	for (int i = 0; i < s->n_generators; i++)
		check_generator(&c, i);
	for (int i = 0; i < s->n_storage; i++)
		check_storage(&c, i);
	for (int i = 0; i < s->n_queues; i++)
		check_queue(&c, i);
	for (int i = 0; i < s->n_cooling; i++)
		site_check_cooling(&c, i);
	site_check_feeders(&c);
	site_check_rations(&c);
	site_check_carbon(&c);
	check_ids(&c);
	for (int i = 0; i < s->n_bindings; i++)
		check_binding(&c, i);
	check_needs(&c);
	return c.n;
}
