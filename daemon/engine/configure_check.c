#include "engine/configure_check.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/map.h"
#include "config/word.h"

#define PREFIX_MAX_B 48
#define KNOWN_MAX_B 200

struct checker {
	struct configure_parts *parts;
	struct fault_list *faults;
	size_t n_schema; /* faults before these checks */
};

/* A thing in a file: "sites[3]" of parts->at[i]. */
struct item {
	struct checker *c;
	const struct conf_doc *doc;
	char prefix[PREFIX_MAX_B];
};

static struct item item_of(struct checker *c, const struct configure_part *part, const char *list,
			   size_t i)
{
	struct item it = {.c = c, .doc = part->doc};

	snprintf(it.prefix, sizeof(it.prefix), "%s[%zu]", list, i);
	return it;
}

/* "storage[1].soc_min" of the item is wrong; path "" is the item itself. Also a check_cb of the model. */
static void report(void *arg, const char *path, const char *text)
{
	const struct item *it = arg;
	char full[CONF_PATH_MAX_B];

	snprintf(full, sizeof(full), "%s%s%s", it->prefix, path[0] && it->prefix[0] ? "." : "",
		 path);
	fault_list_add(it->c->faults, conf_locate(conf_root(it->doc), full), "%s: %s", full, text);
}

/* Has the schema found no fault in the item? */
static bool is_sound(const struct item *it)
{
	const struct fault_list *l = it->c->faults;
	size_t n = strlen(it->prefix);

	if (l->n_dropped)
		return false;
	for (size_t i = 0; i < it->c->n_schema; i++) {
		const struct conf_fault *f = &l->at[i];

		if (strncmp(f->text, it->prefix, n) == 0 && strchr(".:[", f->text[n]) &&
		    strcmp(f->file, conf_name(it->doc)) == 0)
			return false;
	}
	return true;
}

/* ---- unique names ---- */

/* The first item of a name, for the message about the second. */
struct names {
	struct map map; /* name → const char * with the place */
	struct arena *arena;
	bool no_memory;
};

/* The place of the earlier one of that name, or NULL if this is the first. */
static const char *claim(struct names *n, const struct item *it, const char *path, const char *name)
{
	const char *known = map_get_str(&n->map, name);
	char full[CONF_PATH_MAX_B];
	struct conf_mark m;
	char *place;

	if (known)
		return known;
	snprintf(full, sizeof(full), "%s.%s", it->prefix, path);
	m = conf_locate(conf_root(it->doc), full);
	place = arena_printf(n->arena, "%s:%d:%d", m.file, m.line, m.col);
	if (!place || map_put_str(&n->map, name, place, NULL))
		n->no_memory = true;
	return NULL;
}

static void claim_id(struct names *n, struct item *it, const char *id)
{
	const char *known = id[0] ? claim(n, it, "id", id) : NULL;
	char text[1400];

	if (!known)
		return;
	snprintf(text, sizeof(text), "\"%s\" is taken: %s", id, known);
	report(it, "id", text);
}

/* ---- tariffs ---- */

/* Energy bought in the cheapest hours to be sold at once would be money out of nothing. */
static void check_sell_price(struct item *it, const struct tariff *t)
{
	int64_t lowest_e4 = (int64_t)((__int128)t->flat_price_e4 * t->ratio_ppm[TOU_VALLEY] / PPM);
	char price[32], text[160];

	if (t->sell_price_e4 <= lowest_e4)
		return;
	snprintf(text, sizeof(text), "is above the lowest price to buy, %s",
		 schema_format_i64(SCHEMA_PRICE, lowest_e4, price, sizeof(price)));
	report(it, "sell_price", text);
}

static void check_tariffs(struct checker *c, struct names *names)
{
	for (size_t p = 0; p < c->parts->n; p++) {
		const struct configure_part *part = &c->parts->at[p];

		for (size_t i = 0; i < part->values.n_tariffs; i++) {
			const struct tariff *t = &part->values.tariffs[i];
			struct item it = item_of(c, part, "tariffs", i);

			claim_id(names, &it, t->id);
			if (!is_sound(&it))
				continue;
			check_sell_price(&it, t);
			tariff_check(t, report, &it);
		}
	}
}

