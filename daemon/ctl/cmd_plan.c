#include "ctl/cmd.h"

#include "ctl/ask.h"
#include "ctl/message.h"
#include "ctl/planplot.h"

static int check_choice(const struct ctl *c)
{
	const struct args *a = &c->args;

	if (args_has(a, OPT_AT) + args_has(a, OPT_NUMBER) + args_has(a, OPT_FROM) > 1)
		return ctl_usage(c, "plan takes one of --at, --id and --from");
	if (args_has(a, OPT_TO) && !args_has(a, OPT_FROM))
		return ctl_usage(c, "plan takes --to only with --from");
	return CTL_OK;
}

static int choose(const struct ctl *c, Suandian__V1__GetPlan *which)
{
	which->site = (char *)c->args.operand[0];
	which->plan_id = (uint64_t)args_number(&c->args, OPT_NUMBER, 0);
	which->at_ms = ctl_time(c, OPT_AT, 0);
	if (!args_has(&c->args, OPT_FROM))
		return CTL_OK;
	which->from_ms = ctl_time(c, OPT_FROM, 0);
	which->to_ms = ctl_time(c, OPT_TO, c->now_ms);
	return ctl_check_interval(c, which->from_ms, which->to_ms);
}

int cmd_plan(struct ctl *c)
{
	Suandian__V1__GetPlan which = SUANDIAN__V1__GET_PLAN__INIT;
	const Suandian__V1__EventList *events = NULL;
	const Suandian__V1__Plan *plan;
	struct planview v;
	int r = check_choice(c);

	r = r ? r : ctl_connect(c, c->args.operand[0]);
	r = r ? r : choose(c, &which);
	r = r ? r : ask_plan(c, &which, &plan);
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&plan->base));
	v = planview_of(plan);
	if (v.n > 0)
		r = ask_events(c, c->args.operand[0], v.start_ms[0], planview_end_ms(&v, v.n - 1),
			       &events);
	if (r)
		return r;
	planview_print_head(c, &v);
	if (v.n == 0)
		out_line(&c->out, STYLE_PLAIN, "  no slots");
	out_end(&c->out);
	if (args_has(&c->args, OPT_PLOT))
		planplot_print(c, &v, events);
	else
		planview_print_table(c, &v, events);
	if (plan->n_inputs)
		out_end(&c->out);
	planview_print_inputs(&c->out, plan->inputs, plan->n_inputs);
	return CTL_OK;
}
