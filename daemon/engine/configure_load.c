/* configure_load(): all files read, checked, put together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "engine/configure_check.h"
#include "engine/configure_check_network.h"
#include "engine/configure_files.h"
#include "engine/configure_priv.h"

#define ARENA_CAP_B ((size_t)256 << 20)

struct loader {
	struct configure_files files;
	struct configure_part parts[CONFIGURE_FILES_MAX];
	struct configure_file all; /* of all files together */
	struct arena arena;	   /* what files say, until it is put together */
	struct fault_list *faults;
};

static int no_memory(struct fault_list *faults)
{
	fault_list_add(faults, (struct conf_mark){0}, "%s", err_text(-ENOMEM));
	return -ENOMEM;
}

/* ---- reading ---- */

static void read_part(struct loader *l, size_t i)
{
	struct configure_part *part = &l->parts[i];

	part->doc = l->files.at[i].doc;
	schema_decode(i == 0 ? configure_main_schema : configure_part_schema, conf_root(part->doc),
		      "", &l->arena, &part->values, l->faults);
}

static void include_all(struct loader *l)
{
	const struct conf_node *list = conf_entry(conf_root(l->parts[0].doc), "include");
	const struct configure_file *main_file = &l->parts[0].values;

	for (size_t i = 0; i < main_file->n_includes; i++) {
		if (main_file->includes[i][0]) /* else its fault has been told */
			configure_files_include(&l->files, main_file->includes[i],
						conf_item(list, i)->mark, l->faults);
	}
	configure_files_include(&l->files, "tariffs.d/*.yaml", (struct conf_mark){0}, l->faults);
	configure_files_include(&l->files, "calendar/*.yaml", (struct conf_mark){0}, l->faults);
	configure_files_include(&l->files, "sites.d/*.yaml", (struct conf_mark){0}, l->faults);
}

static void add_generators(struct site *s, enum asset_kind kind, const struct generator *from,
			   int n)
{
	for (int i = 0; i < n && s->n_generators < SITE_MAX_GENERATORS; i++) {
		s->generators[s->n_generators] = from[i];
		s->generators[s->n_generators++].kind = kind;
	}
}

/* What a site leaves to its other values. */
static void complete_site(struct configure_site *cs)
{
	struct site *s = &cs->site;

	add_generators(s, ASSET_PV, cs->pv, cs->n_pv);
	add_generators(s, ASSET_WIND, cs->wind, cs->n_wind);
	add_generators(s, ASSET_HYDRO, cs->hydro, cs->n_hydro);
	for (int i = 0; i < s->n_feeders; i++) {
		if (s->feeders[i].export_max_w == CONFIGURE_UNSET)
			s->feeders[i].export_max_w = s->feeders[i].import_max_w;
	}
	for (int i = 0; i < s->n_storage; i++) {
		struct storage *st = &s->storage[i];

		if (st->soc_max_wh == CONFIGURE_UNSET)
			st->soc_max_wh = st->energy_wh;
		if (st->reserve_wh == CONFIGURE_UNSET)
			st->reserve_wh = st->soc_min_wh;
	}
}

static int read_all(struct loader *l, const char *path)
{
	struct configure_parts parts = {.at = l->parts};
	int r = configure_files_main(&l->files, path, l->faults);

	if (r)
		return r == ERR_MALFORMED || r == ERR_FULL ? ERR_INVALID : r;
	read_part(l, 0);
	include_all(l);
	for (size_t i = 1; i < l->files.n; i++)
		read_part(l, i);
	for (size_t p = 0; p < l->files.n; p++) {
		for (size_t i = 0; i < l->parts[p].values.n_sites; i++)
			complete_site(&l->parts[p].values.sites[i]);
	}
	parts.n = l->files.n;
	parts.is_broken = l->files.is_broken;
	configure_check(&parts, l->faults);
	return fault_list_is_empty(l->faults) ? 0 : ERR_INVALID;
}

/* ---- putting together ---- */

/* Nobody said who may do what: whoever the daemon runs as may do all. */
static void default_rule(struct configure_rule *r)
{
	*r = (struct configure_rule){
		.self = true,
		.n_roles = ROLES,
		.roles = {ROLE_OBSERVE, ROLE_OPERATE, ROLE_ADMIN, ROLE_ADAPTER, ROLE_APPROVE,
			  ROLE_AUDIT},
		.n_adapters = 1,
		.adapters = {CONFIGURE_ANY},
	};
}

/* Room for what all parts have. */
static bool make_room(struct loader *l)
{
	struct configure_file *all = &l->all;
	size_t n_tariffs = 0, n_calendars = 0, n_sites = 0, n_rules = 0;

	for (size_t p = 0; p < l->files.n; p++) {
		n_tariffs += l->parts[p].values.n_tariffs;
		n_calendars += l->parts[p].values.n_calendars;
		n_sites += l->parts[p].values.n_sites;
		n_rules += l->parts[p].values.n_rules;
	}
	all->tariffs = ARENA_ARRAY(&l->arena, n_tariffs, struct tariff);
	all->calendars = ARENA_ARRAY(&l->arena, n_calendars, struct calendar);
	all->sites = ARENA_ARRAY(&l->arena, n_sites, struct configure_site);
	all->rules = ARENA_ARRAY(&l->arena, n_rules + 1, struct configure_rule);
	return all->tariffs && all->calendars && all->sites && all->rules;
}

