/* Plans made anew, made again, made for what is not so. */
#include <inttypes.h>
#include <string.h>

#include "ctl/cmd.h"
#include "base/num.h"
#include "ctl/ctl.h"
#include "ctl/format.h"
#include "ctl/message.h"
#include "ctl/table.h"
#include "suandian/v1/envelope.pb-c.h"

#define PPM_PER_PERMILLE 1000

/* ---- replan -------------------------------------------------------------------------------------- */

int cmd_replan(struct ctl *c)
{
	Suandian__V1__Replan body = SUANDIAN__V1__REPLAN__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r = ctl_connect(c, c->args.operand[0]);

	if (r)
		return r;
	body.site = (char *)c->args.operand[0];
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_REPLAN;
	env.replan = &body;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_OK, &answer);
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&answer->ok->base));
	out_line(&c->out, STYLE_GOOD, "%s was planned again.", body.site);
	return CTL_OK;
}

/* ---- replay -------------------------------------------------------------------------------------- */

static void print_difference(const struct ctl *c, const Suandian__V1__ReplayResult *x)
{
	out_part(&c->out, STYLE_BAD, "First difference: %s", x->what);
	if (x->slot_ms)
		out_part(&c->out, STYLE_BAD, " at %s", format_time(c->zone, x->slot_ms).s);
	out_line(&c->out, STYLE_BAD, ", %" PRId64 " was stored, %" PRId64 " comes out now.",
		 x->stored, x->solved);
	out_line(&c->out, STYLE_DIM, "stored %s", x->stored_hash);
	out_line(&c->out, STYLE_DIM, "solved %s", x->solved_hash);
}

static void print_replay(const struct ctl *c, const Suandian__V1__ReplayResult *x)
{
	out_part(&c->out, STYLE_BOLD, "Plan %" PRIu64 " of %s: ", x->plan_id, x->site);
	if (x->same) {
		out_line(&c->out, STYLE_GOOD, "the same again, to the byte");
		out_line(&c->out, STYLE_DIM, "%s, %" PRIu64 " iterations", x->solved_hash,
			 x->iterations);
		return;
	}
	out_line(&c->out, STYLE_BAD, "not the same");
	print_difference(c, x);
}

int cmd_replay(struct ctl *c)
{
	Suandian__V1__Replay body = SUANDIAN__V1__REPLAY__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int64_t id;
	int r;

	if (num_parse_i64(c->args.operand[0], 1, INT64_MAX, &id))
		return ctl_usage(c, "replay takes the number of a plan");
	r = ctl_connect(c, NULL);
	if (r)
		return r;
	body.plan_id = (uint64_t)id;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_REPLAY;
	env.replay = &body;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_REPLAY_RESULT, &answer);
	if (r)
		return r;
	if (c->json)
		r = ctl_print_json(c, message_json(&answer->replay_result->base));
	else
		print_replay(c, answer->replay_result);
	return r == CTL_OK && !answer->replay_result->same ? CTL_REFUSED : r;
}

/* ---- what if: the answer ------------------------------------------------------------------------- */

static const char *sign_of(int64_t change)
{
	return change > 0 ? "+" : "";
}

static void put_row(struct table *t, const char *name, const char *without, const char *with,
		    const char *change)
{
	table_cell(t, STYLE_BOLD, "%s", name);
	table_cell(t, STYLE_PLAIN, "%s", without);
	table_cell(t, STYLE_PLAIN, "%s", with);
	table_cell(t, STYLE_PLAIN, "%s", change);
}

/* Figures that are 0 on both sides are left out, but money and the peak. */
#define ROW(t, name, a, b, format)                                                                 \
	do {                                                                                       \
		char change_[FORMAT_MAX + 1];                                                      \
		snprintf(change_, sizeof(change_), "%s%s", sign_of((b) - (a)),                     \
			 format((b) - (a)).s);                                                     \
		put_row(t, name, format(a).s, format(b).s, change_);                               \
	} while (0)

static struct format format_co2(int64_t g)
{
	struct format f;

