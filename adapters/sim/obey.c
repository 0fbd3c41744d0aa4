#include "sim/obey.h"

#include <string.h>

void obey_init(struct obey *o, struct twin *twin)
{
	*o = (struct obey){.twin = twin};
}

static struct plant_ref find(const struct plant *p, const char *asset)
{
	size_t n = strlen(p->site);
	struct plant_ref ref = {KIND_NONE, 0};

	if (strncmp(asset, p->site, n) == 0 && asset[n] == '/')
		ref = plant_find(p, asset + n + 1);
	if (ref.kind == KIND_LOAD)
		ref.kind = KIND_NONE; /* nobody decides over it */
	return ref;
}

static bool is_release(Suandian__V1__Action__WhatCase what)
{
	return what == SUANDIAN__V1__ACTION__WHAT__NOT_SET ||
	       what == SUANDIAN__V1__ACTION__WHAT_RELEASE;
}

/* NULL, or why this asset cannot do that. */
static const char *refuse(struct plant_ref at, Suandian__V1__Action__WhatCase what, int64_t value)
{
	if (at.kind == KIND_NONE)
		return "no such asset here";
	if (is_release(what))
		return NULL;
	if (at.kind == KIND_STORAGE)
		return what == SUANDIAN__V1__ACTION__WHAT_POWER_W ? NULL
								  : "storage takes a power only";
	if (at.kind == KIND_COOLING) {
		if (what != SUANDIAN__V1__ACTION__WHAT_POWER_W)
			return "cooling takes a power only";
		return value >= 0 ? NULL : "cooling takes no negative power";
	}
	if (what != SUANDIAN__V1__ACTION__WHAT_CAP_W)
		return "only a cap can be obeyed";
	return value >= 0 ? NULL : "a cap is a magnitude";
}

static void set(struct obey *o, struct plant_ref at, Suandian__V1__Action__WhatCase what,
		int64_t value)
{
	struct twin_control *c = &o->twin->control;

	if (at.kind == KIND_STORAGE)
		c->storage_w[at.index] = is_release(what) ? 0 : value;
	else if (at.kind == KIND_GEN)
		c->gen_cap_w[at.index] = is_release(what) ? TWIN_NO_CAP : value;
	else if (at.kind == KIND_QUEUE)
		c->queue_cap_w[at.index] = is_release(what) ? TWIN_NO_CAP : value;
	else if (at.kind == KIND_COOLING)
		c->cooling_w[at.index] = is_release(what) ? COOLING_THERMOSTAT : value;
}

static int64_t value_of(const Suandian__V1__Action *a)
{
	if (!a)
		return 0;
	return a->what_case == SUANDIAN__V1__ACTION__WHAT_POWER_W ? a->power_w : a->cap_w;
}

static Suandian__V1__Action__WhatCase what_of(const Suandian__V1__Action *a)
{
	return a ? a->what_case : SUANDIAN__V1__ACTION__WHAT__NOT_SET;
}

static struct obey_answer applied(const struct obey *o, struct plant_ref at, uint64_t id,
				  const struct obey_now *now)
{
	struct obey_answer answer = {.decision_id = id,
				     .state = SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED};

	if (at.kind == KIND_STORAGE)
		answer.measured_w = twin_expect_storage_w(o->twin, at.index, now->dt_ms);
	else if (at.kind == KIND_GEN)
		answer.measured_w = twin_expect_gen_w(o->twin, at.index, now->exogenous);
	else if (at.kind == KIND_QUEUE)
		answer.measured_w =
			twin_expect_queue_w(o->twin, at.index, now->exogenous, now->dt_ms);
	else
		answer.measured_w =
			twin_expect_cooling_w(o->twin, at.index, now->exogenous, now->dt_ms);
	return answer;
}

