/* The operator's part of the engine of tests. */
#include <string.h>

#include "fake_engine.h"

int engine_instruct(struct engine *e, const struct instruction *in, struct waiter *w,
		    uint64_t *ret_id, struct fault *f)
{
	(void)e;
	if (fake.instruct_rc < 0)
		return fault_set(f, fake.instruct_rc, "refused by the test");
	fake.instruction = *in;
	fake.instruction.id = 12;
	fake.instruction.state = fake.needs_approval ? INSTRUCTION_PENDING : INSTRUCTION_IN_FORCE;
	if (in->event) {
		fake.last_event = *in->event;
		fake.instruction.event = &fake.last_event;
	}
	*ret_id = 12;
	fake_take(w);
	return 0;
}

bool engine_needs_approval(const struct engine *e, const struct instruction *in)
{
	(void)e;
	(void)in;
	return fake.needs_approval;
}

int engine_approve(struct engine *e, const struct verdict *v, struct waiter *w, struct fault *f)
{
	(void)e;
	if (fake.approve_rc < 0)
		return fault_set(f, fake.approve_rc, "refused by the test");
	fake.last_verdict = *v;
	fake.last_verdict.who = fake.last_verdict.reason = NULL;
	fake_take(w);
	return 0;
}

int engine_cancel_instruction(struct engine *e, uint64_t id, const char *who, const char *reason,
			      struct waiter *w, struct fault *f)
{
	(void)e;
	(void)who;
	(void)reason;
	if (id != fake.instruction.id)
		return fault_set(f, ERR_NOTFOUND, "none");
	fake.last_cancelled = id;
	fake_take(w);
	return 0;
}

const struct instruction *engine_instruction(const struct engine *e, uint64_t id)
{
	(void)e;
	return id && id == fake.instruction.id ? &fake.instruction : NULL;
}

void engine_list_instructions(const struct engine *e,
			      bool (*visit)(void *arg, const struct instruction *in), void *arg)
{
	(void)e;
	if (fake.instruction.id)
		(void)visit(arg, &fake.instruction);
}

const struct instruction *engine_override_of(const struct engine *e, const char *asset)
{
	(void)e;
	return fake.instruction.kind == INSTRUCTION_OVERRIDE &&
			       strcmp(fake.instruction.target, asset) == 0
		       ? &fake.instruction
		       : NULL;
}

const struct instruction *engine_outage_of(const struct engine *e, const char *asset)
{
	(void)e;
	return fake.instruction.kind == INSTRUCTION_AVAILABILITY &&
			       strcmp(fake.instruction.target, asset) == 0
		       ? &fake.instruction
		       : NULL;
}

enum site_mode engine_mode_of(const struct engine *e, const char *site,
			      const struct instruction **ret_by)
{
	bool set = fake.instruction.kind == INSTRUCTION_MODE;

	(void)e;
	(void)site;
	if (ret_by)
		*ret_by = set ? &fake.instruction : NULL;
	return set ? fake.instruction.mode : MODE_AUTO;
}

int engine_push_day_flag(struct engine *e, const struct day_flag *flag, struct waiter *w,
			 struct fault *f)
{
	(void)e;
	(void)f;
	fake.last_day_flag = fake.day_flag = *flag;
	fake.day_flag.id = 1;
	fake.day_flags++;
	if (w)
		fake_take(w);
	return 0;
}

void engine_list_day_flags(const struct engine *e,
			   bool (*visit)(void *arg, const struct day_flag *flag), void *arg)
{
	(void)e;
	if (fake.day_flag.id)
		(void)visit(arg, &fake.day_flag);
}