	snprintf(f.s, sizeof(f.s), "%.1f kg", (double)g / 1000);
	return f;
}

static void print_figures(const struct ctl *c, const char *name, const Suandian__V1__WhatIfSite *x)
{
	const Suandian__V1__WhatIfFigures *a = x->without, *b = x->with;
	struct table t;

	if (!a || !b)
		return;
	out_line(&c->out, STYLE_BOLD, "%s", name);
	table_init(&t);
	table_column(&t, ALIGN_LEFT, "%s", "");
	table_column(&t, ALIGN_RIGHT, "as it is");
	table_column(&t, ALIGN_RIGHT, "what if");
	table_column(&t, ALIGN_RIGHT, "change");
	ROW(&t, "money", a->money, b->money, format_money);
	ROW(&t, "peak", a->peak_w, b->peak_w, format_power);
	if (a->co2_g || b->co2_g)
		ROW(&t, "CO2", a->co2_g, b->co2_g, format_co2);
	if (a->late_device_s || b->late_device_s)
		ROW(&t, "late work", a->late_device_s, b->late_device_s, format_work);
	if (a->moved_device_s || b->moved_device_s)
		ROW(&t, "work moved", a->moved_device_s, b->moved_device_s, format_work);
	if (a->unserved_wh || b->unserved_wh)
		ROW(&t, "not served", a->unserved_wh, b->unserved_wh, format_energy);
	table_print(&t, &c->out, 2);
	table_fini(&t);
}

/* Slots in which the net load is another one. */
static void print_slots(const struct ctl *c, const Suandian__V1__WhatIfResult *x)
{
	struct table t;
	size_t n = 0;

	if (x->n_pcc_without_w != x->n_start_ms || x->n_pcc_with_w != x->n_start_ms)
		return;
	table_init(&t);
	table_column(&t, ALIGN_LEFT, "slot");
	table_column(&t, ALIGN_RIGHT, "as it is");
	table_column(&t, ALIGN_RIGHT, "what if");
	table_column(&t, ALIGN_RIGHT, "less");
	for (size_t i = 0; i < x->n_start_ms; i++) {
		int64_t less = x->pcc_without_w[i] - x->pcc_with_w[i];

		if (less == 0)
			continue;
		n++;
		table_cell(&t, STYLE_PLAIN, "%s", format_time(c->zone, x->start_ms[i]).s);
		table_cell(&t, STYLE_PLAIN, "%s", format_power(x->pcc_without_w[i]).s);
		table_cell(&t, STYLE_PLAIN, "%s", format_power(x->pcc_with_w[i]).s);
		table_cell(&t, less > 0 ? STYLE_GOOD : STYLE_WARN, "%s", format_power(less).s);
	}
	out_line(&c->out, STYLE_BOLD, n ? "Net load at the PCC" : "The net load stays as it is.");
	if (n)
		table_print(&t, &c->out, 2);
	table_fini(&t);
}

static void print_result(const struct ctl *c, const Suandian__V1__WhatIfResult *x, bool event)
{
	for (size_t i = 0; i < x->n_sites; i++)
		print_figures(c, x->sites[i]->site, x->sites[i]);
	if (x->n_sites > 1 && x->all)
		print_figures(c, "together", x->all);
	print_slots(c, x);
	if (event && x->n_sites > 0 && x->sites[0]->with)
		out_line(&c->out, STYLE_EVENT, "Deliverable in every slot: %s",
			 format_power(x->sites[0]->with->deliverable_w).s);
	if (x->rebound_wh > 0)
		out_line(&c->out, STYLE_PLAIN, "Rebound after it: at most %s, %s in all",
			 format_power(x->rebound_w).s, format_energy(x->rebound_wh).s);
	out_line(&c->out, STYLE_DIM, "Nothing was changed.");
}

/* ---- what if: the question ----------------------------------------------------------------------- */

