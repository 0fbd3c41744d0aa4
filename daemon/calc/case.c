#include "calc/case.h"

#include <math.h>
#include <string.h>

#define BIG JREAD_MAX_NUMBER
#define TINY 1e-9

/* Rows of the tables: the member's name is the field's. The rest of a row follows in the order of struct member. */
#define NEED .required = true
#define ROW(type, field, what, ...)                                                                \
	{                                                                                          \
		.key = #field, .kind = (what), .offset = offsetof(struct type, field), __VA_ARGS__ \
	}
#define SIGNED .lo = -BIG, .hi = BIG
#define POSITIVE .lo = 0, .hi = BIG
#define SHARE .lo = TINY, .hi = 1, .otherwise = 1
#define NO_MOST .otherwise = INFINITY
#define NO_LEAST .otherwise = -INFINITY
#define UNREAD(name)                                                                               \
	{                                                                                          \
		.key = (name), .kind = MEMBER_ANY                                                  \
	}
#define LIST(name)                                                                                 \
	{                                                                                          \
		.key = (name), .kind = MEMBER_LIST                                                 \
	}

static const struct member file_members[] = {
	UNREAD("schema"),
	UNREAD("id"),
	UNREAD("title"),
	UNREAD("source"),
	UNREAD("kind"),
	UNREAD("notes"),
	{.key = "variants", .kind = MEMBER_LIST, NEED},
};

static const struct member variant_members[] = {
	ROW(case_variant, name, MEMBER_TEXT, NEED),
	{.key = "data", .kind = MEMBER_ANY, NEED},
	UNREAD("expected"),
	UNREAD("oracle"),
	UNREAD("notes"),
};

/* Read first, for they say how long a series is. */
static const struct member size_members[] = {
	ROW(site_case, n, MEMBER_COUNT, NEED, .lo = 1, .hi = CASE_MAX_STEPS),
	ROW(site_case, dt_h, MEMBER_NUMBER, NEED, .lo = 1.0 / 3600, .hi = 8784),
};

static const struct member data_members[] = {
	UNREAD("n"),
	UNREAD("dt_h"),
	UNREAD("name"),
	UNREAD("units"),
	UNREAD("start"),
	UNREAD("notes"),
	ROW(site_case, buy, MEMBER_SERIES, NEED, SIGNED),
	ROW(site_case, sell, MEMBER_SERIES, NEED, SIGNED),
	ROW(site_case, load, MEMBER_SERIES, SIGNED),
	ROW(site_case, pv, MEMBER_SERIES, POSITIVE),
	ROW(site_case, import_max, MEMBER_LIMITS, POSITIVE, NO_MOST),
	ROW(site_case, export_max, MEMBER_LIMITS, POSITIVE, NO_MOST),
	ROW(site_case, pv_curtailable, MEMBER_BOOL),
	ROW(site_case, grid_binary, MEMBER_BOOL),
	LIST("storages"),
	LIST("loads"),
	LIST("flow_charges"),
	LIST("peaks"),
};

static const struct member storage_members[] = {
	ROW(case_storage, name, MEMBER_TEXT),
	ROW(case_storage, soc0, MEMBER_NUMBER, NEED, SIGNED),
	ROW(case_storage, soc_min, MEMBER_LIMITS, SIGNED, NO_LEAST),
	ROW(case_storage, soc_max, MEMBER_LIMITS, SIGNED, NO_MOST),
	ROW(case_storage, charge_max, MEMBER_LIMITS, POSITIVE, NO_MOST),
	ROW(case_storage, discharge_max, MEMBER_LIMITS, POSITIVE, NO_MOST),
	ROW(case_storage, eta_c, MEMBER_NUMBER, SHARE),
	ROW(case_storage, eta_d, MEMBER_NUMBER, SHARE),
	ROW(case_storage, retention, MEMBER_NUMBER, SHARE),
	ROW(case_storage, cycle_cost_charge, MEMBER_SERIES, SIGNED),
	ROW(case_storage, cycle_cost_discharge, MEMBER_SERIES, SIGNED),
	ROW(case_storage, hold_cost, MEMBER_SERIES, SIGNED),
	ROW(case_storage, no_discharge_to_grid, MEMBER_BOOL),
	LIST("targets"),
	UNREAD("notes"),
};

static const struct member target_members[] = {
	ROW(case_target, end_of_step, MEMBER_COUNT, NEED, .lo = 0, .hi = CASE_MAX_STEPS),
	ROW(case_target, op, MEMBER_CHOICE, NEED, .choices = "eq ge le"),
	ROW(case_target, value, MEMBER_NUMBER, NEED, SIGNED),
	ROW(case_target, penalty, MEMBER_NUMBER, POSITIVE, .otherwise = -1),
	UNREAD("notes"),
};

