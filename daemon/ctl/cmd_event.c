#include "ctl/cmd.h"

#include <string.h>

#include "ctl/ask.h"
#include "ctl/eventview.h"
#include "ctl/format.h"
#include "ctl/message.h"

#define SOURCE_DEFAULT "operator"

static int show(const struct ctl *c, const Suandian__V1__EventState *e)
{
	if (c->json)
		return ctl_print_json(c, message_json(&e->base));
	eventview_print(c, e);
	return CTL_OK;
}

/* An answer without the event inside says nothing. */
static int take_state(struct ctl *c, Suandian__V1__Envelope *env)
{
	const Suandian__V1__Envelope *answer;
	int r = ctl_call(c, env, SUANDIAN__V1__ENVELOPE__BODY_EVENT_STATE, &answer);

	if (r)
		return r;
	if (!answer->event_state->event)
		return ctl_fail(c, ERR_MALFORMED, "%s: an event state without its event",
				c->socket);
	r = show(c, answer->event_state);
	if (r == CTL_OK && answer->event_state->phase == SUANDIAN__V1__EVENT_PHASE__EVENT_REJECTED)
		r = CTL_REFUSED;
	return r;
}

int cmd_event_show(struct ctl *c)
{
	const Suandian__V1__EventState *e;
	int r = ctl_connect(c, NULL);

	r = r ? r : ask_event(c, c->args.operand[0], args_text(&c->args, OPT_SOURCE, NULL), &e);
	if (r == CTL_OK && e->event && ctl_site(c, e->event->site) && !c->default_zone)
		(void)zone_load(ctl_site(c, e->event->site)->zone, &c->zone);
	return r ? r : show(c, e);
}

/* ---- put ----------------------------------------------------------------------------------------- */

static int check_put(const struct ctl *c)
{
	const struct args *a = &c->args;
	int targets = args_has(a, OPT_REDUCTION) + args_has(a, OPT_CAP) + args_has(a, OPT_RESET);

	if (!args_has(a, OPT_ID))
		return ctl_usage(c, "event put needs --id, the issuer's id of the event");
	if (targets != 1)
		return ctl_usage(c, "event put needs one of --reduction, --cap and --reset");
	if (!args_has(a, OPT_RESET) && !args_has(a, OPT_DIRECTION))
		return ctl_usage(
			c, "event put needs --direction up (lower net load) or dn (raise it)");
	if (!args_has(a, OPT_RESET) && !args_has(a, OPT_FROM))
		return ctl_usage(c, "event put needs --from");
	if (args_has(a, OPT_TO) && args_has(a, OPT_OPEN_END))
		return ctl_usage(c, "event put takes --to or --open-end, not both");
	if (!args_has(a, OPT_RESET) && !args_has(a, OPT_TO) && !args_has(a, OPT_OPEN_END))
		return ctl_usage(c, "event put needs --to or --open-end");
	if (args_number(a, OPT_BAND, 0) > 1000)
		return ctl_usage(c, "--band is at most 100%%");
	return CTL_OK;
}

static void put_target(const struct args *a, Suandian__V1__Event *event)
{
	const char *direction = args_text(a, OPT_DIRECTION, "");

	if (strcmp(direction, "up") == 0)
		event->direction = SUANDIAN__V1__DIRECTION__DIRECTION_UP;
	else if (strcmp(direction, "dn") == 0)
		event->direction = SUANDIAN__V1__DIRECTION__DIRECTION_DN;
	if (args_has(a, OPT_REDUCTION)) {
		event->target_case = SUANDIAN__V1__EVENT__TARGET_REDUCTION_W;
		event->reduction_w = a->option[OPT_REDUCTION].number;
	} else if (args_has(a, OPT_CAP)) {
		event->target_case = SUANDIAN__V1__EVENT__TARGET_PCC_CAP_W;
		event->pcc_cap_w = a->option[OPT_CAP].number;
	}
}

/* A reset begins from the event as it is: direction, window and revision need not be told again. */
static int put_known(struct ctl *c, Suandian__V1__Event *event)
{
	const Suandian__V1__EventState *e = NULL;
	int r;

	if (!args_has(&c->args, OPT_RESET))
		return CTL_OK;
	r = ask_event(c, event->external_id, event->source, &e);
	if (r || !e)
		return r;
	event->direction = e->event->direction;
	event->start_ms = e->event->start_ms;
	event->has_end_case = e->event->has_end_case;
	event->end_ms = e->event->end_ms;
	event->revision = e->event->revision + 1;
	return CTL_OK;
}

static int put_window(const struct ctl *c, Suandian__V1__Event *event)
{
	const struct arg *to = &c->args.option[OPT_TO];

	event->start_ms = ctl_time(c, OPT_FROM, event->start_ms);
	event->ramp_ms = args_number(&c->args, OPT_RAMP, 0);
	if (args_has(&c->args, OPT_OPEN_END))
		event->has_end_case = SUANDIAN__V1__EVENT__HAS_END__NOT_SET;
	if (!to->given)
		return CTL_OK;
	event->has_end_case = SUANDIAN__V1__EVENT__HAS_END_END_MS;
	event->end_ms = times_resolve_after(&to->time, c->zone, c->now_ms, event->start_ms);
	return ctl_check_interval(c, event->start_ms, event->end_ms);
}

int cmd_event_put(struct ctl *c)
{
	Suandian__V1__Event event = SUANDIAN__V1__EVENT__INIT;
	Suandian__V1__PutEvent body = SUANDIAN__V1__PUT_EVENT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const struct args *a = &c->args;
	int r = check_put(c);

	event.site = (char *)a->operand[0];
	event.external_id = (char *)args_text(a, OPT_ID, "");
	event.source = (char *)args_text(a, OPT_SOURCE, SOURCE_DEFAULT);
	event.revision = 1;
	r = r ? r : ctl_connect(c, event.site);
	r = r ? r : put_known(c, &event);
	r = r ? r : put_window(c, &event);
	if (r)
		return r;
	event.revision = (uint64_t)args_number(a, OPT_REVISION, (int64_t)event.revision);
	put_target(a, &event);
	event.pay_price = args_number(a, OPT_PAY, 0);
	event.penalty_price = args_number(a, OPT_PENALTY, 0);
	event.band_permille = (uint32_t)args_number(a, OPT_BAND, 0);
	event.priority = (uint32_t)min_i64(args_number(a, OPT_PRIORITY, 0), UINT32_MAX);
	event.note = (char *)args_text(a, OPT_NOTE, "");
	event.correlation_id = (char *)args_text(a, OPT_CORRELATION, "");
	body.event = &event;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUT_EVENT;
	env.put_event = &body;
	return take_state(c, &env);
}

/* ---- cancel -------------------------------------------------------------------------------------- */

int cmd_event_cancel(struct ctl *c)
{
	Suandian__V1__CancelEvent body = SUANDIAN__V1__CANCEL_EVENT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__EventState *e;
	int r = ctl_connect(c, NULL);

	r = r ? r : ask_event(c, c->args.operand[0], args_text(&c->args, OPT_SOURCE, NULL), &e);
	if (r)
		return r;
	body.source = e->event->source;
	body.external_id = e->event->external_id;
	body.reason = (char *)args_text(&c->args, OPT_REASON, "");
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_CANCEL_EVENT;
	env.cancel_event = &body;
	return take_state(c, &env);
}
