/* Plans on request: anew, again, and for what is not so. */
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/limits.h"
#include "api/map_in.h"
#include "api/pending.h"
#include "api/reply.h"

static int no_memory(struct request *r)
{
	return refuse(&r->refusal, -ENOMEM, "", "out of memory");
}

/* ---- Replan ------------------------------------------------------------------------------------ */

int handle_replan(struct request *r)
{
	char site[ID_MAX];
	struct pending *p;
	int rc = map_in_id(&r->refusal, "site", r->env->replan->site, site);

	if (rc < 0)
		return rc;
	p = pending_new(r, pending_ok);
	if (!p)
		return no_memory(r);
	rc = engine_replan(r->engine, site, &p->waiter, &r->refusal.fault);
	if (rc < 0)
		pending_drop(p);
	return rc;
}

/* ---- One user's share ---------------------------------------------------------------------------- */

static void answer_replay(struct pending *p);
static void answer_what_if(struct pending *p);

/* A pending one that waits for the solver, counted by its user: also those whose session has gone. NULL: refused. */
static struct pending *new_study(struct request *r, void (*answer)(struct pending *p), int *ret_rc)
{
	uint64_t user = r->session->peer.uid;
	struct pending *p;
	int n = 0;

	list_foreach(it, &r->core->pendings)
	{
		p = list_entry(it, struct pending, all);
		n += (p->answer == answer_replay || p->answer == answer_what_if) && p->key == user;
	}
	if (n >= STUDIES_PER_USER) {
		*ret_rc = refuse(&r->refusal, ERR_FULL, "",
				 "%d of your questions wait already, ask again later", n);
		return NULL;
	}
	p = pending_new(r, answer);
	if (p)
		p->key = user;
	else
		*ret_rc = no_memory(r);
	return p;
}

/* ---- Replay ------------------------------------------------------------------------------------ */

static char *hex(struct arena *a, const uint8_t hash[SHA256_LEN])
{
	char *text = ARENA_ARRAY(a, 2 * SHA256_LEN + 1, char);

	if (text)
		sha256_hex(hash, text);
	return text;
}

static void too_large(struct pending *p)
{
	struct refusal r = {0};

	refuse(&r, ERR_FULL, "", "the answer needs too much memory");
	reply_error(p->session, p->id, &r);
}

static void answer_replay(struct pending *p)
{
	const struct plan_replay *x = p->data;
	struct arena *a = core_answer(p->core);
	Suandian__V1__ReplayResult body = SUANDIAN__V1__REPLAY_RESULT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.plan_id = x->plan_id;
	body.region_id = x->region_id;
	body.site = (char *)x->site;
	body.same = x->same;
	body.stored_hash = hex(a, x->stored_hash);
	body.solved_hash = hex(a, x->solved_hash);
	body.iterations = x->iterations;
	body.what = (char *)x->what;
	body.slot_ms = x->slot_ms;
	body.stored = x->stored;
	body.solved = x->solved;
	if (!body.stored_hash || !body.solved_hash) {
		too_large(p);
		return;
	}
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_REPLAY_RESULT;
	env.replay_result = &body;
	reply(p->session, p->id, &env);
}

int handle_replay(struct request *r)
{
	uint64_t id = r->env->replay->plan_id;
	struct pending *p;
	int rc = 0;

	if (id == 0)
		return refuse(&r->refusal, ERR_INVALID, "plan_id", "is missing");
	p = new_study(r, answer_replay, &rc);
	if (!p)
		return rc;
	p->data = calloc(1, sizeof(struct plan_replay));
	rc = p->data ? engine_replay(r->engine, id, p->data, &p->waiter, &r->refusal.fault)
		     : no_memory(r);
	if (rc < 0)
		pending_drop(p);
	return rc;
}

/* ---- What if ----------------------------------------------------------------------------------- */

static Suandian__V1__WhatIfFigures *out_figures(struct arena *a, const struct whatif_sum *x)
{
	Suandian__V1__WhatIfFigures *m = ARENA_NEW(a, Suandian__V1__WhatIfFigures);

	if (!m)
		return NULL;
	suandian__v1__what_if_figures__init(m);
	m->money = x->money_e4;
	m->co2_g = x->co2_g;
	m->late_device_s = x->late_ds;
	m->peak_w = x->peak_w;
	m->unserved_wh = x->unserved_wh;
	m->moved_device_s = x->moved_ds;
	m->deliverable_w = x->deliverable_w;
	return m;
}

static Suandian__V1__WhatIfSite *out_site(struct arena *a, const struct whatif_site *x)
{
	Suandian__V1__WhatIfSite *m = ARENA_NEW(a, Suandian__V1__WhatIfSite);

	if (!m)
		return NULL;
	suandian__v1__what_if_site__init(m);
	m->site = (char *)x->site;
	m->without = out_figures(a, &x->now);
	m->with = out_figures(a, &x->then);
	return m->without && m->with ? m : NULL;
}