static const struct member load_members[] = {
	ROW(case_load, name, MEMBER_TEXT),
	ROW(case_load, power, MEMBER_SERIES, NEED, POSITIVE),
	ROW(case_load, kind, MEMBER_CHOICE, .choices = "semi_continuous continuous"),
	ROW(case_load, allowed, MEMBER_FLAGS),
	ROW(case_load, steps_on, MEMBER_COUNT, .lo = 0, .hi = CASE_MAX_STEPS),
	ROW(case_load, energy, MEMBER_NUMBER, POSITIVE, .otherwise = -1),
	ROW(case_load, startup_cost_per_price, MEMBER_NUMBER, POSITIVE),
	ROW(case_load, single_block, MEMBER_BOOL),
	ROW(case_load, initial_on, MEMBER_BOOL),
	UNREAD("notes"),
};

static const struct member charge_members[] = {
	ROW(case_charge, name, MEMBER_TEXT),
	ROW(case_charge, over, MEMBER_CHOICE, NEED, .choices = "import export"),
	ROW(case_charge, aggregate, MEMBER_CHOICE, NEED, .choices = "max sum"),
	ROW(case_charge, price, MEMBER_NUMBER, NEED, POSITIVE),
	ROW(case_charge, threshold, MEMBER_SERIES, SIGNED),
	ROW(case_charge, per_hour, MEMBER_BOOL),
	UNREAD("notes"),
};

static const struct member peak_members[] = {
	ROW(case_peak, name, MEMBER_TEXT),
	ROW(case_peak, price, MEMBER_NUMBER, NEED, POSITIVE),
	ROW(case_peak, incumbent, MEMBER_NUMBER, POSITIVE),
	ROW(case_peak, interval_steps, MEMBER_COUNT, .lo = 1, .hi = CASE_MAX_STEPS),
	ROW(case_peak, window, MEMBER_FLAGS),
	LIST("history"),
	UNREAD("notes"),
};

/* ---- Lists ------------------------------------------------------------------------------------------- */

typedef int (*read_one)(const struct jread *jr, const struct at *at, void *into);

/* The list `key` of an object as an array in the arena. */
static int read_list(const struct jread *jr, const struct at *of, const char *key, size_t size,
		     read_one one, void *ret_array)
{
	struct at list;
	size_t n;
	char *array;
	int r = 0;

	at_member(of, key, &list);
	n = json_array_size(list.value);
	array = arena_array(jr->arena, n, size);
	if (!array)
		return -ENOMEM;
	for (size_t i = 0; i < n && !r; i++) {
		struct at at;

		at_element(&list, i, &at);
		r = one(jr, &at, array + i * size);
	}
	if (!r)
		memcpy(ret_array, &array, sizeof(array));
	return r;
}

static int read_target(const struct jread *jr, const struct at *at, void *into)
{
	struct case_target *g = into;
	int r = jread_object(jr, at, target_members, ARRAY_SIZE(target_members), g);

	if (!r && g->end_of_step >= jr->n)
		return at_fault(jr, at, "end_of_step is %d; allowed is 0 to %d", g->end_of_step,
				jr->n - 1);
	return r;
}

static int check_storage(const struct jread *jr, const struct at *at, const struct case_storage *s)
{
	for (int t = 0; t < jr->n; t++)
		if (s->soc_min[t] > s->soc_max[t])
			return at_fault(jr, at, "soc_min %.12g is above soc_max %.12g in step %d",
					s->soc_min[t], s->soc_max[t], t);
	return 0;
}

static int read_storage(const struct jread *jr, const struct at *at, void *into)
{
	struct case_storage *s = into;
	int r = jread_object(jr, at, storage_members, ARRAY_SIZE(storage_members), s);

	if (!r)
		r = check_storage(jr, at, s);
	if (!r)
		r = jread_list(jr, at, "targets", CASE_MAX_TARGETS, &s->n_targets);
	if (!r)
		r = read_list(jr, at, "targets", sizeof(*s->targets), read_target, &s->targets);
	return r;
}

static int read_load(const struct jread *jr, const struct at *at, void *into)
{
	struct case_load *l = into;
	int r = jread_object(jr, at, load_members, ARRAY_SIZE(load_members), l);

	if (!r && l->steps_on >= 0 && l->energy >= 0)
		return at_fault(jr, at, "steps_on and energy exclude each other");
	if (!r && l->kind == CASE_CONTINUOUS && l->steps_on >= 0)
		for (int t = 1; t < jr->n; t++)
			if (l->power[t] != l->power[0])
				return at_fault(jr, at,
						"steps_on of a continuous load needs a "
						"constant power; allowed is energy");
	return r;
}

static int read_charge(const struct jread *jr, const struct at *at, void *into)
{
	struct case_charge *c = into;
	int r = jread_object(jr, at, charge_members, ARRAY_SIZE(charge_members), c);

	if (!r && c->per_hour && c->aggregate != CASE_SUM)
		return at_fault(jr, at, "per_hour is allowed with aggregate \"sum\" only");
	return r;
}

