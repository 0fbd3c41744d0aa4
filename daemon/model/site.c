#include "model/site.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

const char *asset_kind_name(enum asset_kind k)
{
	static const char *const names[] = {"none",  "pv",  "battery", "ups",	"load",
					    "queue", "pcc", "wind",    "hydro", "cooling"};

	return (unsigned)k < ARRAY_SIZE(names) ? names[k] : "?";
}

bool asset_kind_is_generator(enum asset_kind k)
{
	return k == ASSET_PV || k == ASSET_WIND || k == ASSET_HYDRO;
}

enum asset_kind generator_kind(const struct generator *g)
{
	return g->kind == ASSET_NONE ? ASSET_PV : g->kind;
}

const char *site_bound_point(const struct site *s, const char *role_fmt, ...)
{
	char role[sizeof(s->bindings[0].role)];
	va_list ap;
	int n;

	va_start(ap, role_fmt);
	n = vsnprintf(role, sizeof(role), role_fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(role))
		return NULL;
	for (int i = 0; i < s->n_bindings; i++) {
		if (strcmp(s->bindings[i].role, role) == 0)
			return s->bindings[i].point;
	}
	return NULL;
}

const struct tariff *site_tariff_at(const struct site *s, int64_t t_ms)
{
	const struct tariff *ret = NULL;

	for (int i = 0; i < s->n_tariffs; i++) {
		const struct tariff *t = s->tariffs[i];

		if (t && t_ms >= t->valid_from_ms && t_ms < t->valid_to_ms &&
		    (!ret || t->valid_from_ms >= ret->valid_from_ms))
			ret = t;
	}
	return ret;
}

char *asset_path(char *out, size_t n, const struct site *s, const char *asset_id)
{
	snprintf(out, n, "%s/%s", s->id, asset_id);
	return out;
}

/* Roles by pattern; what stands in [] is the id of an asset of the given kind. */
static const struct {
	const char *before, *after; /* "pv[" "].power"; after NULL: the whole role */
	enum asset_kind kind;
	enum unit unit;
} roles[] = {
	{"pcc.power", NULL, ASSET_PCC, UNIT_W},
	{"load.power", NULL, ASSET_LOAD, UNIT_W},
	{"pv[", "].power", ASSET_PV, UNIT_W},
	{"wind[", "].power", ASSET_WIND, UNIT_W},
	{"hydro[", "].power", ASSET_HYDRO, UNIT_W},
	{"cooling[", "].power", ASSET_COOLING, UNIT_W},
	{"cooling[", "].temperature", ASSET_COOLING, UNIT_CELSIUS},
	{"storage[", "].soc", ASSET_BATTERY, UNIT_PERCENT},
	{"storage[", "].power", ASSET_BATTERY, UNIT_W},
	{"queue[", "].backlog", ASSET_QUEUE, UNIT_DEVICE_SECONDS},
	{"queue[", "].power", ASSET_QUEUE, UNIT_W},
	{"queue[", "].arrivals", ASSET_QUEUE, UNIT_DEVICE_SECONDS},
	{"queue[", "].due", ASSET_QUEUE, UNIT_DEVICE_SECONDS},
	{"price.buy", NULL, ASSET_NONE, UNIT_PRICE},
	{"price.sell", NULL, ASSET_NONE, UNIT_PRICE},
	{"temperature", NULL, ASSET_NONE, UNIT_CELSIUS},
	{"carbon", NULL, ASSET_NONE, UNIT_CARBON},
};

/* Does role fit roles[i]? The id between the brackets goes to id ("" without brackets). */
static bool role_fits(const char *role, size_t i, char id[static ID_MAX])
{
	size_t before = strlen(roles[i].before);
	size_t all = strlen(role), after;

	id[0] = '\0';
	if (!roles[i].after)
		return strcmp(role, roles[i].before) == 0;
	after = strlen(roles[i].after);
	if (all <= before + after || all - before - after >= ID_MAX ||
	    strncmp(role, roles[i].before, before) != 0 ||
	    strcmp(role + all - after, roles[i].after) != 0)
		return false;
	memcpy(id, role + before, all - before - after);
	id[all - before - after] = '\0';
	return true;
}

int site_role_parse(const char *role, struct site_role *ret)
{
	char id[ID_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		if (!role_fits(role, i, id))
			continue;
		ret->kind = roles[i].kind;
		ret->unit = roles[i].unit;
		memcpy(ret->asset, id, sizeof(id));
		return 0;
	}
	return ERR_INVALID;
}
