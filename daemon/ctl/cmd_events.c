#include "ctl/cmd.h"

#include <inttypes.h>

#include "ctl/ask.h"
#include "ctl/describe.h"
#include "ctl/message.h"
#include "ctl/table.h"

static void add_event(struct table *t, const struct ctl *c, const Suandian__V1__EventState *e)
{
	table_cell(t, STYLE_DIM, "%" PRIu64, e->id);
	table_cell(t, STYLE_BOLD, "%s", e->event->external_id);
	table_cell(t, STYLE_DIM, "%" PRIu64, e->event->revision);
	table_cell(t, STYLE_PLAIN, "%s", e->event->source);
	table_cell(t, STYLE_PLAIN, "%s", e->event->site);
	table_cell(t, describe_phase_style(e->phase), "%s",
		   format_enum(&suandian__v1__event_phase__descriptor, (int)e->phase).s);
	table_cell(t, STYLE_PLAIN, "%s", describe_target(e->event).s);
	table_cell(t, STYLE_PLAIN, "%s", describe_window(c->zone, e->event).s);
	table_cell(t, e->shortfall_wh > 0 ? STYLE_WARN : STYLE_PLAIN, "%s%s",
		   e->shortfall_wh > 0 ? "short by " : "",
		   e->shortfall_wh > 0 ? format_energy(e->shortfall_wh).s : "");
}

static void print_events(const struct ctl *c, const Suandian__V1__EventList *list)
{
	struct table t;

	table_init(&t);
	table_column(&t, ALIGN_RIGHT, "no");
	table_column(&t, ALIGN_LEFT, "event");
	table_column(&t, ALIGN_RIGHT, "rev");
	table_column(&t, ALIGN_LEFT, "of");
	table_column(&t, ALIGN_LEFT, "site");
	table_column(&t, ALIGN_LEFT, "phase");
	table_column(&t, ALIGN_LEFT, "asks for");
	table_column(&t, ALIGN_LEFT, "when");
	table_column(&t, ALIGN_LEFT, "%s", "");
	for (size_t i = 0; i < list->n_events; i++)
		if (list->events[i]->event)
			add_event(&t, c, list->events[i]);
	table_print(&t, &c->out, 0);
	table_fini(&t);
}

int cmd_events(struct ctl *c)
{
	const char *site = args_operand(&c->args, 0, "");
	const Suandian__V1__EventList *list;
	int64_t from_ms, to_ms;
	int r = ctl_connect(c, *site ? site : NULL);

	if (r)
		return r;
	from_ms = ctl_time(c, OPT_FROM, 0);
	to_ms = ctl_time(c, OPT_TO, 0);
	if (to_ms)
		r = ctl_check_interval(c, from_ms, to_ms);
	r = r ? r : ask_events(c, site, from_ms, to_ms, &list);
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&list->base));
	if (list->n_events == 0)
		out_line(&c->out, STYLE_PLAIN, "no event");
	else
		print_events(c, list);
	return CTL_OK;
}
