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
	const char *at; /* "" or "sites[1]": where the keys looked at stand */
};

static void complain(const struct checker *c, const char *path, const char *key, const char *text)
{
	char full[CONF_PATH_MAX_B];
	struct buf b;

	buf_init(&b, sizeof(full));
	(void)buf_printf(&b, "%s%s%s%s%s", c->at, *c->at && (*path || *key) ? "." : "", path,
			 *path && *key ? "." : "", key);
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

static void check_id(const struct checker *c, const char *const *id, int n)
{
	for (int k = 0; k < n; k++)
		if (strcmp(id[n], id[k]) == 0)
			fault_list_add(c->faults, conf_locate(c->root, c->at),
				       "id '%s' is given to two assets", id[n]);
}

/* Ids name points: twice the same would be one point for two things. */
static void check_ids(const struct checker *c, const struct plant *p)
{
	const char *id[5 * PLANT_MAX + 1];
	int n = 0;

	id[n++] = p->load.id;
	for (int i = 0; i < p->n_gen; i++)
		id[n++] = p->gen[i].id;
	for (int i = 0; i < p->n_storage; i++)
		id[n++] = p->storage[i].id;
	for (int i = 0; i < p->n_queues; i++)
		id[n++] = p->queues[i].id;
	for (int i = 0; i < p->n_cooling; i++)
		id[n++] = p->cooling[i].id;
	for (int i = 1; i < n; i++)
		check_id(c, id, i);
}

static void check_gens(const struct checker *c, const char *kind, const struct scenario_gen *g,
		       int n)
{
	char path[CONF_PATH_MAX_B];

	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s[%d].available", kind, i);
		check_series(c, path, &g[i].available, true);
	}
}

static void check_queue(const struct checker *c, int i, const struct scenario_queue *q)
{
	char path[CONF_PATH_MAX_B];

	(void)snprintf(path, sizeof(path), "queues[%d].jobs", i);
	if (q->jobs.kind == JOBS_CSV && !*q->jobs.path)
		complain(c, path, "path", "is needed: a file of jobs");
	if (q->jobs.duration_min_ms > q->jobs.duration_max_ms)
		complain(c, path, "duration_min", "is above duration_max");
	(void)snprintf(path, sizeof(path), "queues[%d].arrivals", i);
	check_series(c, path, &q->arrivals, q->jobs.kind == JOBS_NONE);
	(void)snprintf(path, sizeof(path), "queues[%d].curve", i);
	for (int k = 0; k < q->plant.n_segments; k++) {
		const struct plant_segment *s = &q->plant.segments[k];

		if (k > 0 && (s->power_ppm <= s[-1].power_ppm || s->work_ppm <= s[-1].work_ppm))
			complain(c, path, "", "does not rise");
		if (k == q->plant.n_segments - 1 &&
		    (s->power_ppm != 1000000 || s->work_ppm != 1000000))
			complain(c, path, "", "does not end at full power and full speed (1, 1)");
	}
}

static void check_cooling(const struct checker *c, const struct plant *p)
{
	char path[CONF_PATH_MAX_B];

	for (int i = 0; i < p->n_cooling; i++) {
		const struct plant_cooling *k = &p->cooling[i];

		(void)snprintf(path, sizeof(path), "cooling[%d]", i);
		if (!(k->temp_min_c < k->temp_set_c && k->temp_set_c < k->temp_max_c))
			complain(c, path, "temp_set", "is not between temp_min and temp_max");
	}
}

static void check_faults(const struct checker *c, const struct scenario *s)
{
	char path[CONF_PATH_MAX_B];

	for (int i = 0; i < s->n_faults; i++) {
		(void)snprintf(path, sizeof(path), "faults[%d]", i);
		if (s->faults[i].kind != FAULT_ADAPTER && !*s->faults[i].point)
			complain(c, path, "point", "is needed: which meter");
	}
}

static void check(const struct checker *c, struct scenario *s)
{
	const char *unknown = plant_resolve(&s->plant);

	if (zone_load(s->zone_name, &s->zone) < 0)
		complain(c, "", "zone", "is no time zone of this system");
	check_gens(c, "pv", s->pv, s->n_pv);
	check_gens(c, "wind", s->wind, s->n_wind);
	check_gens(c, "hydro", s->hydro, s->n_hydro);
	for (int i = 0; i < s->n_queues; i++)
		check_queue(c, i, &s->queues[i]);
	check_series(c, "load.demand", &s->load, true);
	check_series(c, "prices.buy", &s->buy, true);
	check_series(c, "prices.sell", &s->sell, true);
	check_series(c, "temperature", &s->temperature, false);
	check_series(c, "carbon", &s->carbon, false);
	check_storage(c, &s->plant);
	check_cooling(c, &s->plant);
	check_faults(c, s);
	check_ids(c, &s->plant);
	if (s->plant.n_gen > PLANT_MAX)
		complain(c, "", "pv", "and wind and hydro are more than eight together");
	if (unknown)
		fault_list_add(c->faults, conf_locate(c->root, c->at),
			       "feeders: '%s' is no asset and no feeder above", unknown);
}