static bool out_sites(struct arena *a, const struct whatif_answer *x, Suandian__V1__WhatIfResult *m)
{
	m->all = out_site(a, &x->all);
	m->sites = ARENA_ARRAY(a, (size_t)x->n_sites, Suandian__V1__WhatIfSite *);
	m->n_sites = (size_t)x->n_sites;
	for (int i = 0; m->sites && i < x->n_sites; i++) {
		m->sites[i] = out_site(a, &x->sites[i]);
		if (!m->sites[i])
			return false;
	}
	return m->all && m->sites;
}

static bool out_slots(struct arena *a, const struct whatif_answer *x, Suandian__V1__WhatIfResult *m)
{
	m->n_start_ms = m->n_pcc_without_w = m->n_pcc_with_w = x->n_slots;
	m->start_ms = ARENA_ARRAY(a, x->n_slots, int64_t);
	m->pcc_without_w = ARENA_ARRAY(a, x->n_slots, int64_t);
	m->pcc_with_w = ARENA_ARRAY(a, x->n_slots, int64_t);
	if (!m->start_ms || !m->pcc_without_w || !m->pcc_with_w)
		return false;
	for (uint32_t i = 0; i < x->n_slots; i++) {
		m->start_ms[i] = x->slots[i].start_ms;
		m->pcc_without_w[i] = x->slots[i].now_w;
		m->pcc_with_w[i] = x->slots[i].then_w;
	}
	return true;
}

static void answer_what_if(struct pending *p)
{
	const struct whatif_answer *x = p->data;
	struct arena *a = core_answer(p->core);
	Suandian__V1__WhatIfResult body = SUANDIAN__V1__WHAT_IF_RESULT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.now_ms = x->now_ms;
	body.rebound_w = x->rebound_w;
	body.rebound_wh = x->rebound_wh;
	if (!out_sites(a, x, &body) || !out_slots(a, x, &body)) {
		too_large(p);
		return;
	}
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_WHAT_IF_RESULT;
	env.what_if_result = &body;
	reply(p->session, p->id, &env);
}

static int in_event(struct refusal *r, const Suandian__V1__WhatIfEvent *m,
		    struct whatif_question *q)
{
	q->kind = WHATIF_EVENT;
	q->target_w = m->target_w;
	q->ramp_ms = m->ramp_ms;
	q->pay_price_e4 = m->pay_price;
	q->penalty_price_e4 = m->penalty_price;
	switch (m->direction) {
	case SUANDIAN__V1__DIRECTION__DIRECTION_UP:
		q->direction = DIRECTION_UP;
		return 0;
	case SUANDIAN__V1__DIRECTION__DIRECTION_DN:
		q->direction = DIRECTION_DN;
		return 0;
	default:
		return refuse(r, ERR_INVALID, "event.direction", "is neither up nor dn");
	}
}

static int in_outage(struct refusal *r, const Suandian__V1__WhatIfOutage *m,
		     struct whatif_question *q)
{
	char asset[2 * ID_MAX];
	size_t n = strlen(q->site);
	int rc = map_in_asset(r, "outage.asset", m->asset, asset);

	q->kind = WHATIF_OUTAGE;
	if (rc < 0)
		return rc;
	if (strncmp(asset, q->site, n) != 0 || asset[n] != '/')
		return refuse(r, ERR_INVALID, "outage.asset", "is not of the site %s", q->site);
	return map_in_id(r, "outage.asset", asset + n + 1, q->asset);
}

static int in_question(struct refusal *r, const Suandian__V1__WhatIf *m, struct whatif_question *q)
{
	int rc = map_in_id(r, "site", m->site, q->site);

	if (rc == 0)
		rc = map_in_time(r, "from_ms", m->from_ms);
	if (rc == 0)
		rc = map_in_time(r, "to_ms", m->to_ms);
	if (rc < 0)
		return rc;
	q->from_ms = m->from_ms;
	q->to_ms = m->to_ms;
	switch (m->change_case) {
	case SUANDIAN__V1__WHAT_IF__CHANGE_EVENT:
		return in_event(r, m->event, q);
	case SUANDIAN__V1__WHAT_IF__CHANGE_OUTAGE:
		return in_outage(r, m->outage, q);
	case SUANDIAN__V1__WHAT_IF__CHANGE_PRICE:
		q->kind = WHATIF_PRICE;
		q->factor_ppm = m->price->factor_ppm;
		q->shift_e4 = m->price->shift;
		return 0;
	default:
		return refuse(r, ERR_INVALID, "change", "is missing");
	}
}

int handle_what_if(struct request *r)
{
	struct whatif_question q = {0};
	struct pending *p;
	int rc = in_question(&r->refusal, r->env->what_if, &q);

	if (rc < 0)
		return rc;
	p = new_study(r, answer_what_if, &rc);
	if (!p)
		return rc;
	p->data = calloc(1, sizeof(struct whatif_answer));
	rc = p->data ? engine_whatif(r->engine, &q, p->data, &p->waiter, &r->refusal.fault)
		     : no_memory(r);
	if (rc < 0)
		pending_drop(p);
	return rc;
}
