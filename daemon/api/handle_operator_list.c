#include <stdio.h>
#include <string.h>

#include "api/handlers.h"
#include "api/map_operator.h"
#include "api/pending.h"
#include "api/reply.h"
#include "api/source_name.h"
#include "engine/operator.h"

/* A list that grows in the answer's arena. */
struct growing {
	struct arena *arena;
	void **at;
	size_t n, size;
	bool full;
	/* what is wanted */
	const char *asset;
	bool pending, all;
	int32_t from_day;
};

static void append(struct growing *g, void *item)
{
	if (item && g->n == g->size) {
		size_t size = g->size ? 2 * g->size : 16;
		void **at = ARENA_ARRAY(g->arena, size, void *);

		if (at && g->n)
			memcpy(at, g->at, g->n * sizeof(*at));
		g->size = at ? size : g->size;
		g->at = at ? at : g->at;
		item = at ? item : NULL;
	}
	if (item)
		g->at[g->n++] = item;
	else
		g->full = true;
}

static bool matches(const char *pattern, const char *asset)
{
	size_t n = strlen(pattern);

	if (n == 0 || strcmp(pattern, asset) == 0)
		return true;
	return n >= 2 && strcmp(pattern + n - 2, "/*") == 0 && strncmp(pattern, asset, n - 1) == 0;
}

static bool is_wanted(const struct growing *g, const struct instruction *in)
{
	if (g->pending)
		return in->state == INSTRUCTION_PENDING;
	return (in->kind == INSTRUCTION_OVERRIDE || in->kind == INSTRUCTION_AVAILABILITY) &&
	       (g->all || instruction_is_open(in)) && matches(g->asset, in->target);
}

static bool add(void *arg, const struct instruction *in)
{
	struct growing *g = arg;

	if (is_wanted(g, in))
		append(g, map_out_instruction(g->arena, in));
	return !g->full;
}

static int too_many(struct request *r)
{
	return refuse(&r->refusal, ERR_FULL, "", "too many for one answer: ask for less");
}

int handle_list_overrides(struct request *r)
{
	const Suandian__V1__ListOverrides *m = r->env->list_overrides;
	Suandian__V1__OverrideList body = SUANDIAN__V1__OVERRIDE_LIST__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct growing g = {.arena = core_answer(r->core), .asset = m->asset, .all = m->all};

	engine_list_instructions(r->engine, add, &g);
	if (g.full)
		return too_many(r);
	body.overrides = (Suandian__V1__Instruction **)g.at;
	body.n_overrides = g.n;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_OVERRIDE_LIST;
	env.override_list = &body;
	reply(r->session, r->id, &env);
	return 0;
}

int handle_list_pending(struct request *r)
{
	Suandian__V1__PendingList body = SUANDIAN__V1__PENDING_LIST__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct growing g = {.arena = core_answer(r->core), .pending = true};

	engine_list_instructions(r->engine, add, &g);
	if (g.full)
		return too_many(r);
	body.pending = (Suandian__V1__Instruction **)g.at;
	body.n_pending = g.n;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PENDING_LIST;
	env.pending_list = &body;
	reply(r->session, r->id, &env);
	return 0;
}

/* ---- Flags of days ----------------------------------------------------------------------------- */

#define DATES_MAX 400

/* An adapter speaks for its source; people are named themselves. */
static int source_of(struct request *r, struct day_flag *flag)
{
	const char *given = r->env->push_day_flags->source;

	snprintf(flag->who, sizeof(flag->who), "%s", r->session->peer.who);
	if (r->session->role == ROLE_ADAPTER)
		return source_name(r, given, flag->source);
	return map_in_foreign_id(&r->refusal, "source", given[0] ? given : r->session->peer.who,
				 sizeof(flag->source), flag->source);
}

/* All dates are sound before the first is taken; the last one's flush covers all. */
static int check_dates(struct request *r, const Suandian__V1__PushDayFlags *m, int32_t *ret)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->n_date; i++) {
		char field[32];

		snprintf(field, sizeof(field), "date[%zu]", i);
		rc = map_in_date(&r->refusal, field, m->date[i], &ret[i]);
	}
	return rc;
}

int handle_push_day_flags(struct request *r)
{
	const Suandian__V1__PushDayFlags *m = r->env->push_day_flags;
	struct day_flag flag = {0};
	int32_t days[DATES_MAX];
	struct pending *p;
	int rc = map_in_day_flag(&r->refusal, m, engine_now(r->engine), &flag);

	if (rc == 0 && m->n_date > DATES_MAX)
		rc = refuse(&r->refusal, ERR_FULL, "date", "at most %d", DATES_MAX);
	if (rc == 0)
		rc = check_dates(r, m, days);
	if (rc == 0)
		rc = source_of(r, &flag);
	if (rc < 0)
		return rc;
	p = pending_new(r, pending_ok);
	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	for (size_t i = 0; rc == 0 && i < m->n_date; i++) {
		flag.day = days[i];
		rc = engine_push_day_flag(r->engine, &flag, i + 1 == m->n_date ? &p->waiter : NULL,
					  &r->refusal.fault);
	}
	if (rc < 0)
		pending_drop(p);
	return rc;
}

static bool add_flag(void *arg, const struct day_flag *f)
{
	struct growing *g = arg;

	if (f->day >= g->from_day)
		append(g, map_out_day_flag(g->arena, f));
	return !g->full;
}

int handle_list_day_flags(struct request *r)
{
	const char *from = r->env->list_day_flags->from_date;
	Suandian__V1__DayFlagList body = SUANDIAN__V1__DAY_FLAG_LIST__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct growing g = {.arena = core_answer(r->core)};
	int rc = from[0] ? map_in_date(&r->refusal, "from_date", from, &g.from_day) : 0;

	if (rc < 0)
		return rc;
	engine_list_day_flags(r->engine, add_flag, &g);
	if (g.full)
		return too_many(r);
	body.flags = (Suandian__V1__DayFlag **)g.at;
	body.n_flags = g.n;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_DAY_FLAG_LIST;
	env.day_flag_list = &body;
	reply(r->session, r->id, &env);
	return 0;
}
