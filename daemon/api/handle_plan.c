#include <stdio.h>

#include "api/handlers.h"
#include "api/map_in.h"
#include "api/map_out.h"
#include "api/reply.h"
#include "engine/operator.h"

static int too_large(struct request *r)
{
	return refuse(&r->refusal, ERR_FULL, "", "the answer needs too much memory: ask for less");
}

/* What operators said about the site and its assets. */
static void tell_operators_part(const struct engine *e, Suandian__V1__SiteInfo *m)
{
	const struct instruction *by;

	m->mode = (char *)site_mode_name(engine_mode_of(e, m->id, &by));
	if (by) {
		m->mode_by = (char *)by->who;
		m->mode_reason = (char *)by->reason;
	}
	for (size_t i = 0; i < m->n_assets; i++) {
		by = engine_outage_of(e, m->assets[i]->id);
		if (!by)
			continue;
		m->assets[i]->out_of_service = true;
		m->assets[i]->out_until_ms = by->until_ms;
		m->assets[i]->out_reason = (char *)by->reason;
		m->assets[i]->out_by = (char *)by->who;
	}
}

int handle_list_sites(struct request *r)
{
	const struct configuration *c = engine_configuration(r->engine);
	Suandian__V1__SiteList body = SUANDIAN__V1__SITE_LIST__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct arena *a = core_answer(r->core);

	body.sites = ARENA_ARRAY(a, c->n_sites, Suandian__V1__SiteInfo *);
	if (!body.sites)
		return too_large(r);
	for (size_t i = 0; i < c->n_sites; i++) {
		body.sites[i] = map_out_site(a, &c->sites[i], engine_now(r->engine));
		if (!body.sites[i])
			return too_large(r);
		tell_operators_part(r->engine, body.sites[i]);
	}
	body.n_sites = c->n_sites;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_SITE_LIST;
	env.site_list = &body;
	reply(r->session, r->id, &env);
	return 0;
}

/* ---- Plans ------------------------------------------------------------------------------------- */

static int find_plan(struct request *r, struct arena *a, const struct plan **ret)
{
	const Suandian__V1__GetPlan *m = r->env->get_plan;
	struct plan *record;
	int64_t to_ms;
	int rc;

	if (m->from_ms == 0 && m->to_ms == 0) {
		rc = map_in_time(&r->refusal, "at_ms", m->at_ms);
		return rc < 0 ? rc
			      : engine_get_plan(r->engine, m->site, m->plan_id, m->at_ms, a, ret);
	}
	if (m->plan_id != 0)
		return refuse(&r->refusal, ERR_INVALID, "plan_id", "stands beside a span");
	rc = map_in_span(&r->refusal, m->from_ms, m->to_ms, &to_ms);
	if (rc == 0)
		rc = engine_get_record(r->engine, m->site, m->from_ms, to_ms, a, &record);
	if (rc == 0)
		*ret = record;
	return rc;
}

int handle_get_plan(struct request *r)
{
	const Suandian__V1__GetPlan *m = r->env->get_plan;
	struct arena *a = core_answer(r->core);
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const struct plan *plan = NULL;
	char site[ID_MAX];
	int rc = map_in_id(&r->refusal, "site", m->site, site);

	if (rc < 0)
		return rc;
	if (!configuration_site(engine_configuration(r->engine), site))
		return refuse(&r->refusal, ERR_NOTFOUND, "site", "there is no site %s", site);
	rc = find_plan(r, a, &plan);
	if (rc < 0)
		return r->refusal.fault.code ? rc
					     : refuse(&r->refusal, rc, "", "%s",
						      rc == ERR_NODATA ? "no plan was in force then"
						      : rc == ERR_NOTFOUND ? "there is no such plan"
									   : err_text(rc));
	env.plan = map_out_plan(a, plan);
	if (!env.plan)
		return too_large(r);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PLAN;
	reply(r->session, r->id, &env);
	return 0;
}

/* ---- Why --------------------------------------------------------------------------------------- */

int handle_explain(struct request *r)
{
	const Suandian__V1__Explain *m = r->env->explain;
	struct arena *a = core_answer(r->core);
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	char asset[2 * ID_MAX] = "";
	struct why why;
	int rc = map_in_time(&r->refusal, "at_ms", m->at_ms);

	if (rc == 0 && (m->asset[0] || m->decision_id == 0))
		rc = map_in_asset(&r->refusal, "asset", m->asset, asset);
	if (rc < 0)
		return rc;
	rc = engine_explain(r->engine, asset, m->at_ms, m->decision_id, a, &why);
	if (rc < 0)
		return refuse(&r->refusal, rc, m->decision_id ? "decision_id" : "asset", "%s",
			      rc == ERR_NODATA	   ? "no plan covers that time"
			      : rc == ERR_NOTFOUND ? "there is no such asset or decision"
						   : err_text(rc));
	if (!asset[0])
		snprintf(asset, sizeof(asset), "%s",
			 engine_decision(r->engine, m->decision_id)
				 ? engine_decision(r->engine, m->decision_id)->asset
				 : "");
	env.explanation = map_out_why(a, asset, &why);
	if (!env.explanation)
		return too_large(r);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_EXPLANATION;
	reply(r->session, r->id, &env);
	return 0;
}