/* A fallback that the asset cannot do is none: its own logic takes over. */
static void hold_lease(struct obey *o, struct plant_ref at, const Suandian__V1__Decision *d)
{
	struct obey_lease *l = &o->lease[at.kind][at.index];

	*l = (struct obey_lease){.until_ms = d->valid_until_ms,
				 .what = what_of(d->fallback),
				 .value = value_of(d->fallback)};
	if (refuse(at, l->what, l->value))
		l->what = SUANDIAN__V1__ACTION__WHAT__NOT_SET;
}

struct obey_answer obey_take(struct obey *o, const Suandian__V1__Decision *d,
			     const struct obey_now *now)
{
	struct plant_ref at = find(o->twin->plant, d->asset);
	struct obey_answer answer = {.decision_id = d->id,
				     .state = SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED};
	struct obey_pending *pending;

	if (at.kind == KIND_QUEUE && what_of(d->action) == SUANDIAN__V1__ACTION__WHAT_JOB)
		return obey_take_job(o, at.index, d, now);
	if (at.kind == KIND_QUEUE && what_of(d->action) == SUANDIAN__V1__ACTION__WHAT_MIGRATE)
		return obey_take_journey(o, at.index, d);
	answer.reason = refuse(at, what_of(d->action), value_of(d->action));
	if (answer.reason)
		return answer;
	pending = &o->pending[at.kind][at.index];
	*pending = (struct obey_pending){0};
	hold_lease(o, at, d);
	if (d->valid_from_ms > o->twin->now_ms) {
		*pending = (struct obey_pending){.waits = true,
						 .decision_id = d->id,
						 .valid_from_ms = d->valid_from_ms,
						 .what = what_of(d->action),
						 .value = value_of(d->action)};
		answer.state = SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED;
		return answer;
	}
	set(o, at, what_of(d->action), value_of(d->action));
	return applied(o, at, d->id, now);
}

static void fall_back(struct obey *o, struct plant_ref at, Suandian__V1__Action__WhatCase what,
		      int64_t value)
{
	o->pending[at.kind][at.index] = (struct obey_pending){0};
	o->lease[at.kind][at.index] = (struct obey_lease){0};
	set(o, at, what, value);
}

void obey_lapse(struct obey *o, const Suandian__V1__Decision *d)
{
	struct plant_ref at = find(o->twin->plant, d->asset);
	Suandian__V1__Action__WhatCase what = what_of(d->fallback);

	if (at.kind == KIND_NONE)
		return;
	if (what == SUANDIAN__V1__ACTION__WHAT_JOB) {
		obey_lapse_job(o, at.index, d->fallback->job);
		return;
	}
	/* A fallback that the asset cannot do is none: its own logic takes over. */
	if (refuse(at, what, value_of(d->fallback)))
		what = SUANDIAN__V1__ACTION__WHAT__NOT_SET;
	fall_back(o, at, what, value_of(d->fallback));
}

int obey_lapse_due(struct obey *o)
{
	int n = obey_jobs_lapse_due(o);

	for (int kind = 0; kind < OBEY_KINDS; kind++)
		for (int i = 0; i < PLANT_MAX; i++) {
			struct obey_lease l = o->lease[kind][i];

			if (l.until_ms == 0 || l.until_ms > o->twin->now_ms)
				continue;
			fall_back(o, (struct plant_ref){(enum plant_kind)kind, i}, l.what, l.value);
			n++;
		}
	return n;
}

static bool take_due(struct obey *o, struct plant_ref at, const struct obey_now *now,
		     struct obey_answer *ret)
{
	struct obey_pending *p = &o->pending[at.kind][at.index];

	if (!p->waits || p->valid_from_ms > o->twin->now_ms)
		return false;
	p->waits = false;
	set(o, at, p->what, p->value);
	*ret = applied(o, at, p->decision_id, now);
	return true;
}

bool obey_due(struct obey *o, const struct obey_now *now, struct obey_answer *ret)
{
	for (int kind = 0; kind < OBEY_KINDS; kind++)
		for (int i = 0; i < PLANT_MAX; i++)
			if (take_due(o, (struct plant_ref){(enum plant_kind)kind, i}, now, ret))
				return true;
	return obey_job_due(o, now, ret);
}
