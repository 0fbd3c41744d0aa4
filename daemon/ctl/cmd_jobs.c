#include "ctl/cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ask.h"
#include "ctl/describe.h"
#include "ctl/format.h"
#include "ctl/jobview.h"
#include "ctl/message.h"
#include "ctl/table.h"

#define PAGE 500
#define LIMIT_DEFAULT 200

static int ask_jobs(struct ctl *c, const Suandian__V1__ListJobs *which,
		    const Suandian__V1__JobList **ret)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_LIST_JOBS;
	env.list_jobs = (Suandian__V1__ListJobs *)which; /* read only: it is encoded */
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_JOB_LIST, &answer);
	if (r == CTL_OK)
		*ret = answer->job_list;
	return r;
}

/* ---- Which ones ----------------------------------------------------------------------------------- */

static bool end_of_window(const struct ctl *c, const char *text, size_t n, int64_t after_ms,
			  int64_t *ret_ms)
{
	char word[64];
	struct time_expr t;

	if (n >= sizeof(word))
		return false;
	(void)snprintf(word, sizeof(word), "%.*s", (int)n, text);
	if (times_parse(word, &t))
		return false;
	*ret_ms = after_ms ? times_resolve_after(&t, c->zone, c->now_ms, after_ms)
			   : times_resolve(&t, c->zone, c->now_ms);
	return true;
}

/* "tonight", or "FROM..TO". */
static int read_window(struct ctl *c, Suandian__V1__ListJobs *which)
{
	const char *text = args_text(&c->args, OPT_WINDOW, NULL), *dots;

	if (!text)
		return CTL_OK;
	if (strcmp(text, "tonight") == 0)
		text = "18:00..08:00";
	dots = strstr(text, "..");
	if (!dots || !end_of_window(c, text, (size_t)(dots - text), 0, &which->from_ms) ||
	    !end_of_window(c, dots + 2, strlen(dots + 2), which->from_ms, &which->to_ms))
		return ctl_usage(
			c, "--window %s: wanted is tonight, or FROM..TO as in 22:00..06:00", text);
	return ctl_check_interval(c, which->from_ms, which->to_ms);
}

static const struct {
	const char *name;
	Suandian__V1__JobState state;
} states[] = {
	{"pending", SUANDIAN__V1__JOB_STATE__JOB_PENDING},
	{"running", SUANDIAN__V1__JOB_STATE__JOB_RUNNING},
	{"paused", SUANDIAN__V1__JOB_STATE__JOB_PAUSED},
	{"held", SUANDIAN__V1__JOB_STATE__JOB_HELD},
	{"migrating", SUANDIAN__V1__JOB_STATE__JOB_MIGRATING},
	{"done", SUANDIAN__V1__JOB_STATE__JOB_DONE},
	{"failed", SUANDIAN__V1__JOB_STATE__JOB_FAILED},
	{"cancelled", SUANDIAN__V1__JOB_STATE__JOB_CANCELLED},
};

static int read_choice(struct ctl *c, Suandian__V1__ListJobs *which)
{
	const char *state = args_text(&c->args, OPT_STATE, "");

	which->site = (char *)args_operand(&c->args, 0, "");
	which->queue = (char *)args_text(&c->args, OPT_QUEUE, "");
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (strcmp(states[i].name, state) == 0)
			which->state = states[i].state;
	if (*which->queue && !*which->site)
		return ctl_usage(c, "--queue needs a site");
	return read_window(c, which);
}

/* ---- Pages ---------------------------------------------------------------------------------------- */

/* All pages in one list; `next` of it says that there is more than was asked for. */
static int gather(struct ctl *c, Suandian__V1__ListJobs *which, size_t limit,
		  Suandian__V1__JobList *all)
{
	const Suandian__V1__JobList *page;
	int r;

	all->jobs = (Suandian__V1__JobInfo **)arena_array(&c->arena, limit,
							  sizeof(Suandian__V1__JobInfo *));
	if (!all->jobs)
		return ctl_fail(c, -ENOMEM, "out of memory");
	do {
		which->limit = (uint32_t)min_i64((int64_t)(limit - all->n_jobs), PAGE);
		r = ask_jobs(c, which, &page);
		if (r)
			return r;
		for (size_t i = 0; i < page->n_jobs && all->n_jobs < limit; i++)
			if (page->jobs[i]->job)
				all->jobs[all->n_jobs++] = page->jobs[i];
		all->n_live = page->n_live;
		all->backlog_ds = page->backlog_ds;
		all->next = which->after = page->next;
	} while (all->next && all->n_jobs < limit);
	return CTL_OK;
}