static int read_history(const struct jread *jr, const struct at *at, struct case_peak *p)
{
	struct at list;
	int r = jread_list(jr, at, "history", CASE_MAX_STEPS, &p->n_history);

	if (r)
		return r;
	at_member(at, "history", &list);
	if (p->n_history >= p->interval_steps && p->n_history > 0)
		return at_fault(
			jr, &list,
			"%d values; allowed are fewer than interval_steps = %d: the steps of the "
			"interval that is still open",
			p->n_history, p->interval_steps);
	p->history = ARENA_ARRAY(jr->arena, (size_t)p->n_history, double);
	if (!p->history)
		return -ENOMEM;
	for (int i = 0; i < p->n_history; i++) {
		struct at one;
		double x = 0;

		at_element(&list, (size_t)i, &one);
		x = json_number_value(one.value);
		if (!json_is_number(one.value) || x < 0 || x > BIG)
			return at_fault(jr, &one, "allowed is a number from 0 (at most %.12g)",
					BIG);
		p->history[i] = x;
	}
	return 0;
}

static int read_peak(const struct jread *jr, const struct at *at, void *into)
{
	struct case_peak *p = into;
	int r = jread_object(jr, at, peak_members, ARRAY_SIZE(peak_members), p);

	if (r)
		return r;
	if (p->interval_steps < 0)
		p->interval_steps = 1;
	return read_history(jr, at, p);
}

/* ---- The whole ---------------------------------------------------------------------------------------- */

static int read_things(const struct jread *jr, const struct at *at, struct site_case *c)
{
	int r = jread_list(jr, at, "storages", CASE_MAX_THINGS, &c->n_storages);

	if (!r)
		r = jread_list(jr, at, "loads", CASE_MAX_THINGS, &c->n_loads);
	if (!r)
		r = jread_list(jr, at, "flow_charges", CASE_MAX_THINGS, &c->n_charges);
	if (!r)
		r = jread_list(jr, at, "peaks", CASE_MAX_THINGS, &c->n_peaks);
	if (!r && (double)c->n * (1 + c->n_storages + c->n_loads + c->n_charges + c->n_peaks) >
			  CASE_MAX_CELLS)
		r = at_fault(jr, at,
			     "%d steps are too many for so many storages, loads and charges; "
			     "allowed are %d steps over all of them",
			     c->n, CASE_MAX_CELLS);
	if (!r)
		r = read_list(jr, at, "storages", sizeof(*c->storages), read_storage, &c->storages);
	if (!r)
		r = read_list(jr, at, "loads", sizeof(*c->loads), read_load, &c->loads);
	if (!r)
		r = read_list(jr, at, "flow_charges", sizeof(*c->charges), read_charge,
			      &c->charges);
	if (!r)
		r = read_list(jr, at, "peaks", sizeof(*c->peaks), read_peak, &c->peaks);
	return r;
}

static int read_size(const struct jread *jr, const struct at *at, struct site_case *c)
{
	int r = 0;

	if (!json_is_object(at->value))
		return at_fault(jr, at, "not an object");
	for (size_t i = 0; i < ARRAY_SIZE(size_members) && !r; i++) {
		json_t *only = json_object();
		json_t *value = json_object_get(at->value, size_members[i].key);
		struct at place = *at;

		if (!only || (value && json_object_set(only, size_members[i].key, value) < 0))
			r = -ENOMEM;
		place.value = only;
		if (!r)
			r = jread_object(jr, &place, &size_members[i], 1, c);
		json_decref(only);
	}
	return r;
}

static int read_variant(const struct jread *jr, const struct at *at, void *into)
{
	struct case_variant *v = into;
	struct jread inner = *jr;
	struct at data;
	int r = jread_object(jr, at, variant_members, ARRAY_SIZE(variant_members), v);

	if (r)
		return r;
	at_member(at, "data", &data);
	r = read_size(jr, &data, &v->data);
	inner.n = v->data.n;
	if (!r)
		r = jread_object(&inner, &data, data_members, ARRAY_SIZE(data_members), &v->data);
	if (!r)
		r = read_things(&inner, &data, &v->data);
	return r;
}

static int check_names(const struct jread *jr, const struct case_file *c)
{
	for (int i = 0; i < c->n_variants; i++)
		for (int k = 0; k < i; k++)
			if (strcmp(c->variants[i].name, c->variants[k].name) == 0)
				return fault_set(jr->fault, ERR_INVALID,
						 "variants[%d].name: \"%s\" is the name of "
						 "variants[%d] already",
						 i, c->variants[i].name, k);
	return 0;
}

int case_read(json_t *doc, struct arena *a, struct fault *f, struct case_file *ret)
{
	struct jread jr = {.arena = a, .fault = f};
	struct at root = {.value = doc};
	struct case_file c = {.id = NULL};
	int r = jread_word(&jr, &root, "schema", CASE_SCHEMA);

	if (!r)
		r = jread_word(&jr, &root, "kind", "site-milp");
	if (!r)
		r = jread_object(&jr, &root, file_members, ARRAY_SIZE(file_members), &c);
	if (!r)
		r = jread_list(&jr, &root, "variants", CASE_MAX_VARIANTS, &c.n_variants);
	if (!r)
		r = read_list(&jr, &root, "variants", sizeof(*c.variants), read_variant,
			      &c.variants);
	if (!r)
		r = check_names(&jr, &c);
	if (r == -ENOMEM)
		return fault_set(f, r, "%s", err_text(r));
	if (!r)
		*ret = c;
	return r;
}