/* ---- sites ---- */

static void list_known(const struct map *m, char *out, size_t n)
{
	const char *key;
	size_t at = 0, used = 0;

	snprintf(out, n, "none");
	while (used < n && map_next(m, &at, NULL, &key)) {
		int len = snprintf(out + used, n - used, "%s%s", used ? ", " : "", key);

		used += len > 0 ? (size_t)len : 0;
	}
}

static const char *nearest(const struct map *m, const char *id)
{
	int best = word_reach(id) + 1;
	const char *key, *ret = NULL;
	size_t at = 0;

	while (map_next(m, &at, NULL, &key)) {
		int distance = word_distance(id, key, best);

		if (distance < best) {
			best = distance;
			ret = key;
		}
	}
	return ret;
}

static void check_tariff_of(struct item *it, const struct site *s, const struct names *tariffs)
{
	char known[KNOWN_MAX_B], text[500];
	const char *near;

	if (it->c->parts->is_broken || map_get_str(&tariffs->map, s->tariff_id))
		return;
	near = nearest(&tariffs->map, s->tariff_id);
	list_known(&tariffs->map, known, sizeof(known));
	snprintf(text, sizeof(text), "there is no tariff \"%s\"%s%s%s; there are: %s", s->tariff_id,
		 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "", known);
	report(it, "tariff", text);
}

static void check_zone(struct item *it, struct site *s)
{
	char shown[WORD_SHOWN_MAX_B], text[160];
	int r = zone_load(s->zone_name, &s->zone);

	if (r == 0)
		return;
	snprintf(text, sizeof(text),
		 "\"%s\" is no time zone of this system, such as Asia/Shanghai (%s)",
		 word_show(s->zone_name, shown, sizeof(shown)), err_text(r));
	report(it, "zone", text);
}

/* Prices and weather are common to sites; a measurement belongs to one. */
static bool is_own(const char *role)
{
	struct site_role parsed;

	return site_role_parse(role, &parsed) == 0 && parsed.kind != ASSET_NONE;
}

/* Within one site that is site_check()'s to say: all are compared first, then all claimed. */
static void claim_points(struct names *points, struct item *it, const struct site *s)
{
	char path[64], text[1400];

	for (int i = 0; i < s->n_bindings; i++) {
		const char *point = s->bindings[i].point;
		const char *known = map_get_str(&points->map, point);

		if (!known || !is_own(s->bindings[i].role))
			continue;
		snprintf(path, sizeof(path), "bindings[%d].point", i);
		snprintf(text, sizeof(text), "%s is bound already: %s", point, known);
		report(it, path, text);
	}
	for (int i = 0; i < s->n_bindings; i++) {
		snprintf(path, sizeof(path), "bindings[%d].point", i);
		if (is_own(s->bindings[i].role))
			claim(points, it, path, s->bindings[i].point);
	}
}

static void check_site(struct item *it, struct site *s, const struct names *tariffs)
{
	check_zone(it, s);
	check_tariff_of(it, s, tariffs);
	site_check(s, report, it);
}

static void check_sites(struct checker *c, struct names *names, const struct names *tariffs,
			struct names *points)
{
	for (size_t p = 0; p < c->parts->n; p++) {
		const struct configure_part *part = &c->parts->at[p];

		for (size_t i = 0; i < part->values.n_sites; i++) {
			struct site *s = &part->values.sites[i];
			struct item it = item_of(c, part, "sites", i);

			claim_id(names, &it, s->id);
			if (!is_sound(&it))
				continue;
			check_site(&it, s, tariffs);
			claim_points(points, &it, s);
		}
	}
}

/* ---- access ---- */

static bool has_role(const struct configure_rule *r, enum access_role role)
{
	for (int i = 0; i < r->n_roles; i++) {
		if (r->roles[i] == role)
			return true;
	}
	return false;
}

