#include "engine/configure_check.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "config/word.h"
#include "engine/configure_check_network.h"
#include "engine/configure_item.h"

/* ---- tariffs ---- */

/* Energy bought in the cheapest hours to be sold at once would be money out of nothing. */
static void check_sell_price(struct configure_item *it, const struct tariff *t)
{
	int64_t lowest_e4 = (int64_t)((__int128)t->flat_price_e4 * t->ratio_ppm[TOU_VALLEY] / PPM);
	char price[32], text[160];

	if (t->sell_price_e4 <= lowest_e4)
		return;
	snprintf(text, sizeof(text), "is above the lowest price to buy, %s",
		 schema_format_i64(SCHEMA_PRICE, lowest_e4, price, sizeof(price)));
	configure_report(it, "sell_price", text);
}

static void check_tariffs(struct configure_checker *c, struct configure_names *names)
{
	for (size_t p = 0; p < c->parts->n; p++) {
		const struct configure_part *part = &c->parts->at[p];

		for (size_t i = 0; i < part->values.n_tariffs; i++) {
			const struct tariff *t = &part->values.tariffs[i];
			struct configure_item it = configure_item_of(c, part, "tariffs", i);

			configure_claim_id(names, &it, t->id);
			if (!configure_is_sound(&it))
				continue;
			check_sell_price(&it, t);
			tariff_check(t, configure_report, &it);
		}
	}
}

/* ---- sites ---- */

static void check_tariffs_of(struct configure_item *it, const struct site *s,
			     const struct configure_names *tariffs)
{
	char path[32];

	for (int i = 0; i < s->n_tariffs; i++) {
		snprintf(path, sizeof(path), s->n_tariffs > 1 ? "tariff[%d]" : "tariff", i);
		configure_must_know(it, path, "tariff", s->tariff_ids[i], tariffs);
	}
}

static void check_zone(struct configure_item *it, struct site *s)
{
	char shown[WORD_SHOWN_MAX_B], text[160];
	int r = zone_load(s->zone_name, &s->zone);

	if (r == 0)
		return;
	snprintf(text, sizeof(text),
		 "\"%s\" is no time zone of this system, such as Asia/Shanghai (%s)",
		 word_show(s->zone_name, shown, sizeof(shown)), err_text(r));
	configure_report(it, "zone", text);
}

/* Prices and weather are common to sites; a measurement belongs to one. */
static bool is_own(const char *role)
{
	struct site_role parsed;

	return site_role_parse(role, &parsed) == 0 && parsed.kind != ASSET_NONE;
}

/* Within one site that is site_check()'s to say: all are compared first, then all claimed. */
static void claim_points(struct configure_names *points, struct configure_item *it,
			 const struct site *s)
{
	char path[64], text[1400];

	for (int i = 0; i < s->n_bindings; i++) {
		const char *point = s->bindings[i].point;
		const char *known = map_get_str(&points->map, point);

		if (!known || !is_own(s->bindings[i].role))
			continue;
		snprintf(path, sizeof(path), "bindings[%d].point", i);
		snprintf(text, sizeof(text), "%s is bound already: %s", point, known);
		configure_report(it, path, text);
	}
	for (int i = 0; i < s->n_bindings; i++) {
		snprintf(path, sizeof(path), "bindings[%d].point", i);
		if (is_own(s->bindings[i].role))
			configure_claim(points, it, path, s->bindings[i].point);
	}
}

static void check_generators(struct configure_item *it, const struct configure_site *cs)
{
	char text[80];

	if (cs->n_pv + cs->n_wind + cs->n_hydro <= SITE_MAX_GENERATORS)
		return;
	snprintf(text, sizeof(text), "pv, wind and hydro together have at most %d plants",
		 SITE_MAX_GENERATORS);
	configure_report(it, cs->n_hydro ? "hydro" : cs->n_wind ? "wind" : "pv", text);
}

/* What sites refer to. */
struct known {
	const struct configure_names *tariffs, *calendars;
};

static void check_site(struct configure_item *it, struct site *s, const struct known *known)
{
	check_zone(it, s);
	check_tariffs_of(it, s, known->tariffs);
	if (s->calendar_id[0])
		configure_must_know(it, "calendar", "calendar", s->calendar_id, known->calendars);
	site_check(s, configure_report, it);
}

