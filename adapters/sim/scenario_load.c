#include "sim/scenario_load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "config/schema.h"
#include "sim/scenario_schema.h"

struct checker {
	const struct conf_node *root;
	struct fault_list *faults;
};

static void complain(const struct checker *c, const char *path, const char *key, const char *text)
{
	char full[CONF_PATH_MAX_B];
	struct buf b;

	buf_init(&b, sizeof(full));
	(void)buf_printf(&b, "%s%s%s", path, *path && *key ? "." : "", key);
	fault_list_add(c->faults, conf_locate(c->root, buf_str(&b)), "%s: %s", buf_str(&b), text);
	buf_fini(&b);
}

static void check_csv(const struct checker *c, const char *path, const struct series_spec *s)
{
	const struct zone *zone;

	if (!*s->csv.path || !*s->csv.time_column || !*s->csv.column)
		complain(c, path, "csv", "needs path, time and column");
	if (zone_load(s->csv.zone, &zone) < 0)
		complain(c, path, "csv.zone", "is no time zone of this system");
	if (*s->csv.map_from) {
		int64_t ms;
		struct buf b;

		buf_init(&b, 128);
		(void)buf_printf(&b, "%sT00:00Z", s->csv.map_from);
		if (num_parse_time_ms(buf_str(&b), 0, &ms) < 0)
			complain(c, path, "csv.map_from", "is no date such as 2023-07-10");
		buf_fini(&b);
	}
}

static void check_series(const struct checker *c, const char *path, const struct series_spec *s,
			 bool required)
{
	if (s->kind == SERIES_NONE && required)
		complain(c, path, "kind", "is needed: constant, profile, sun … or csv");
	if (s->kind == SERIES_PROFILE && s->n_profile == 0)
		complain(c, path, "profile", "needs values for equal parts of the day");
	if (s->kind == SERIES_CSV)
		check_csv(c, path, s);
	if (s->min > s->max)
		complain(c, path, "min", "is above max");
	if (s->low > s->high)
		complain(c, path, "low", "is above high");
}

static void check_storage(const struct checker *c, const struct plant *p)
{
	char path[CONF_PATH_MAX_B];

	for (int i = 0; i < p->n_storage; i++) {
		const struct plant_storage *s = &p->storage[i];

		(void)snprintf(path, sizeof(path), "storage[%d]", i);
		if (s->soc_max_wh > s->energy_wh)
			complain(c, path, "soc_max", "is above energy");
		if (s->soc_min_wh > s->soc_max_wh)
			complain(c, path, "soc_min", "is above soc_max");
		if (s->soc_start_wh < s->soc_min_wh || s->soc_start_wh > s->soc_max_wh)
			complain(c, path, "soc_start", "is not within soc_min … soc_max");
	}
}

/* Ids name points: twice the same would be one point for two things. */
static void check_ids(const struct checker *c, const struct plant *p)
{
	const char *id[3 * PLANT_MAX + 1];
	int n = 0;

	id[n++] = p->load.id;
	for (int i = 0; i < p->n_pv; i++)
		id[n++] = p->pv[i].id;
	for (int i = 0; i < p->n_storage; i++)
		id[n++] = p->storage[i].id;
	for (int i = 0; i < p->n_queues; i++)
		id[n++] = p->queues[i].id;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++)
			if (strcmp(id[i], id[k]) == 0)
				fault_list_add(c->faults, conf_locate(c->root, ""),
					       "id '%s' is given to two assets", id[i]);
}

static void check(const struct checker *c, struct scenario *s)
{
	char path[CONF_PATH_MAX_B];

	if (zone_load(s->zone_name, &s->zone) < 0)
		complain(c, "", "zone", "is no time zone of this system");
	for (int i = 0; i < s->n_pv; i++) {
		(void)snprintf(path, sizeof(path), "pv[%d].available", i);
		check_series(c, path, &s->pv[i].available, true);
	}
	for (int i = 0; i < s->n_queues; i++) {
		(void)snprintf(path, sizeof(path), "queues[%d].arrivals", i);
		check_series(c, path, &s->queues[i].arrivals, true);
	}
	check_series(c, "load.demand", &s->load, true);
	check_series(c, "prices.buy", &s->buy, true);
	check_series(c, "prices.sell", &s->sell, true);
	check_series(c, "temperature", &s->temperature, false);
	check_series(c, "carbon", &s->carbon, false);
	check_storage(c, &s->plant);
	check_ids(c, &s->plant);
}

static void fill_plant(struct scenario *s)
{
	s->plant.n_pv = s->n_pv;
	s->plant.n_queues = s->n_queues;
	for (int i = 0; i < s->n_pv; i++)
		s->plant.pv[i] = s->pv[i].plant;
	for (int i = 0; i < s->n_queues; i++)
		s->plant.queues[i] = s->queues[i].plant;
}

static int load(const char *path, struct scenario *s, struct fault_list *faults)
{
	struct conf_doc *doc;
	int r = conf_read(path, &doc, faults);

	if (r < 0)
		return r;
	r = schema_decode(scenario_schema, conf_root(doc), "", NULL, s, faults);
	fill_plant(s);
	/* Meaning only where the form is right: defaults stand where it is not. */
	if (r == 0)
		check(&(struct checker){conf_root(doc), faults}, s);
	fault_list_sort(faults);
	conf_free(doc);
	return fault_list_is_empty(faults) ? 0 : ERR_INVALID;
}

int scenario_load(const char *path, struct scenario **ret, struct fault_list *faults)
{
	struct scenario *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	r = load(path, s, faults);
	if (r < 0) {
		free(s);
		return r;
	}
	*ret = s;
	return 0;
}
