#include "ctl/cmd.h"

#include <inttypes.h>

#include "ctl/ask.h"
#include "ctl/describe.h"
#include "ctl/message.h"
#include "ctl/table.h"

static Suandian__V1__AssetKind kind_of(const struct ctl *c, const char *asset)
{
	const Suandian__V1__AssetInfo *a = ctl_asset(c, asset);

	return a ? a->kind : SUANDIAN__V1__ASSET_KIND__ASSET_UNSPECIFIED;
}

static struct format state_of(const Suandian__V1__Decision *d)
{
	return format_enum(&suandian__v1__decision_state__descriptor, (int)d->state);
}

static void add_decision(struct table *t, const struct ctl *c, const Suandian__V1__Decision *d)
{
	bool applied = d->state == SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED ||
		       d->state == SUANDIAN__V1__DECISION_STATE__DECISION_VERIFIED;
	bool fault = d->fault && *d->fault->code;

	table_cell(t, STYLE_DIM, "%" PRIu64, d->id);
	table_cell(t, STYLE_PLAIN, "%s", format_seconds(c->zone, d->issued_ms).s);
	table_cell(t, STYLE_BOLD, "%s", d->asset);
	table_cell(t, STYLE_PLAIN, "%s", describe_action(d->action, kind_of(c, d->asset)).s);
	table_cell(t, STYLE_PLAIN, "%s", describe_term(c->zone, d).s);
	table_cell(t, describe_state_style(d->state), "%s", state_of(d).s);
	table_cell(t, STYLE_PLAIN, "%s", applied ? format_power(d->measured_w).s : "");
	table_cell(t, STYLE_PLAIN, "%s%s%s%s%s", describe_reason(d->reason).s,
		   fault ? "; fault: " : "", fault ? d->fault->text : "",
		   *d->ack_reason ? "; said: " : "", d->ack_reason);
}

static void print_decisions(const struct ctl *c, const Suandian__V1__DecisionList *list)
{
	struct table t;

	table_init(&t);
	table_column(&t, ALIGN_RIGHT, "id");
	table_column(&t, ALIGN_LEFT, "issued");
	table_column(&t, ALIGN_LEFT, "asset");
	table_column(&t, ALIGN_LEFT, "action");
	table_column(&t, ALIGN_LEFT, "until");
	table_column(&t, ALIGN_LEFT, "state");
	table_column(&t, ALIGN_RIGHT, "measured");
	table_column(&t, ALIGN_LEFT, "reason");
	for (size_t i = 0; i < list->n_decisions; i++)
		add_decision(&t, c, list->decisions[i]);
	table_print(&t, &c->out, 0);
	table_fini(&t);
}

int cmd_decisions(struct ctl *c)
{
	Suandian__V1__ListDecisions which = SUANDIAN__V1__LIST_DECISIONS__INIT;
	const Suandian__V1__DecisionList *list;
	const char *asset = args_operand(&c->args, 0, NULL);
	int r = ctl_connect(c, asset);

	if (r)
		return r;
	which.asset = (char *)(asset ? asset : "");
	which.from_ms = ctl_time(c, OPT_FROM, 0);
	which.to_ms = ctl_time(c, OPT_TO, 0);
	which.limit = (uint32_t)min_i64(args_number(&c->args, OPT_LIMIT, 0), UINT32_MAX);
	if (which.to_ms)
		r = ctl_check_interval(c, which.from_ms, which.to_ms);
	r = r ? r : ask_decisions(c, &which, &list);
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&list->base));
	if (list->n_decisions == 0)
		out_line(&c->out, STYLE_PLAIN, "no decision");
	else
		print_decisions(c, list);
	return CTL_OK;
}