static bool merge(struct loader *l)
{
	const struct configure_parts parts = {.n = l->files.n, .at = l->parts};
	struct configure_file *all = &l->all;

	if (!make_room(l))
		return false;
	all->settings = l->parts[0].values.settings;
	configure_merge_network(&parts, &all->network);
	for (size_t p = 0; p < l->files.n; p++) {
		const struct configure_file *v = &l->parts[p].values;

		for (size_t i = 0; i < v->n_tariffs; i++)
			all->tariffs[all->n_tariffs++] = v->tariffs[i];
		for (size_t i = 0; i < v->n_calendars; i++)
			all->calendars[all->n_calendars++] = v->calendars[i];
		for (size_t i = 0; i < v->n_sites; i++)
			all->sites[all->n_sites++] = v->sites[i];
		for (size_t i = 0; i < v->n_rules; i++)
			all->rules[all->n_rules++] = v->rules[i];
	}
	if (all->n_rules == 0)
		default_rule(&all->rules[all->n_rules++]);
	return true;
}

static void make_rule(const struct configure_rule *from, struct access_rule *to)
{
	to->self = from->self;
	memcpy(to->user, from->user, sizeof(to->user));
	memcpy(to->group, from->group, sizeof(to->group));
	for (int i = 0; i < from->n_roles; i++)
		to->roles |= UINT32_C(1) << from->roles[i];
	for (int i = 0; i < from->n_adapters; i++) {
		if (strcmp(from->adapters[i], CONFIGURE_ANY) == 0)
			to->any_adapter = true;
		else
			memcpy(to->adapters[to->n_adapters++], from->adapters[i], ID_MAX);
	}
}

/* The text has the path of the store as written: it does not depend on where the files lie. */
static bool make_canonical(const struct configure_file *all, struct configure_owned *o)
{
	struct buf text;

	buf_init(&text, 0);
	if (schema_print(configure_canonical_schema, all, 0, &text) == 0) {
		sha256(buf_peek(&text), buf_avail(&text), o->c.hash);
		o->c.canonical = arena_strdup(&o->arena, buf_str(&text));
	}
	buf_fini(&text);
	return o->c.canonical != NULL;
}

/* The lists, in memory of the configuration's own. */
static bool take_lists(const struct configure_file *all, struct configure_owned *o)
{
	struct configuration *c = &o->c;

	c->n_tariffs = all->n_tariffs;
	c->n_calendars = all->n_calendars;
	c->n_sites = all->n_sites;
	c->n_rules = all->n_rules;
	c->tariffs = ARENA_ARRAY(&o->arena, c->n_tariffs, struct tariff);
	c->calendars = ARENA_ARRAY(&o->arena, c->n_calendars, struct calendar);
	c->sites = ARENA_ARRAY(&o->arena, c->n_sites, struct site);
	c->rules = ARENA_ARRAY(&o->arena, c->n_rules, struct access_rule);
	if (!c->tariffs || !c->calendars || !c->sites || !c->rules)
		return false;
	for (size_t i = 0; i < c->n_tariffs; i++)
		c->tariffs[i] = all->tariffs[i];
	for (size_t i = 0; i < c->n_calendars; i++)
		c->calendars[i] = all->calendars[i];
	for (size_t i = 0; i < c->n_sites; i++)
		c->sites[i] = all->sites[i].site;
	for (size_t i = 0; i < c->n_rules; i++)
		make_rule(&all->rules[i], &c->rules[i]);
	return true;
}

static void resolve(const struct configuration *c, struct site *s)
{
	for (int i = 0; i < s->n_tariffs; i++)
		s->tariffs[i] = configuration_tariff(c, s->tariff_ids[i]);
	s->calendar = configuration_calendar(c, s->calendar_id);
}

static int put_together(struct loader *l, const char *path, struct configure_owned *o)
{
	struct configuration *c = &o->c;

	if (!merge(l) || !make_canonical(&l->all, o) || !take_lists(&l->all, o))
		return no_memory(l->faults);
	snprintf(c->path, sizeof(c->path), "%s", path);
	c->settings = l->all.settings;
	c->network = l->all.network;
	if (!configure_path_join(path, l->all.settings.store.path, c->settings.store.path,
				 sizeof(c->settings.store.path))) {
		fault_list_add(l->faults, (struct conf_mark){.file = path},
			       "store.path: is too long");
		return ERR_INVALID;
	}
	for (size_t i = 0; i < c->n_sites; i++)
		resolve(c, &c->sites[i]);
	return 0;
}

int configure_load(const char *path, struct configuration **ret, struct fault_list *faults)
{
	struct loader *l = calloc(1, sizeof(*l));
	struct configure_owned *o = calloc(1, sizeof(*o));
	int r;

	if (!l || !o) {
		free(l);
		free(o);
		return no_memory(faults);
	}
	l->faults = faults;
	arena_init(&l->arena, ARENA_CAP_B);
	arena_init(&o->arena, ARENA_CAP_B);
	r = read_all(l, path);
	r = r ? r : put_together(l, path, o);
	configure_files_fini(&l->files);
	arena_fini(&l->arena);
	free(l);
	if (r)
		configuration_free(&o->c);
	else
		*ret = &o->c;
	fault_list_sort(faults);
	return r;
}
