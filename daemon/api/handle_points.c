#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/map_in.h"
#include "api/map_out.h"
#include "api/pending.h"
#include "api/reply.h"
#include "api/source_name.h"

/* ---- Declarations ------------------------------------------------------------------------------ */

static void answer_declared(struct pending *p)
{
	Suandian__V1__PointsDeclared body = SUANDIAN__V1__POINTS_DECLARED__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.id = p->data;
	body.n_id = p->key;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_POINTS_DECLARED;
	env.points_declared = &body;
	reply(p->session, p->id, &env);
}

int handle_declare_points(struct request *r)
{
	const Suandian__V1__DeclarePoints *m = r->env->declare_points;
	char source[NAME_MAX_B];
	struct point_decl *decls;
	struct pending *p;
	int rc = source_name(r, m->source, source);

	if (rc == 0)
		rc = map_in_decls(&r->refusal, m, r->arena, &decls);
	if (rc < 0)
		return rc;
	p = pending_new(r, answer_declared);
	if (p) {
		p->key = m->n_points;
		p->data = calloc(m->n_points, sizeof(uint32_t));
	}
	if (!p || !p->data)
		rc = refuse(&r->refusal, -ENOMEM, "", "out of memory");
	else
		rc = engine_declare_points(r->engine,
					   &(struct point_declaration){source, decls, m->n_points},
					   p->data, &p->waiter, &r->refusal.fault);
	if (rc < 0 && p)
		pending_drop(p);
	return rc;
}

/* ---- Questions --------------------------------------------------------------------------------- */

static bool has_prefix(const struct point *p, const char *prefix)
{
	return strncmp(p->decl.name, prefix, strlen(prefix)) == 0;
}

static int too_large(struct request *r)
{
	return refuse(&r->refusal, ERR_FULL, "prefix", "too many points: narrow the prefix");
}

static Suandian__V1__PointInfo *describe(struct request *r, const struct point *p)
{
	Suandian__V1__PointInfo *m = map_out_point(r->arena, p);
	struct sample latest;
	const char *site;
	const char *role;

	if (!m)
		return NULL;
	engine_point_binding(r->engine, p->id, &site, &role);
	m->site = (char *)site;
	m->role = (char *)role;
	if (engine_latest(r->engine, p->id, &latest) == 0) {
		m->t_ms = latest.t_ms;
		m->value = latest.value;
		m->quality = (Suandian__V1__Quality)latest.quality;
	}
	return m;
}

int handle_list_points(struct request *r)
{
	const Suandian__V1__ListPoints *m = r->env->list_points;
	uint32_t count = engine_point_count(r->engine);
	Suandian__V1__PointList body = SUANDIAN__V1__POINT_LIST__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.points = ARENA_ARRAY(r->arena, count, Suandian__V1__PointInfo *);
	if (!body.points)
		return too_large(r);
	for (uint32_t id = 1; id <= count; id++) {
		const struct point *p = engine_point(r->engine, id);
		Suandian__V1__PointInfo *info;

		if (!p || !has_prefix(p, m->prefix))
			continue;
		info = describe(r, p);
		if (!info)
			return too_large(r);
		body.points[body.n_points++] = info;
	}
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_POINT_LIST;
	env.point_list = &body;
	reply(r->session, r->id, &env);
	return 0;
}

static int add_latest(struct request *r, uint32_t id, Suandian__V1__LatestValues *body)
{
	Suandian__V1__LatestValue *m = ARENA_NEW(r->arena, Suandian__V1__LatestValue);
	struct sample latest;

	if (!m)
		return too_large(r);
	if (engine_latest(r->engine, id, &latest) < 0)
		return refuse(&r->refusal, ERR_NOTFOUND, "point", "there is no point %u", id);
	*m = (Suandian__V1__LatestValue)SUANDIAN__V1__LATEST_VALUE__INIT;
	m->point = id;
	m->t_ms = latest.t_ms;
	m->value = latest.value;
	m->quality = (Suandian__V1__Quality)latest.quality;
	body->values[body->n_values++] = m;
	return 0;
}

int handle_query_latest(struct request *r)
{
	const Suandian__V1__QueryLatest *m = r->env->query_latest;
	uint32_t count = engine_point_count(r->engine);
	Suandian__V1__LatestValues body = SUANDIAN__V1__LATEST_VALUES__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int rc = 0;

	body.values =
		ARENA_ARRAY(r->arena, m->n_point ? m->n_point : count, Suandian__V1__LatestValue *);
	if (!body.values)
		return too_large(r);
	for (size_t i = 0; rc == 0 && i < m->n_point; i++)
		rc = add_latest(r, m->point[i], &body);
	for (uint32_t id = 1; rc == 0 && m->n_point == 0 && id <= count; id++) {
		const struct point *p = engine_point(r->engine, id);

		if (p && has_prefix(p, m->prefix))
			rc = add_latest(r, id, &body);
	}
	if (rc < 0)
		return rc;
	body.now_ms = engine_now(r->engine);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_LATEST_VALUES;
	env.latest_values = &body;
	reply(r->session, r->id, &env);
	return 0;
}
