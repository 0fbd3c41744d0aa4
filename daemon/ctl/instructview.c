#include "ctl/instructview.h"

#include <inttypes.h>

#include "ctl/describe.h"
#include "ctl/message.h"
#include "ctl/table.h"
#include "suandian/v1/envelope.pb-c.h"

static enum style style_of(Suandian__V1__InstructionState state)
{
	switch (state) {
	case SUANDIAN__V1__INSTRUCTION_STATE__INSTRUCTION_IN_FORCE:
		return STYLE_GOOD;
	case SUANDIAN__V1__INSTRUCTION_STATE__INSTRUCTION_PENDING:
		return STYLE_WARN;
	case SUANDIAN__V1__INSTRUCTION_STATE__INSTRUCTION_REFUSED:
	case SUANDIAN__V1__INSTRUCTION_STATE__INSTRUCTION_LAPSED:
		return STYLE_BAD;
	default:
		return STYLE_DIM;
	}
}

/* "approved by wang", "number 7 takes its place" */
static void add_fate(struct table *t, const Suandian__V1__Instruction *in)
{
	if (*in->text)
		table_cell(t, STYLE_DIM, "%s%s%s", in->text, *in->ended_by ? ", " : "",
			   in->ended_by);
	else if (*in->by)
		table_cell(t, STYLE_DIM, "approved by %s", in->by);
	else
		table_cell(t, STYLE_PLAIN, "%s", "");
}

static void add(struct table *t, const struct ctl *c, const Suandian__V1__Instruction *in)
{
	bool waits = in->state == SUANDIAN__V1__INSTRUCTION_STATE__INSTRUCTION_PENDING;

	table_cell(t, STYLE_DIM, "%" PRIu64, in->number);
	table_cell(t, STYLE_BOLD, "%s", *in->target ? in->target : "all sites");
	table_cell(t, STYLE_PLAIN, "%s", in->say);
	table_cell(t, STYLE_PLAIN, "%s", in->until_ms ? format_time(c->zone, in->until_ms).s : "");
	table_cell(t, style_of(in->state), "%s%s%s",
		   format_enum(&suandian__v1__instruction_state__descriptor, (int)in->state).s,
		   waits ? " until " : "",
		   waits ? format_hour(c->zone, in->pending_until_ms).s : "");
	table_cell(t, STYLE_PLAIN, "%s", in->who);
	table_cell(t, STYLE_PLAIN, "%s", in->reason);
	add_fate(t, in);
}

void instructview_print(const struct ctl *c, Suandian__V1__Instruction *const *at, size_t n)
{
	struct table t;

	if (n == 0)
		return;
	table_init(&t);
	table_column(&t, ALIGN_RIGHT, "number");
	table_column(&t, ALIGN_LEFT, "target");
	table_column(&t, ALIGN_LEFT, "says");
	table_column(&t, ALIGN_LEFT, "until");
	table_column(&t, ALIGN_LEFT, "state");
	table_column(&t, ALIGN_LEFT, "who");
	table_column(&t, ALIGN_LEFT, "reason");
	table_column(&t, ALIGN_LEFT, "%s", "");
	for (size_t i = 0; i < n; i++)
		add(&t, c, at[i]);
	table_print(&t, &c->out, 0);
	table_fini(&t);
}

int instructview_send(struct ctl *c, Suandian__V1__Envelope *env, const char *done)
{
	const Suandian__V1__Envelope *answer;
	int r = ctl_call(c, env, SUANDIAN__V1__ENVELOPE__BODY_OK, &answer);

	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&answer->ok->base));
	out_part(&c->out, *answer->ok->text ? STYLE_WARN : STYLE_GOOD, "%s",
		 *answer->ok->text ? answer->ok->text : done);
	if (answer->ok->number && !*answer->ok->text)
		out_part(&c->out, STYLE_PLAIN, ", number %" PRIu64, answer->ok->number);
	out_end(&c->out);
	return CTL_OK;
}
