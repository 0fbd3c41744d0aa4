/* What an operator says: overrides, assets out of service, modes. */
#include "ctl/cmd.h"

#include <string.h>

#include "base/num.h"
#include "ctl/instructview.h"
#include "ctl/message.h"
#include "suandian/v1/envelope.pb-c.h"

/* ---- override ------------------------------------------------------------------------------------ */

static int check_value(const struct ctl *c)
{
	const struct args *a = &c->args;
	int values = args_has(a, OPT_CHARGE) + args_has(a, OPT_DISCHARGE) + args_has(a, OPT_REST) +
		     args_has(a, OPT_POWER) + args_has(a, OPT_CAP) + args_has(a, OPT_RELEASE);

	if (values != 1)
		return ctl_usage(c, "override put needs one of --charge, --discharge, --rest, "
				    "--power, --cap and --release");
	return CTL_OK;
}

static int check_term(const struct ctl *c, const char *command)
{
	if (!args_has(&c->args, OPT_UNTIL))
		return ctl_usage(c, "%s needs --until, when it ends", command);
	if (!args_has(&c->args, OPT_REASON))
		return ctl_usage(c, "%s needs --reason", command);
	return CTL_OK;
}

static void put_value(const struct args *a, Suandian__V1__PutOverride *body)
{
	body->value_case = SUANDIAN__V1__PUT_OVERRIDE__VALUE_POWER_W;
	if (args_has(a, OPT_CAP)) {
		body->value_case = SUANDIAN__V1__PUT_OVERRIDE__VALUE_CAP_W;
		body->cap_w = args_number(a, OPT_CAP, 0);
	} else if (args_has(a, OPT_RELEASE)) {
		body->value_case = SUANDIAN__V1__PUT_OVERRIDE__VALUE_RELEASE;
		body->release = true;
	} else if (args_has(a, OPT_DISCHARGE)) {
		body->power_w = -args_number(a, OPT_DISCHARGE, 0);
	} else {
		body->power_w = args_number(a, args_has(a, OPT_CHARGE) ? OPT_CHARGE : OPT_POWER, 0);
	}
}

/* A bare hour is the next such hour. */
static int64_t until_ms(const struct ctl *c)
{
	const struct arg *until = &c->args.option[OPT_UNTIL];

	return until->given ? times_resolve_after(&until->time, c->zone, c->now_ms, c->now_ms) : 0;
}

int cmd_override_put(struct ctl *c)
{
	Suandian__V1__PutOverride body = SUANDIAN__V1__PUT_OVERRIDE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int r = check_value(c);

	r = r ? r : check_term(c, "override put");
	r = r ? r : ctl_connect(c, c->args.operand[0]);
	if (r)
		return r;
	body.asset = (char *)c->args.operand[0];
	body.until_ms = until_ms(c);
	body.reason = (char *)args_text(&c->args, OPT_REASON, "");
	put_value(&c->args, &body);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUT_OVERRIDE;
	env.put_override = &body;
	return instructview_send(c, &env, "in force");
}

int cmd_overrides(struct ctl *c)
{
	Suandian__V1__ListOverrides body = SUANDIAN__V1__LIST_OVERRIDES__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r = ctl_connect(c, args_operand(&c->args, 0, NULL));

	body.asset = (char *)args_operand(&c->args, 0, "");
	body.all = args_has(&c->args, OPT_ALL);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_LIST_OVERRIDES;
	env.list_overrides = &body;
	r = r ? r : ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_OVERRIDE_LIST, &answer);
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&answer->override_list->base));
	if (answer->override_list->n_overrides == 0)
		out_line(&c->out, STYLE_PLAIN, "none: the plan has its say");
	instructview_print(c, answer->override_list->overrides, answer->override_list->n_overrides);
	return CTL_OK;
}

