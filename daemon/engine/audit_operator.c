#include "engine/audit_operator.h"

#include "engine/audit.h"
#include "engine/state.h"

void audit_instruction(struct engine *e, const struct instruction *in, const char *how)
{
	char say[TEXT_MAX_B];
	struct buf out;
	struct json j;

	audit_begin(&j, &out);
	json_text(&j, "by", in->by);
	json_text(&j, "ended_by", in->ended_by);
	json_u64(&j, "id", in->id);
	json_text(&j, "kind", instruction_kind_name(in->kind));
	json_text(&j, "move", how);
	json_text(&j, "reason", in->reason);
	json_text(&j, "say", instruction_say(in, say, sizeof(say)));
	json_text(&j, "state", sm_name(&instruction_sm, in->state));
	json_u64(&j, "successor", in->successor);
	json_i64(&j, "t_ms", e->clock.now_ms);
	json_text(&j, "target", in->target);
	json_text(&j, "text", in->text);
	json_i64(&j, "until_ms", in->until_ms == INT64_MAX ? 0 : in->until_ms);
	if (in->kind == INSTRUCTION_OVERRIDE)
		json_i64(&j, "value_w", in->value_w);
	json_text(&j, "who", in->who);
	audit_append(e, &j);
}

void audit_day_flag(struct engine *e, const struct day_flag *flag)
{
	struct buf out;
	struct json j;

	audit_begin(&j, &out);
	json_i64(&j, "day", flag->day);
	json_text(&j, "flag", flag->name);
	json_i64(&j, "issue_ms", flag->issue_ms);
	json_text(&j, "kind", "day_flag");
	json_text(&j, "scope", flag->scope);
	json_bool(&j, "set", flag->set);
	json_text(&j, "source", flag->source);
	json_i64(&j, "t_ms", e->clock.now_ms);
	json_text(&j, "who", flag->who);
	audit_append(e, &j);
}