static void add_gens(struct scenario *s, const struct scenario_gen *g, int n,
		     enum plant_source source)
{
	for (int i = 0; i < n; i++) {
		int at = s->plant.n_gen++;

		if (at >= PLANT_MAX)
			continue; /* check() tells */
		s->gen[at] = g[i];
		s->gen[at].plant.source = source;
		s->plant.gen[at] = s->gen[at].plant;
	}
}

static void fill_plant(struct scenario *s)
{
	s->plant.n_gen = 0;
	add_gens(s, s->pv, s->n_pv, SOURCE_PV);
	add_gens(s, s->wind, s->n_wind, SOURCE_WIND);
	add_gens(s, s->hydro, s->n_hydro, SOURCE_HYDRO);
	s->plant.n_queues = s->n_queues;
	for (int i = 0; i < s->n_queues; i++)
		s->plant.queues[i] = s->queues[i].plant;
}

/* ---- What joins sites ----------------------------------------------------------------------------- */

static int site_index(const struct scenario_set *set, const char *id)
{
	for (int i = 0; i < set->n_sites; i++)
		if (strcmp(set->sites[i].plant.site, id) == 0)
			return i;
	return -1;
}

static void join(const struct checker *c, struct scenario_set *set)
{
	char path[CONF_PATH_MAX_B];

	for (int i = 0; i < set->n_sections; i++) {
		struct scenario_section *s = &set->sections[i];

		(void)snprintf(path, sizeof(path), "sections[%d]", i);
		for (int k = 0; k < s->n_sites; k++) {
			int at = site_index(set, s->sites[k]);

			if (at < 0)
				complain(c, path, "sites", "names a site that is not here");
			else
				s->members |= UINT32_C(1) << at;
		}
		(void)snprintf(path, sizeof(path), "sections[%d].background", i);
		check_series(c, path, &s->background, *s->point != '\0');
	}
	for (int i = 0; i < set->n_links; i++) {
		struct scenario_link *l = &set->links[i];

		(void)snprintf(path, sizeof(path), "links[%d]", i);
		l->from_site = site_index(set, l->from);
		l->to_site = site_index(set, l->to);
		if (l->from_site < 0 || l->to_site < 0 || l->from_site == l->to_site)
			complain(c, path, l->from_site < 0 ? "from" : "to",
				 "is no other site of this file");
	}
	for (int i = 1; i < set->n_sites; i++)
		if (site_index(set, set->sites[i].plant.site) != i)
			complain(c, "sites", "", "has the same site twice");
}

static int decode(const struct conf_node *root, struct scenario_set *set, struct fault_list *faults)
{
	bool several = conf_entry(root, "sites") != NULL;
	struct checker c = {root, faults, ""};
	int r;

	if (several) {
		r = schema_decode(scenario_set_schema, root, "", NULL, set, faults);
	} else {
		r = schema_decode(scenario_schema, root, "", NULL, &set->sites[0], faults);
		set->n_sites = 1;
	}
	for (int i = 0; i < set->n_sites; i++) {
		char at[32] = "";

		if (several)
			(void)snprintf(at, sizeof(at), "sites[%d]", i);
		c.at = at;
		fill_plant(&set->sites[i]);
		/* Meaning only where the form is right: defaults stand where it is not. */
		if (r == 0)
			check(&c, &set->sites[i]);
	}
	c.at = "";
	if (r == 0)
		join(&c, set);
	return r;
}

int scenario_load(const char *path, struct scenario_set **ret, struct fault_list *faults)
{
	struct scenario_set *set = calloc(1, sizeof(*set));
	struct conf_doc *doc;
	int r;

	if (!set)
		return -ENOMEM;
	r = conf_read(path, &doc, faults);
	if (r == 0) {
		r = decode(conf_root(doc), set, faults);
		fault_list_sort(faults);
		conf_free(doc);
		if (!fault_list_is_empty(faults))
			r = r < 0 ? r : ERR_INVALID;
	}
	if (r < 0) {
		free(set);
		return r;
	}
	*ret = set;
	return 0;
}
