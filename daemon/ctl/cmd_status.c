#include "ctl/cmd.h"

#include <inttypes.h>
#include <string.h>

#include "ctl/ask.h"
#include "ctl/describe.h"
#include "ctl/message.h"
#include "ctl/planview.h"
#include "ctl/spark.h"
#include "ctl/table.h"

#define DECISIONS_OF_QUEUE 1000 /* all that one answer may have */

/* What one page shows of a site. */
struct glance {
	const Suandian__V1__SiteInfo *site;
	const Suandian__V1__PointList *points;
	const Suandian__V1__Plan *plan; /* NULL: none */
	const Suandian__V1__EventList *events;
	const Suandian__V1__DecisionList *decisions;
};

/* A site without a plan is no reason to end here. */
static int ask_plan_quietly(struct ctl *c, const char *site, const Suandian__V1__Plan **ret)
{
	Suandian__V1__GetPlan body = SUANDIAN__V1__GET_PLAN__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r;

	body.site = (char *)site;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_GET_PLAN;
	env.get_plan = &body;
	c->quiet = true;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_PLAN, &answer);
	c->quiet = false;
	*ret = r == CTL_OK ? answer->plan : NULL;
	return r == CTL_UNREACHABLE ? r : CTL_OK;
}

static int append(struct arena *a, Suandian__V1__DecisionList *to,
		  const Suandian__V1__DecisionList *from)
{
	Suandian__V1__Decision **all =
		ARENA_ARRAY(a, to->n_decisions + from->n_decisions, Suandian__V1__Decision *);

	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < to->n_decisions; i++)
		all[i] = to->decisions[i];
	for (size_t i = 0; i < from->n_decisions; i++)
		all[to->n_decisions + i] = from->decisions[i];
	to->decisions = all;
	to->n_decisions += from->n_decisions;
	return 0;
}

/* Of every asset what holds now. One that was said long ago and renewed since has many newer ones of others before it,
 * and a queue those of its jobs: so each asset is asked for by itself. */
static int ask_in_force(struct ctl *c, const Suandian__V1__SiteInfo *site,
			const Suandian__V1__DecisionList **ret)
{
	Suandian__V1__ListDecisions which = SUANDIAN__V1__LIST_DECISIONS__INIT;
	Suandian__V1__DecisionList *all = ARENA_NEW(&c->arena, Suandian__V1__DecisionList);
	int r = CTL_OK;

	which.from_ms = c->now_ms;
	if (!all)
		return ctl_fail(c, -ENOMEM, "%s", err_text(-ENOMEM));
	suandian__v1__decision_list__init(all);
	for (size_t i = 0; i < site->n_assets && r == CTL_OK; i++) {
		bool queue = site->assets[i]->kind == SUANDIAN__V1__ASSET_KIND__ASSET_QUEUE;
		const Suandian__V1__DecisionList *some;

		which.asset = site->assets[i]->id;
		which.limit = queue ? DECISIONS_OF_QUEUE : 1;
		r = ask_decisions(c, &which, &some);
		if (r == CTL_OK && append(&c->arena, all, some))
			r = ctl_fail(c, -ENOMEM, "%s", err_text(-ENOMEM));
	}
	*ret = all;
	return r;
}

static int look(struct ctl *c, const Suandian__V1__SiteInfo *site, struct glance *ret)
{
	struct glance g = {.site = site};
	int r = ask_points(c, arena_printf(&c->arena, "%s/", site->id), &g.points);

	r = r ? r : ask_plan_quietly(c, site->id, &g.plan);
	r = r ? r : ask_events(c, site->id, c->now_ms, 0, &g.events);
	r = r ? r : ask_in_force(c, site, &g.decisions);
	if (r == CTL_OK)
		*ret = g;
	return r;
}

/* ---- Text ---------------------------------------------------------------------------------------- */

