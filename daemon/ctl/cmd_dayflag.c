#include "ctl/cmd.h"

#include "ctl/ctl.h"
#include "ctl/format.h"
#include "ctl/instructview.h"
#include "ctl/message.h"
#include "ctl/table.h"
#include "suandian/v1/envelope.pb-c.h"

int cmd_dayflag_put(struct ctl *c)
{
	Suandian__V1__PushDayFlags body = SUANDIAN__V1__PUSH_DAY_FLAGS__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const char *scope = args_text(&c->args, OPT_SCOPE, "");
	int r = ctl_connect(c, NULL);

	if (r)
		return r;
	body.flag = (char *)c->args.operand[0];
	body.date = (char **)&c->args.operand[1];
	body.n_date = c->args.n_operands - 1;
	body.scope = (char *)scope;
	body.cleared = args_has(&c->args, OPT_CLEAR);
	body.source = (char *)args_text(&c->args, OPT_SOURCE, "");
	body.issue_ms = ctl_time(c, OPT_ISSUED, 0);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUSH_DAY_FLAGS;
	env.push_day_flags = &body;
	return instructview_send(c, &env, "taken");
}

static void add(struct table *t, const struct ctl *c, const Suandian__V1__DayFlag *f)
{
	table_cell(t, STYLE_BOLD, "%s", f->date);
	table_cell(t, STYLE_PLAIN, "%s", f->flag);
	table_cell(t, f->set ? STYLE_WARN : STYLE_DIM, "%s", f->set ? "set" : "not set");
	table_cell(t, STYLE_PLAIN, "%s", *f->scope ? f->scope : "everywhere");
	table_cell(t, STYLE_PLAIN, "%s", f->source);
	table_cell(t, STYLE_DIM, "%s", format_time(c->zone, f->issue_ms).s);
}

int cmd_dayflags(struct ctl *c)
{
	Suandian__V1__ListDayFlags body = SUANDIAN__V1__LIST_DAY_FLAGS__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	const Suandian__V1__DayFlagList *list;
	struct table t;
	int r = ctl_connect(c, NULL);

	body.from_date = (char *)args_operand(&c->args, 0, "");
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_LIST_DAY_FLAGS;
	env.list_day_flags = &body;
	r = r ? r : ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_DAY_FLAG_LIST, &answer);
	if (r)
		return r;
	list = answer->day_flag_list;
	if (c->json)
		return ctl_print_json(c, message_json(&list->base));
	if (list->n_flags == 0)
		out_line(&c->out, STYLE_PLAIN, "no flags");
	table_init(&t);
	table_column(&t, ALIGN_LEFT, "date");
	table_column(&t, ALIGN_LEFT, "flag");
	table_column(&t, ALIGN_LEFT, "%s", "");
	table_column(&t, ALIGN_LEFT, "where");
	table_column(&t, ALIGN_LEFT, "source");
	table_column(&t, ALIGN_LEFT, "issued");
	for (size_t i = 0; i < list->n_flags; i++)
		add(&t, c, list->flags[i]);
	if (list->n_flags > 0)
		table_print(&t, &c->out, 0);
	table_fini(&t);
	return CTL_OK;
}
