/* Plans on request: made again, and for what is not so. */
#include "world_priv.h"

void world_answer_replay(struct arena *a, const Suandian__V1__Replay *q,
			 Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__ReplayResult, x) SUANDIAN__V1__REPLAY_RESULT__INIT;

	x->plan_id = q->plan_id;
	x->region_id = q->plan_id;
	x->site = "hongyuan";
	x->same = true;
	x->stored_hash = x->solved_hash =
		"0d865b7a4a2becda71ab6ec935fe7a0cace1fc1d2c63626ed882c6b19a7e9cd6";
	x->iterations = 1837;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_REPLAY_RESULT;
	env->replay_result = x;
}

static Suandian__V1__WhatIfFigures *figures(struct arena *a, int64_t money, int64_t peak_w)
{
	NEW(a, Suandian__V1__WhatIfFigures, x) SUANDIAN__V1__WHAT_IF_FIGURES__INIT;

	x->money = money;
	x->peak_w = peak_w;
	x->co2_g = money / 10;
	return x;
}

static Suandian__V1__WhatIfSite *site(struct arena *a, const char *id, int64_t money)
{
	NEW(a, Suandian__V1__WhatIfSite, x) SUANDIAN__V1__WHAT_IF_SITE__INIT;

	x->site = (char *)id;
	x->without = figures(a, money, 12680000);
	x->with = figures(a, money - 1234567, 11180000);
	x->with->deliverable_w = 1500000;
	x->with->moved_device_s = 720000;
	x->with->late_device_s = 3600;
	return x;
}

void world_answer_what_if(struct arena *a, const Suandian__V1__WhatIf *q,
			  Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__WhatIfResult, x) SUANDIAN__V1__WHAT_IF_RESULT__INIT;

	x->now_ms = WORLD_NOW_MS;
	x->n_sites = 2;
	x->sites = ARENA_ARRAY(a, 2, Suandian__V1__WhatIfSite *);
	x->sites[0] = site(a, "hongyuan", 787762400);
	x->sites[1] = site(a, "liangshan", 369948500);
	x->all = site(a, "", 1157710900);
	x->n_start_ms = x->n_pcc_without_w = x->n_pcc_with_w = 4;
	x->start_ms = ARENA_ARRAY(a, 4, int64_t);
	x->pcc_without_w = ARENA_ARRAY(a, 4, int64_t);
	x->pcc_with_w = ARENA_ARRAY(a, 4, int64_t);
	for (int i = 0; i < 4; i++) {
		x->start_ms[i] = q->from_ms + (i - 1) * WORLD_SLOT_MS;
		x->pcc_without_w[i] = 9000000 + i * 100000;
		x->pcc_with_w[i] = x->pcc_without_w[i] - (i == 0 ? 0 : i < 3 ? 1500000 : -400000);
	}
	x->rebound_w = 400000;
	x->rebound_wh = 100000;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_WHAT_IF_RESULT;
	env->what_if_result = x;
}