static void check_rule(struct item *it, const struct configure_rule *r)
{
	if (r->self + (r->user[0] != '\0') + (r->group[0] != '\0') != 1)
		report(it, "",
		       "a rule is for self: true, or for a user, or for a group: one of them");
	if (has_role(r, ROLE_ADAPTER) && r->n_adapters == 0)
		report(it, "", "the role adapter needs adapters: names of sources, or any");
	if (!has_role(r, ROLE_ADAPTER) && r->n_adapters > 0)
		report(it, "adapters", "only the role adapter has them");
}

static void check_rules(struct checker *c)
{
	for (size_t p = 0; p < c->parts->n; p++) {
		const struct configure_part *part = &c->parts->at[p];

		for (size_t i = 0; i < part->values.n_rules; i++) {
			struct item it = item_of(c, part, "access", i);

			if (is_sound(&it))
				check_rule(&it, &part->values.rules[i]);
		}
	}
}

/* ---- settings ---- */

static void check_slots(struct item *it, const char *path, int64_t ms)
{
	if (ms % SLOT_MS != 0)
		report(it, path, "is no multiple of 15min");
}

/* Every rung of the ladder outweighs the one below, or the planner would trade the wrong way. A reserve is priced by
 * the hour, so that it must outweigh what it could give in a slot. */
static void check_ladder(struct item *it, const struct settings *s)
{
	const struct {
		const char *path;
		int64_t price_e4;
		bool by_hour;
	} rungs[] = {
		{"plan.tie_break_price", s->plan.tie_break_price_e4, false},
		{"event.penalty_price", s->event.penalty_price_e4, false},
		{"plan.reserve_price", s->plan.reserve_price_e4, true},
		{"plan.overload_price", s->plan.overload_price_e4, false},
		{"plan.ups_reserve_price", s->plan.ups_reserve_price_e4, true},
		{"plan.unserved_price", s->plan.unserved_price_e4, false},
	};
	char text[120];

	for (size_t i = 1; i < ARRAY_SIZE(rungs); i++) {
		int64_t times = rungs[i].by_hour ? MS_PER_H / SLOT_MS : 1;

		if (rungs[i].price_e4 > times * rungs[i - 1].price_e4)
			continue;
		snprintf(text, sizeof(text), "is not above %s%s", times > 1 ? "4 x " : "",
			 rungs[i - 1].path);
		report(it, rungs[i].path, text);
	}
}

static void check_settings(struct checker *c)
{
	const struct settings *s = &c->parts->at[0].values.settings;
	struct item it = {.c = c, .doc = c->parts->at[0].doc};

	if (c->n_schema > 0) /* of which file is not worth telling apart */
		return;
	check_slots(&it, "plan.period", s->plan.period_ms);
	check_slots(&it, "plan.horizon", s->plan.horizon_ms);
	check_slots(&it, "plan.fine", s->plan.fine_ms);
	if (s->plan.fine_ms > s->plan.horizon_ms)
		report(&it, "plan.fine", "is above plan.horizon");
	if (s->event.surplus_price_e4 > s->event.penalty_price_e4)
		report(&it, "event.surplus_price", "is above event.penalty_price");
	check_ladder(&it, s);
}

void configure_check(struct configure_parts *parts, struct fault_list *faults)
{
	struct checker c = {parts, faults, faults->n};
	struct names names[3];
	struct arena arena;
	bool no_memory = false;

	arena_init(&arena, (size_t)64 << 20);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		names[i] = (struct names){.arena = &arena};
		map_init_str(&names[i].map);
	}
	check_settings(&c);
	check_rules(&c);
	check_tariffs(&c, &names[0]);
	check_sites(&c, &names[1], &names[0], &names[2]);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		no_memory |= names[i].no_memory;
		map_fini(&names[i].map);
	}
	arena_fini(&arena);
	if (no_memory)
		fault_list_add(faults, (struct conf_mark){0}, "%s", err_text(-ENOMEM));
}