static void print_values(const struct ctl *c, const struct glance *g)
{
	struct table t;

	table_init(&t);
	for (int i = 0; i < 4; i++)
		table_column(&t, i == 1 ? ALIGN_RIGHT : ALIGN_LEFT, "%s", "");
	for (size_t i = 0; i < g->points->n_points; i++) {
		const Suandian__V1__PointInfo *p = g->points->points[i];

		if (!*p->role || !p->decl)
			continue;
		table_cell(&t, STYLE_PLAIN, "%s", p->role);
		table_cell(&t, STYLE_BOLD, "%s",
			   p->t_ms ? format_value(p->value, p->decl->unit).s : "none yet");
		table_cell(
			&t, describe_quality_style(p->quality), "%s",
			p->quality
				? format_enum(&suandian__v1__quality__descriptor, (int)p->quality).s
				: "");
		table_cell(&t, STYLE_DIM, "%s%s", p->t_ms ? format_span(c->now_ms - p->t_ms).s : "",
			   p->t_ms ? " ago" : "");
	}
	table_print(&t, &c->out, 2);
	table_fini(&t);
}

static void print_ahead(const struct ctl *c, const struct planview *v)
{
	double value[96], lo = 0, hi = 0;
	size_t n = 0;
	struct buf line;

	for (size_t i = 0; i < v->n && n < ARRAY_SIZE(value); i++) {
		if (planview_end_ms(v, i) <= c->now_ms || !v->pcc_w)
			continue;
		value[n] = (double)v->pcc_w[i];
		lo = n == 0 || value[n] < lo ? value[n] : lo;
		hi = n == 0 || value[n] > hi ? value[n] : hi;
		n++;
	}
	if (n == 0)
		return;
	buf_init(&line, 0);
	spark_put(&line, value, n, 48, c->out.ascii);
	out_part(&c->out, STYLE_PLAIN, "  PCC ahead ");
	out_part(&c->out, STYLE_GRID, "%s", buf_str(&line));
	out_line(&c->out, STYLE_PLAIN, "  %s to %s, %s", format_power((int64_t)lo).s,
		 format_power((int64_t)hi).s, format_span((int64_t)n * SLOT_MS).s);
	buf_fini(&line);
}

static void print_plan(const struct ctl *c, const struct glance *g)
{
	const Suandian__V1__Plan *p = g->plan;
	struct planview v;

	if (!p) {
		out_line(&c->out, STYLE_WARN, "  no plan: assets are on their own");
		return;
	}
	v = planview_of(p);
	out_part(&c->out, STYLE_PLAIN, "  plan %" PRIu64 " of %s, ", p->id,
		 format_time(c->zone, p->created_ms).s);
	out_part(&c->out,
		 p->status == SUANDIAN__V1__PLAN_STATUS__PLAN_OPTIMAL ? STYLE_GOOD : STYLE_WARN,
		 "%s", format_enum(&suandian__v1__plan_status__descriptor, (int)p->status).s);
	out_line(&c->out, STYLE_PLAIN, ", cost %s", format_money(p->cost).s);
	print_ahead(c, &v);
}

static void print_events(const struct ctl *c, const struct glance *g)
{
	for (size_t i = 0; i < g->events->n_events; i++) {
		const Suandian__V1__EventState *e = g->events->events[i];

		if (!e->event || describe_event_is_over(e->phase))
			continue;
		out_part(&c->out, STYLE_EVENT, "  event %s", e->event->external_id);
		out_line(&c->out, STYLE_PLAIN, " %s: %s, %s",
			 format_enum(&suandian__v1__event_phase__descriptor, (int)e->phase).s,
			 describe_target(e->event).s, describe_window(c->zone, e->event).s);
	}
}

/* Of the jobs in a queue there may be hundreds: that is for `jobs`. */
static bool is_of_part(const Suandian__V1__Decision *d)
{
	return d->action && (d->action->what_case == SUANDIAN__V1__ACTION__WHAT_JOB ||
			     d->action->what_case == SUANDIAN__V1__ACTION__WHAT_MIGRATE);
}

