/* What operators said in the canned world. */
#include "world_priv.h"

static Suandian__V1__Instruction *instruction(struct arena *a, uint64_t number)
{
	NEW(a, Suandian__V1__Instruction, in) SUANDIAN__V1__INSTRUCTION__INIT;

	in->number = number;
	in->kind = SUANDIAN__V1__INSTRUCTION_KIND__INSTRUCTION_OVERRIDE;
	in->state = SUANDIAN__V1__INSTRUCTION_STATE__INSTRUCTION_IN_FORCE;
	in->target = "hongyuan/bess";
	in->value_case = SUANDIAN__V1__INSTRUCTION__VALUE_POWER_W;
	in->power_w = -1500000;
	in->put_ms = WORLD_NOW_MS - 10 * WORLD_MIN_MS;
	in->until_ms = WORLD_NOW_MS + 50 * WORLD_MIN_MS;
	in->who = "li";
	in->reason = "feeder work 检修";
	in->say = "power -1.500 MW";
	return in;
}

static Suandian__V1__Instruction *waiting(struct arena *a, uint64_t number)
{
	Suandian__V1__Instruction *in = instruction(a, number);

	in->state = SUANDIAN__V1__INSTRUCTION_STATE__INSTRUCTION_PENDING;
	in->pending_until_ms = WORLD_NOW_MS + 20 * WORLD_MIN_MS;
	return in;
}

void world_answer_overrides(struct arena *a, bool all, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__OverrideList, list) SUANDIAN__V1__OVERRIDE_LIST__INIT;

	list->overrides = ARENA_ARRAY(a, 3, Suandian__V1__Instruction *);
	if (all) {
		Suandian__V1__Instruction *old = instruction(a, 3);

		old->state = SUANDIAN__V1__INSTRUCTION_STATE__INSTRUCTION_SUPERSEDED;
		old->text = "number 5 takes its place";
		old->ended_by = "wang";
		list->overrides[list->n_overrides++] = old;
	}
	list->overrides[list->n_overrides++] = instruction(a, 5);
	list->overrides[0]->by = "zhao";
	list->overrides[list->n_overrides++] = waiting(a, 6);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_OVERRIDE_LIST;
	env->override_list = list;
}

void world_answer_pending(struct arena *a, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__PendingList, list) SUANDIAN__V1__PENDING_LIST__INIT;

	list->pending = ARENA_ARRAY(a, 1, Suandian__V1__Instruction *);
	list->pending[list->n_pending++] = waiting(a, 6);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_PENDING_LIST;
	env->pending_list = list;
}

void world_answer_flags(struct arena *a, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__DayFlagList, list) SUANDIAN__V1__DAY_FLAG_LIST__INIT;

	list->flags = ARENA_ARRAY(a, 2, Suandian__V1__DayFlag *);
	for (int i = 0; i < 2; i++) {
		NEW(a, Suandian__V1__DayFlag, f) SUANDIAN__V1__DAY_FLAG__INIT;

		f->date = i ? "2025-07-16" : "2025-07-15";
		f->flag = "heat35";
		f->set = i == 0;
		f->scope = i ? "" : "Asia/Shanghai";
		f->source = "weather";
		f->issue_ms = WORLD_NOW_MS - 60 * WORLD_MIN_MS;
		f->who = "li";
		list->flags[list->n_flags++] = f;
	}
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_DAY_FLAG_LIST;
	env->day_flag_list = list;
}

/* Of a change: who says "wait" is told to. */
void world_answer_ok(struct arena *a, const char *reason, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__Ok, ok) SUANDIAN__V1__OK__INIT;

	ok->t_ms = WORLD_NOW_MS;
	ok->number = 6;
	ok->text = strcmp(reason, "wait") == 0 ? "number 6 waits until a second person approves it"
					       : "";
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_OK;
	env->ok = ok;
}
