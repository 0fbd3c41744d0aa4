#include "ctl/jobview.h"

#include <inttypes.h>
#include <string.h>

#include "ctl/format.h"
#include "ctl/table.h"

static enum style state_style(Suandian__V1__JobState state)
{
	switch (state) {
	case SUANDIAN__V1__JOB_STATE__JOB_RUNNING:
		return STYLE_GOOD;
	case SUANDIAN__V1__JOB_STATE__JOB_PAUSED:
	case SUANDIAN__V1__JOB_STATE__JOB_HELD:
	case SUANDIAN__V1__JOB_STATE__JOB_MIGRATING:
		return STYLE_WARN;
	case SUANDIAN__V1__JOB_STATE__JOB_FAILED:
		return STYLE_BAD;
	case SUANDIAN__V1__JOB_STATE__JOB_DONE:
	case SUANDIAN__V1__JOB_STATE__JOB_CANCELLED:
		return STYLE_DIM;
	default:
		return STYLE_PLAIN;
	}
}

static struct format state_of(const Suandian__V1__Job *j)
{
	return format_enum(&suandian__v1__job_state__descriptor, (int)j->state);
}

static struct format time_or_dash(const struct ctl *c, int64_t t_ms)
{
	return t_ms ? format_time(c->zone, t_ms) : (struct format){"-"};
}

static struct format checkpoint_of(const Suandian__V1__Job *j)
{
	struct format f = {"none"}, every;

	if (!j->checkpoint || j->checkpoint->period_ms == 0)
		return f;
	every = format_span(j->checkpoint->period_ms);
	(void)snprintf(f.s, sizeof(f.s), "%.20s/%.20s", every.s,
		       format_span(j->checkpoint->cost_ms).s);
	return f;
}

static const Suandian__V1__JobStep *first_step(const Suandian__V1__JobOutlook *o,
					       Suandian__V1__JobStep__What what)
{
	for (size_t i = 0; o && i < o->n_steps; i++)
		if (o->steps[i]->what == what)
			return o->steps[i];
	return NULL;
}

/* The first pause and the first move that the plan foresees. */
static void add_interruptions(struct table *t, const struct ctl *c,
			      const Suandian__V1__JobOutlook *o)
{
	const Suandian__V1__JobStep *pause =
		first_step(o, SUANDIAN__V1__JOB_STEP__WHAT__WHAT_PAUSE);
	const Suandian__V1__JobStep *move =
		first_step(o, SUANDIAN__V1__JOB_STEP__WHAT__WHAT_MIGRATE);

	table_cell(t, STYLE_WARN, "%s",
		   pause ? format_interval(c->zone, pause->start_ms, pause->end_ms).s : "");
	table_cell(t, STYLE_WARN, "%s", move ? move->to : "");
}

static void add_job(struct table *t, const struct ctl *c, const Suandian__V1__JobInfo *info,
		    bool sites)
{
	const Suandian__V1__Job *j = info->job;
	const Suandian__V1__JobOutlook *o = info->outlook;
	bool known = o && o->has_slack_case == SUANDIAN__V1__JOB_OUTLOOK__HAS_SLACK_SLACK_MS;

	table_cell(t, STYLE_BOLD, "%s", j->id);
	table_cell(t, STYLE_PLAIN, "%s%s%s", sites ? j->site : "", sites ? "/" : "", j->queue);
	table_cell(t, STYLE_PLAIN, "F%u", j->tier);
	table_cell(t, state_style(j->state), "%s", state_of(j).s);
	table_cell(t, STYLE_PLAIN, "%u", j->devices);
	table_cell(t, STYLE_PLAIN, "%s", format_work(j->work_ds).s);
	table_cell(t, STYLE_PLAIN, "%s", format_time(c->zone, j->deadline_ms).s);
	table_cell(t, STYLE_DIM, "%s", checkpoint_of(j).s);
	table_cell(t, STYLE_PLAIN, "%s", time_or_dash(c, o ? o->start_ms : 0).s);
	table_cell(t, STYLE_PLAIN, "%s", time_or_dash(c, o ? o->end_ms : 0).s);
	add_interruptions(t, c, o);
	table_cell(t, known && o->slack_ms < 0 ? STYLE_BAD : STYLE_PLAIN, "%s%s",
		   known && o->slack_ms < 0 ? "late " : "",
		   known ? format_span(o->slack_ms < 0 ? -o->slack_ms : o->slack_ms).s : "-");
	table_cell(t, STYLE_DIM, "%s", o ? o->text : "");
}