static void check_calendars(struct configure_checker *c, struct configure_names *names)
{
	for (size_t p = 0; p < c->parts->n; p++) {
		const struct configure_part *part = &c->parts->at[p];

		for (size_t i = 0; i < part->values.n_calendars; i++) {
			const struct calendar *k = &part->values.calendars[i];
			struct configure_item it = configure_item_of(c, part, "calendars", i);

			configure_claim_id(names, &it, k->id);
			if (configure_is_sound(&it))
				calendar_check(k, configure_report, &it);
		}
	}
}

static void check_sites(struct configure_checker *c, struct configure_names *names,
			const struct known *known, struct configure_names *points)
{
	for (size_t p = 0; p < c->parts->n; p++) {
		const struct configure_part *part = &c->parts->at[p];

		for (size_t i = 0; i < part->values.n_sites; i++) {
			struct configure_site *cs = &part->values.sites[i];
			struct site *s = &cs->site;
			struct configure_item it = configure_item_of(c, part, "sites", i);

			configure_claim_id(names, &it, s->id);
			if (!configure_is_sound(&it))
				continue;
			check_generators(&it, cs);
			check_site(&it, s, known);
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

static void check_rule(struct configure_item *it, const struct configure_rule *r)
{
	if (r->self + (r->user[0] != '\0') + (r->group[0] != '\0') != 1)
		configure_report(
			it, "",
			"a rule is for self: true, or for a user, or for a group: one of them");
	if (has_role(r, ROLE_ADAPTER) && r->n_adapters == 0)
		configure_report(it, "",
				 "the role adapter needs adapters: names of sources, or any");
	if (!has_role(r, ROLE_ADAPTER) && r->n_adapters > 0)
		configure_report(it, "adapters", "only the role adapter has them");
}

static void check_rules(struct configure_checker *c)
{
	for (size_t p = 0; p < c->parts->n; p++) {
		const struct configure_part *part = &c->parts->at[p];

		for (size_t i = 0; i < part->values.n_rules; i++) {
			struct configure_item it = configure_item_of(c, part, "access", i);

			if (configure_is_sound(&it))
				check_rule(&it, &part->values.rules[i]);
		}
	}
}

/* ---- settings ---- */

static void check_slots(struct configure_item *it, const char *path, int64_t ms)
{
	if (ms % SLOT_MS != 0)
		configure_report(it, path, "is no multiple of 15min");
}

/* Every rung of the ladder outweighs the one below, or the planner would trade the wrong way. A reserve is priced by
 * the hour, so that it must outweigh what it could give in a slot. */
static void check_ladder(struct configure_item *it, const struct settings *s)
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
		configure_report(it, rungs[i].path, text);
	}
}

static void check_settings(struct configure_checker *c)
{
	const struct settings *s = &c->parts->at[0].values.settings;
	struct configure_item it = {.c = c, .doc = c->parts->at[0].doc};

	if (c->n_schema > 0) /* of which file is not worth telling apart */
		return;
	check_slots(&it, "plan.period", s->plan.period_ms);
	check_slots(&it, "plan.horizon", s->plan.horizon_ms);
	check_slots(&it, "plan.fine", s->plan.fine_ms);
	check_slots(&it, "plan.middle", s->plan.middle_ms);
	check_slots(&it, "plan.long_view", s->plan.long_ms);
	if (s->plan.fine_ms > s->plan.horizon_ms)
		configure_report(&it, "plan.fine", "is above plan.horizon");
	if (s->plan.long_ms > 0 && s->plan.long_ms < s->plan.horizon_ms)
		configure_report(&it, "plan.long_view", "is below plan.horizon");
	if (s->event.surplus_price_e4 > s->event.penalty_price_e4)
		configure_report(&it, "event.surplus_price", "is above event.penalty_price");
	check_ladder(&it, s);
}

void configure_check(struct configure_parts *parts, struct fault_list *faults)
{
	struct configure_checker c = {parts, faults, faults->n};
	struct configure_names names[4];
	const struct known known = {&names[0], &names[3]};
	struct arena arena;
	bool no_memory = false;

	arena_init(&arena, (size_t)256 << 20);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		names[i] = (struct configure_names){.arena = &arena};
		map_init_str(&names[i].map);
	}
	check_settings(&c);
	check_rules(&c);
	check_tariffs(&c, &names[0]);
	check_calendars(&c, &names[3]);
	check_sites(&c, &names[1], &known, &names[2]);
	configure_check_network(&c, &arena);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		no_memory |= names[i].no_memory;
		map_fini(&names[i].map);
	}
	arena_fini(&arena);
	if (no_memory)
		fault_list_add(faults, (struct conf_mark){0}, "%s", err_text(-ENOMEM));
}
