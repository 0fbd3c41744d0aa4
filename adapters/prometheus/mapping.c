#include "prometheus/mapping.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

#define STEPS_MAX 4096 /* of a curve: the daemon's limit */

struct checker {
	const struct conf_node *root;
	struct mapping *m;
	struct map sources, points; /* by name: index + 1 */
	struct fault_list *faults;
	const char *list; /* "points" … */
	size_t i;
};

static void complain(const struct checker *c, const char *key, const char *text)
{
	char path[CONF_PATH_MAX_B];

	(void)snprintf(path, sizeof(path), "%s[%zu].%s", c->list, c->i, key);
	fault_list_add(c->faults, conf_locate(c->root, path), "%s: %s", path, text);
}

static void name_it(const struct checker *c, struct map *names, const char *key, const char *name)
{
	if (map_get_str(names, name))
		complain(c, key, "is given twice");
	else
		(void)map_put_str(names, name, (void *)(uintptr_t)(c->i + 1), NULL);
}

/* Which one is meant; false, and a fault, if there is none. */
static bool find_it(const struct checker *c, const struct map *names, const char *key,
		    const char *name, size_t *ret)
{
	uintptr_t at = (uintptr_t)map_get_str(names, name);

	if (at == 0)
		complain(c, key, "is not in the list of them");
	else
		*ret = at - 1;
	return at != 0;
}

/* Nobody on the way can read it. */
static bool is_private(const struct endpoint *e)
{
	return e->is_tls || *e->unix_path || strncmp(e->host, "127.", 4) == 0 ||
	       strcmp(e->host, "::1") == 0 || strcmp(e->host, "localhost") == 0;
}

static void check_source(struct checker *c, struct mapping_source *s)
{
	struct fault f = {0};

	name_it(c, &c->sources, "id", s->id);
	if (endpoint_parse(s->url, s->unix_path, &s->endpoint, &f) < 0)
		complain(c, "url", f.text);
	if (s->timeout_ms > s->period_ms)
		complain(c, "timeout", "is above period");
	else if (*s->token_file && !is_private(&s->endpoint))
		complain(c, "token_file", "would go over the network in clear: use https");
}

static void check_query(const struct checker *c, const struct mapping_point *p)
{
	if (!*p->query || *p->metric)
		complain(c, "query", "and no metric is needed, for its source is a server");
	if (p->rate)
		complain(c, "rate", "is for scraped metrics: a query says rate()");
	if (p->aggregate != MAPPING_ONE)
		complain(c, "aggregate", "is for scraped metrics: a query says sum()");
}

static void check_metric(const struct checker *c, struct mapping_point *p)
{
	struct fault f = {0};

	if (!*p->metric || *p->query)
		complain(c, "metric", "and no query is needed, for its source is an exporter");
	else if (selector_parse(p->metric, &p->selector, &f) < 0)
		complain(c, "metric", f.text);
}

static void check_point(struct checker *c, struct mapping_point *p)
{
	const struct mapping_source *s;
	struct fault f = {0};
	const char *key;

	name_it(c, &c->points, "point", p->spec.name);
	if (find_it(c, &c->sources, "source", p->source, &p->source_at)) {
		s = &c->m->sources[p->source_at];
		p->spec.period_ms = s->period_ms;
		if (s->kind == MAPPING_PROMQL)
			check_query(c, p);
		else
			check_metric(c, p);
	}
	if (pointspec_check(&p->spec, &key, &f) < 0)
		complain(c, key, f.text);
	if (p->spec.label == SUANDIAN__V1__POINT_LABEL__LABEL_START)
		complain(c, "label", "is end: what is read now is of the time before");
	if (p->rate && p->spec.kind == SUANDIAN__V1__VALUE_KIND__KIND_COUNTER)
		complain(c, "rate", "makes a mean, not a counter");
}

static void check_curve(struct checker *c, struct mapping_curve *v)
{
	(void)find_it(c, &c->points, "point", v->point, &v->point_at);
	if (find_it(c, &c->sources, "source", v->source, &v->source_at) &&
	    c->m->sources[v->source_at].kind != MAPPING_PROMQL)
		complain(c, "source", "is no Prometheus server");
	if (v->horizon_ms / v->step_ms > STEPS_MAX)
		complain(c, "horizon", "is more than 4096 steps");
}

static void check(struct checker *c)
{
	struct mapping *m = c->m;

	map_init_str(&c->sources);
	map_init_str(&c->points);
	c->list = "sources";
	for (c->i = 0; c->i < m->n_sources; c->i++)
		check_source(c, &m->sources[c->i]);
	c->list = "points";
	for (c->i = 0; c->i < m->n_points; c->i++)
		check_point(c, &m->points[c->i]);
	c->list = "curves";
	for (c->i = 0; c->i < m->n_curves; c->i++)
		check_curve(c, &m->curves[c->i]);
	map_fini(&c->sources);
	map_fini(&c->points);
}

static int load(const char *path, struct mapping *m, struct fault_list *faults)
{
	struct checker c = {.m = m, .faults = faults};
	struct conf_doc *doc;
	int r = conf_read(path, &doc, faults);

	if (r < 0)
		return r;
	c.root = conf_root(doc);
	/* Meaning only where the form is right: defaults stand where it is not. */
	if (schema_decode(mapping_schema, c.root, "", &m->arena, m, faults) == 0)
		check(&c);
	fault_list_sort(faults);
	conf_free(doc);
	return fault_list_is_empty(faults) ? 0 : ERR_INVALID;
}

int mapping_load(const char *path, struct mapping **ret, struct fault_list *faults)
{
	struct mapping *m = calloc(1, sizeof(*m));
	int r;

	if (!m)
		return -ENOMEM;
	arena_init(&m->arena, (size_t)128 << 20);
	r = load(path, m, faults);
	if (r < 0) {
		mapping_free(m);
		return r;
	}
	*ret = m;
	return 0;
}

void mapping_free(struct mapping *m)
{
	if (!m)
		return;
	arena_fini(&m->arena);
	free(m);
}