static int ask(struct ctl *c, Suandian__V1__WhatIf *body)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	const struct arg *to = &c->args.option[OPT_TO];
	int r;

	body->from_ms = ctl_time(c, OPT_FROM, c->now_ms);
	body->to_ms =
		to->given ? times_resolve_after(&to->time, c->zone, c->now_ms, body->from_ms) : 0;
	r = ctl_check_interval(c, body->from_ms, body->to_ms);
	if (r)
		return r;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_WHAT_IF;
	env.what_if = body;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_WHAT_IF_RESULT, &answer);
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&answer->what_if_result->base));
	print_result(c, answer->what_if_result,
		     body->change_case == SUANDIAN__V1__WHAT_IF__CHANGE_EVENT);
	return CTL_OK;
}

static int check_to(const struct ctl *c)
{
	return args_has(&c->args, OPT_TO) ? CTL_OK : ctl_usage(c, "what-if needs --to");
}

int cmd_whatif_event(struct ctl *c)
{
	Suandian__V1__WhatIf body = SUANDIAN__V1__WHAT_IF__INIT;
	Suandian__V1__WhatIfEvent event = SUANDIAN__V1__WHAT_IF_EVENT__INIT;
	const struct args *a = &c->args;
	int r = check_to(c);

	if (r == CTL_OK && !args_has(a, OPT_DIRECTION))
		r = ctl_usage(c, "whatif event needs --direction up (lower net load) or dn");
	r = r ? r : ctl_connect(c, a->operand[0]);
	if (r)
		return r;
	event.direction = strcmp(args_text(a, OPT_DIRECTION, ""), "up") == 0
				  ? SUANDIAN__V1__DIRECTION__DIRECTION_UP
				  : SUANDIAN__V1__DIRECTION__DIRECTION_DN;
	event.target_w = args_number(a, OPT_REDUCTION, 0);
	event.ramp_ms = args_number(a, OPT_RAMP, 0);
	event.pay_price = args_number(a, OPT_PAY, 0);
	event.penalty_price = args_number(a, OPT_PENALTY, 0);
	body.site = (char *)a->operand[0];
	body.change_case = SUANDIAN__V1__WHAT_IF__CHANGE_EVENT;
	body.event = &event;
	return ask(c, &body);
}

int cmd_whatif_outage(struct ctl *c)
{
	Suandian__V1__WhatIf body = SUANDIAN__V1__WHAT_IF__INIT;
	Suandian__V1__WhatIfOutage outage = SUANDIAN__V1__WHAT_IF_OUTAGE__INIT;
	const Suandian__V1__SiteInfo *site;
	int r = check_to(c);

	r = r ? r : ctl_connect(c, c->args.operand[0]);
	if (r)
		return r;
	site = ctl_site(c, c->args.operand[0]);
	if (!site)
		return ctl_fail(c, ERR_NOTFOUND, "there is no asset %s", c->args.operand[0]);
	outage.asset = (char *)c->args.operand[0];
	body.site = site->id;
	body.change_case = SUANDIAN__V1__WHAT_IF__CHANGE_OUTAGE;
	body.outage = &outage;
	return ask(c, &body);
}

int cmd_whatif_price(struct ctl *c)
{
	Suandian__V1__WhatIf body = SUANDIAN__V1__WHAT_IF__INIT;
	Suandian__V1__WhatIfPrice price = SUANDIAN__V1__WHAT_IF_PRICE__INIT;
	const struct args *a = &c->args;
	int r = check_to(c);

	if (r == CTL_OK && !args_has(a, OPT_FACTOR) && !args_has(a, OPT_SHIFT))
		r = ctl_usage(c, "whatif price needs --factor or --shift");
	r = r ? r : ctl_connect(c, a->operand[0]);
	if (r)
		return r;
	price.factor_ppm = args_number(a, OPT_FACTOR, 1000) * PPM_PER_PERMILLE;
	price.shift = args_number(a, OPT_SHIFT, 0);
	body.site = (char *)a->operand[0];
	body.change_case = SUANDIAN__V1__WHAT_IF__CHANGE_PRICE;
	body.price = &price;
	return ask(c, &body);
}