static void print_decisions(const struct ctl *c, const struct glance *g)
{
	struct table t;

	table_init(&t);
	for (int i = 0; i < 5; i++)
		table_column(&t, ALIGN_LEFT, "%s", "");
	for (size_t i = 0; i < g->decisions->n_decisions; i++) {
		const Suandian__V1__Decision *d = g->decisions->decisions[i];
		const Suandian__V1__AssetInfo *a = ctl_asset(c, d->asset);

		if (is_of_part(d) || !describe_is_in_force(g->decisions, i, c->now_ms))
			continue;
		table_cell(&t, STYLE_BOLD, "%s", d->asset);
		table_cell(&t, STYLE_PLAIN, "%s", describe_action(d->action, a ? a->kind : 0).s);
		table_cell(&t, describe_state_style(d->state), "%s",
			   format_enum(&suandian__v1__decision_state__descriptor, (int)d->state).s);
		table_cell(&t, STYLE_DIM, "until %s", format_hour(c->zone, d->valid_until_ms).s);
		table_cell(&t, STYLE_PLAIN, "%s", describe_reason(d->reason).s);
	}
	table_print(&t, &c->out, 2);
	table_fini(&t);
}

static void print_glance(const struct ctl *c, const struct glance *g)
{
	out_end(&c->out);
	out_part(&c->out, STYLE_BOLD, "%s", g->site->id);
	out_line(&c->out, STYLE_PLAIN, "  %s%s%s%s", g->site->name, *g->site->status ? " (" : "",
		 g->site->status, *g->site->status ? ")" : "");
	if (*g->site->mode && strcmp(g->site->mode, "auto") != 0)
		out_line(&c->out, STYLE_WARN, "  mode %s: %s (%s)", g->site->mode,
			 g->site->mode_reason, g->site->mode_by);
	print_values(c, g);
	print_plan(c, g);
	print_events(c, g);
	print_decisions(c, g);
}

static void print_daemon(const struct ctl *c, const Suandian__V1__HealthReport *h)
{
	enum style style = strcmp(h->state, "ready") == 0      ? STYLE_GOOD
			   : strcmp(h->state, "degraded") == 0 ? STYLE_WARN
							       : STYLE_BAD;

	out_part(&c->out, STYLE_PLAIN, "%s  ", h->build);
	out_part(&c->out, style, "%s", h->state);
	out_line(&c->out, STYLE_PLAIN, "  %s (%s, %s clock)", format_seconds(c->zone, h->now_ms).s,
		 zone_name(c->zone), h->driven_clock ? "driven" : "wall");
	for (size_t i = 0; i < h->n_reasons; i++) {
		out_part(&c->out, STYLE_WARN, "  %s", h->reasons[i]->code);
		out_line(&c->out, STYLE_PLAIN, ": %s", h->reasons[i]->text);
	}
	out_line(&c->out, STYLE_DIM,
		 "up %s, %" PRIu32 " session%s, %" PRIu32 " points, %" PRIu64
		 " samples, audit record %" PRIu64,
		 format_span(h->uptime_ms).s, h->sessions, h->sessions == 1 ? "" : "s", h->points,
		 h->samples, h->audit_seq);
}

/* ---- Command ------------------------------------------------------------------------------------- */

static json_t *glance_json(const struct glance *g)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o}", "site", message_json(&g->site->base), "points",
			 message_json(&g->points->base), "plan",
			 g->plan ? message_json(&g->plan->base) : json_null(), "events",
			 message_json(&g->events->base), "decisions",
			 message_json(&g->decisions->base));
}

int cmd_status(struct ctl *c)
{
	const Suandian__V1__HealthReport *h = NULL;
	json_t *sites;
	int r = ctl_connect(c, NULL);

	r = r ? r : ask_health(c, &h);
	if (r)
		return r;
	if (!c->json)
		print_daemon(c, h);
	sites = json_array();
	for (size_t i = 0; i < c->sites->n_sites && r == CTL_OK; i++) {
		struct glance g = {0};

		r = look(c, c->sites->sites[i], &g);
		if (r || !g.site)
			break;
		if (c->json)
			json_array_append_new(sites, glance_json(&g));
		else
			print_glance(c, &g);
	}
	if (r == CTL_OK && c->json)
		r = ctl_print_json(c, json_pack("{s:o,s:O}", "health", message_json(&h->base),
						"sites", sites));
	json_decref(sites);
	return r;
}