void jobview_table(const struct ctl *c, Suandian__V1__JobInfo *const *all, size_t n)
{
	static const struct {
		enum align align;
		const char *head;
	} columns[] = {{ALIGN_LEFT, "job"},	     {ALIGN_LEFT, "queue"},
		       {ALIGN_LEFT, "tier"},	     {ALIGN_LEFT, "state"},
		       {ALIGN_RIGHT, "devices"},     {ALIGN_RIGHT, "remaining"},
		       {ALIGN_LEFT, "deadline"},     {ALIGN_LEFT, "checkpoint"},
		       {ALIGN_LEFT, "runs from"},    {ALIGN_LEFT, "done"},
		       {ALIGN_LEFT, "paused"},	     {ALIGN_LEFT, "moves to"},
		       {ALIGN_RIGHT, "slack after"}, {ALIGN_LEFT, ""}};
	bool sites = false;
	struct table t;

	for (size_t i = 1; i < n; i++)
		sites |= strcmp(all[0]->job->site, all[i]->job->site) != 0;
	table_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		table_column(&t, columns[i].align, "%s", columns[i].head);
	for (size_t i = 0; i < n; i++)
		add_job(&t, c, all[i], sites);
	table_print(&t, &c->out, 0);
	table_fini(&t);
}

/* ---- One ----------------------------------------------------------------------------------------- */

static void print_steps(const struct ctl *c, const Suandian__V1__JobOutlook *o)
{
	struct table t;

	table_init(&t);
	table_column(&t, ALIGN_LEFT, "%s", "");
	table_column(&t, ALIGN_LEFT, "when");
	table_column(&t, ALIGN_RIGHT, "IT power");
	table_column(&t, ALIGN_LEFT, "%s", "");
	for (size_t i = 0; i < o->n_steps; i++) {
		const Suandian__V1__JobStep *s = o->steps[i];

		table_cell(&t, STYLE_BOLD, "%s",
			   format_enum(&suandian__v1__job_step__what__descriptor, (int)s->what).s);
		table_cell(&t, STYLE_PLAIN, "%s",
			   format_interval(c->zone, s->start_ms, s->end_ms).s);
		table_cell(&t, STYLE_PLAIN, "%s", format_power(s->power_w).s);
		table_cell(&t, STYLE_PLAIN, "%s", s->to);
	}
	table_print(&t, &c->out, 2);
	table_fini(&t);
}

void jobview_one(const struct ctl *c, const Suandian__V1__JobInfo *info)
{
	const Suandian__V1__Job *j = info->job;
	const Suandian__V1__JobOutlook *o = info->outlook;

	out_line(&c->out, STYLE_BOLD, "job %s of %s/%s (number %" PRIu64 ")", j->id, j->site,
		 j->queue, info->number);
	out_line(&c->out, STYLE_PLAIN, "  state       %s%s", state_of(j).s,
		 info->committed ? ", told to start" : "");
	if (*j->tenant)
		out_line(&c->out, STYLE_PLAIN, "  tenant      %s", j->tenant);
	out_line(&c->out, STYLE_PLAIN, "  tier        F%u%s%s", j->tier,
		 j->preemptible && j->tier ? ", may be paused" : ", is not paused",
		 j->mobility && j->mobility->migratable ? ", may move" : "");
	out_line(&c->out, STYLE_PLAIN, "  devices     %u%s", j->devices,
		 j->min_devices == j->devices ? ", all or none" : "");
	out_line(&c->out, STYLE_PLAIN, "  remaining   %s", format_work(j->work_ds).s);
	out_line(&c->out, STYLE_PLAIN, "  arrival     %s", format_time(c->zone, j->arrival_ms).s);
	out_line(&c->out, STYLE_PLAIN, "  deadline    %s", format_time(c->zone, j->deadline_ms).s);
	out_line(&c->out, STYLE_PLAIN, "  checkpoint  %s, last %s", checkpoint_of(j).s,
		 time_or_dash(c, j->checkpoint ? j->checkpoint->last_ms : 0).s);
	out_line(&c->out, STYLE_PLAIN, "  runs since  %s", time_or_dash(c, info->started_ms).s);
	if (info->lost_ds)
		out_line(&c->out, STYLE_WARN, "  lost        %s by pauses",
			 format_work(info->lost_ds).s);
	if (!o)
		return;
	out_line(&c->out, STYLE_PLAIN, "  done        %s", time_or_dash(c, o->end_ms).s);
	if (o->has_slack_case == SUANDIAN__V1__JOB_OUTLOOK__HAS_SLACK_SLACK_MS)
		out_line(&c->out, o->slack_ms < 0 ? STYLE_BAD : STYLE_PLAIN, "  slack after %s%s",
			 o->slack_ms < 0 ? "late by " : "",
			 format_span(o->slack_ms < 0 ? -o->slack_ms : o->slack_ms).s);
	if (*o->text)
		out_line(&c->out, STYLE_WARN, "  note        %s", o->text);
	if (o->n_steps > 0)
		print_steps(c, o);
}