int cmd_override_cancel(struct ctl *c)
{
	Suandian__V1__CancelOverride body = SUANDIAN__V1__CANCEL_OVERRIDE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const char *what = c->args.operand[0];
	int64_t number = 0;
	int r;

	if (strchr(what, '/'))
		body.asset = (char *)what;
	else if (num_parse_i64(what, 1, INT64_MAX, &number) < 0)
		return ctl_usage(c, "override cancel takes a number or an asset, not %s", what);
	r = ctl_connect(c, NULL);
	if (r)
		return r;
	body.number = (uint64_t)number;
	body.reason = (char *)args_text(&c->args, OPT_REASON, "");
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_CANCEL_OVERRIDE;
	env.cancel_override = &body;
	return instructview_send(c, &env, "cancelled");
}

/* ---- asset --------------------------------------------------------------------------------------- */

static int set_availability(struct ctl *c, bool out)
{
	Suandian__V1__SetAvailability body = SUANDIAN__V1__SET_AVAILABILITY__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int r = CTL_OK;

	if (out)
		r = check_term(c, "asset out");
	else if (!args_has(&c->args, OPT_REASON))
		r = ctl_usage(c, "asset back needs --reason");
	r = r ? r : ctl_connect(c, c->args.operand[0]);
	if (r)
		return r;
	body.asset = (char *)c->args.operand[0];
	body.out = out;
	body.until_ms = until_ms(c);
	body.reason = (char *)args_text(&c->args, OPT_REASON, "");
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_SET_AVAILABILITY;
	env.set_availability = &body;
	return instructview_send(c, &env, out ? "out of service" : "back in service");
}

int cmd_asset_out(struct ctl *c)
{
	return set_availability(c, true);
}

int cmd_asset_back(struct ctl *c)
{
	return set_availability(c, false);
}

/* ---- mode ---------------------------------------------------------------------------------------- */

static Suandian__V1__SiteMode mode_of(const char *name)
{
	return strcmp(name, "hold") == 0       ? SUANDIAN__V1__SITE_MODE__MODE_HOLD
	       : strcmp(name, "advisory") == 0 ? SUANDIAN__V1__SITE_MODE__MODE_ADVISORY
					       : SUANDIAN__V1__SITE_MODE__MODE_AUTO;
}

int cmd_mode(struct ctl *c)
{
	Suandian__V1__SetMode body = SUANDIAN__V1__SET_MODE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int r;

	if (!args_has(&c->args, OPT_REASON))
		return ctl_usage(c, "mode needs --reason");
	r = ctl_connect(c, args_operand(&c->args, 1, NULL));
	if (r)
		return r;
	body.mode = mode_of(c->args.operand[0]);
	body.site = (char *)args_operand(&c->args, 1, "");
	body.reason = (char *)args_text(&c->args, OPT_REASON, "");
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_SET_MODE;
	env.set_mode = &body;
	return instructview_send(c, &env, "mode set");
}

/* ---- the second person --------------------------------------------------------------------------- */

int cmd_pending(struct ctl *c)
{
	Suandian__V1__ListPending body = SUANDIAN__V1__LIST_PENDING__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r = ctl_connect(c, NULL);

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_LIST_PENDING;
	env.list_pending = &body;
	r = r ? r : ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_PENDING_LIST, &answer);
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&answer->pending_list->base));
	if (answer->pending_list->n_pending == 0)
		out_line(&c->out, STYLE_PLAIN, "nothing waits");
	instructview_print(c, answer->pending_list->pending, answer->pending_list->n_pending);
	return CTL_OK;
}

static int decide(struct ctl *c, bool refuse)
{
	Suandian__V1__Approve body = SUANDIAN__V1__APPROVE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int64_t number;
	int r;

	if (num_parse_i64(c->args.operand[0], 1, INT64_MAX, &number) < 0)
		return ctl_usage(c, "%s is no number; see: suandianctl pending",
				 c->args.operand[0]);
	if (refuse && !args_has(&c->args, OPT_REASON))
		return ctl_usage(c, "refuse needs --reason");
	r = ctl_connect(c, NULL);
	if (r)
		return r;
	body.number = (uint64_t)number;
	body.refuse = refuse;
	body.reason = (char *)args_text(&c->args, OPT_REASON, "");
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_APPROVE;
	env.approve = &body;
	return instructview_send(c, &env, refuse ? "refused" : "approved");
}

int cmd_approve(struct ctl *c)
{
	return decide(c, false);
}

int cmd_refuse(struct ctl *c)
{
	return decide(c, true);
}