int cmd_jobs(struct ctl *c)
{
	Suandian__V1__ListJobs which = SUANDIAN__V1__LIST_JOBS__INIT;
	Suandian__V1__JobList all = SUANDIAN__V1__JOB_LIST__INIT;
	const char *site = args_operand(&c->args, 0, NULL);
	size_t limit =
		(size_t)clamp_i64(args_number(&c->args, OPT_LIMIT, LIMIT_DEFAULT), 1, 200000);
	int r = ctl_connect(c, site);

	r = r ? r : read_choice(c, &which);
	r = r ? r : gather(c, &which, limit, &all);
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&all.base));
	if (all.n_jobs > 0)
		jobview_table(c, all.jobs, all.n_jobs);
	out_line(&c->out, STYLE_DIM, "%zu shown%s; %u live, %s of work", all.n_jobs,
		 all.next ? " of more" : "", all.n_live, format_work(all.backlog_ds).s);
	return CTL_OK;
}

/* ---- One ------------------------------------------------------------------------------------------ */

static bool is_about(const Suandian__V1__Decision *d, const char *job)
{
	const Suandian__V1__Action *a = d->action;

	if (a && a->what_case == SUANDIAN__V1__ACTION__WHAT_JOB && a->job)
		return strcmp(a->job->job, job) == 0;
	return a && a->what_case == SUANDIAN__V1__ACTION__WHAT_MIGRATE && a->migrate &&
	       strcmp(a->migrate->job, job) == 0;
}

static void print_decisions(const struct ctl *c, Suandian__V1__Decision *const *all, size_t n)
{
	struct table t;

	table_init(&t);
	table_column(&t, ALIGN_RIGHT, "decision");
	table_column(&t, ALIGN_LEFT, "issued");
	table_column(&t, ALIGN_LEFT, "action");
	table_column(&t, ALIGN_LEFT, "state");
	table_column(&t, ALIGN_LEFT, "reason");
	for (size_t i = 0; i < n; i++) {
		const Suandian__V1__Decision *d = all[i];

		table_cell(&t, STYLE_DIM, "%" PRIu64, d->id);
		table_cell(&t, STYLE_PLAIN, "%s", format_seconds(c->zone, d->issued_ms).s);
		table_cell(&t, STYLE_BOLD, "%s",
			   describe_action(d->action, SUANDIAN__V1__ASSET_KIND__ASSET_QUEUE).s);
		table_cell(&t, describe_state_style(d->state), "%s",
			   format_enum(&suandian__v1__decision_state__descriptor, (int)d->state).s);
		table_cell(&t, STYLE_PLAIN, "%s", describe_reason(d->reason).s);
	}
	table_print(&t, &c->out, 2);
	table_fini(&t);
}

/* Its decisions among the latest of its queue. */
static int find_decisions(struct ctl *c, const Suandian__V1__Job *j, Suandian__V1__Decision ***ret,
			  size_t *ret_n)
{
	Suandian__V1__ListDecisions which = SUANDIAN__V1__LIST_DECISIONS__INIT;
	const Suandian__V1__DecisionList *list;
	int r;

	which.asset = arena_printf(&c->arena, "%s/%s", j->site, j->queue);
	which.limit = 1000;
	if (!which.asset)
		return ctl_fail(c, -ENOMEM, "out of memory");
	r = ask_decisions(c, &which, &list);
	if (r)
		return r;
	*ret_n = 0;
	*ret = list->decisions;
	for (size_t i = 0; i < list->n_decisions; i++)
		if (is_about(list->decisions[i], j->id))
			list->decisions[(*ret_n)++] = list->decisions[i];
	return CTL_OK;
}

static int find_job(struct ctl *c, const char *id, const Suandian__V1__JobInfo **ret)
{
	Suandian__V1__ListJobs which = SUANDIAN__V1__LIST_JOBS__INIT;
	const char *slash = strchr(id, '/');
	const Suandian__V1__JobList *list;
	int r;

	which.id = (char *)(slash ? slash + 1 : id);
	which.site = slash		 ? arena_printf(&c->arena, "%.*s", (int)(slash - id), id)
		     : c->sites->n_sites ? c->sites->sites[0]->id
					 : "";
	if (!slash && c->sites->n_sites > 1)
		return ctl_usage(c, "job show %s: of which site? SITE/%s", id, id);
	r = ask_jobs(c, &which, &list);
	if (r)
		return r;
	if (list->n_jobs == 0 || !list->jobs[0]->job)
		return ctl_fail(c, ERR_NOTFOUND, "no job %s; see: suandianctl jobs", id);
	*ret = list->jobs[0];
	return CTL_OK;
}

int cmd_job_show(struct ctl *c)
{
	const char *id = args_operand(&c->args, 0, "");
	const Suandian__V1__JobInfo *info = NULL;
	Suandian__V1__Decision **decisions = NULL;
	size_t n = 0;
	int r = ctl_connect(c, strchr(id, '/') ? id : NULL);

	r = r ? r : find_job(c, id, &info);
	if (r || !info)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&info->base));
	r = find_decisions(c, info->job, &decisions, &n);
	if (r)
		return r;
	jobview_one(c, info);
	if (n > 0)
		print_decisions(c, decisions, n);
	return CTL_OK;
}
