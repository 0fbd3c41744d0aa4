#include "ctl/cmd.h"

#include <inttypes.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/describe.h"
#include "ctl/message.h"
#include "ctl/planview.h"
#include "ctl/table.h"
#include "suandian/v1/envelope.pb-c.h"

#define TEXT_COLUMNS 92

/* Amount with its unit, which comes as a text: "W", "Wh", "device_s". */
static struct format amount_of(int64_t amount, const char *unit)
{
	struct format f;

	if (strcmp(unit, "W") == 0)
		return format_power(amount);
	if (strcmp(unit, "Wh") == 0)
		return format_energy(amount);
	if (strcmp(unit, "device_s") == 0)
		return format_work(amount);
	(void)snprintf(f.s, sizeof(f.s), "%" PRId64 " %.20s", amount, unit);
	return f;
}

static void print_binding(const struct ctl *c, const Suandian__V1__Explanation *e)
{
	struct table t;

	if (e->n_binding == 0)
		return;
	out_line(&c->out, STYLE_DIM, "Limits that bind");
	table_init(&t);
	table_column(&t, ALIGN_LEFT, "limit");
	table_column(&t, ALIGN_RIGHT, "value");
	table_column(&t, ALIGN_RIGHT, "shadow price");
	for (size_t i = 0; i < e->n_binding; i++) {
		const Suandian__V1__BindingLimit *b = e->binding[i];

		table_cell(&t, STYLE_BOLD, "%s", b->limit);
		table_cell(&t, STYLE_PLAIN, "%s", amount_of(b->value, b->unit).s);
		table_cell(&t, STYLE_PLAIN, "%s", format_price(b->shadow_price).s);
	}
	table_print(&t, &c->out, 2);
	table_fini(&t);
}

static void print_why(const struct ctl *c, const Suandian__V1__Explanation *e)
{
	const Suandian__V1__AssetInfo *asset = ctl_asset(c, e->asset);

	out_part(&c->out, STYLE_BOLD, "%s", e->asset);
	out_line(&c->out, STYLE_PLAIN, "%s%s, %s: %s", asset ? "  " : "",
		 asset ? describe_kind(asset->kind) : "", format_time(c->zone, e->t_ms).s,
		 format_power(e->power_w).s);
	if (*e->headline)
		out_wrapped(&c->out, 2, TEXT_COLUMNS, e->headline);
	for (size_t i = 0; i < e->n_said; i++)
		out_line(&c->out, STYLE_WARN, "  %s", e->said[i]);
	if (*e->otherwise)
		out_line(&c->out, STYLE_DIM, "  otherwise: %s", e->otherwise);
	out_end(&c->out);
	out_wrapped(&c->out, 2, TEXT_COLUMNS, e->text);
	out_wrapped(&c->out, 2, TEXT_COLUMNS, e->text_zh);
	out_end(&c->out);
	if (e->plan_id)
		out_line(&c->out, STYLE_PLAIN, "Another kWh at this time costs %s.",
			 format_price(e->marginal_price).s);
	if (*e->event)
		out_line(&c->out, STYLE_EVENT, "Event %s had a say.", e->event);
	print_binding(c, e);
	planview_print_relaxations(&c->out, c->zone, e->relaxations, e->n_relaxations);
	if (!args_has(&c->args, OPT_BRIEF))
		planview_print_inputs(&c->out, e->inputs, e->n_inputs);
	if (!e->plan_id)
		out_line(&c->out, STYLE_DIM, "No plan, decision %" PRIu64, e->decision_id);
	else if (e->decision_id)
		out_line(&c->out, STYLE_DIM, "Plan %" PRIu64 ", decision %" PRIu64, e->plan_id,
			 e->decision_id);
	else
		out_line(&c->out, STYLE_DIM, "Plan %" PRIu64, e->plan_id);
}

int cmd_why(struct ctl *c)
{
	Suandian__V1__Explain body = SUANDIAN__V1__EXPLAIN__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r;

	if (args_has(&c->args, OPT_AT) && args_has(&c->args, OPT_NUMBER))
		return ctl_usage(c, "why takes --at or --decision, not both");
	r = ctl_connect(c, c->args.operand[0]);
	if (r)
		return r;
	body.asset = (char *)c->args.operand[0];
	body.at_ms = ctl_time(c, OPT_AT, 0);
	body.decision_id = (uint64_t)args_number(&c->args, OPT_NUMBER, 0);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_EXPLAIN;
	env.explain = &body;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_EXPLANATION, &answer);
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&answer->explanation->base));
	print_why(c, answer->explanation);
	return CTL_OK;
}
