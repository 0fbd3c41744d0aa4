#include "ctl/cmd.h"

#include <inttypes.h>
#include <string.h>

#include "ctl/ask.h"
#include "ctl/describe.h"
#include "ctl/message.h"
#include "ctl/table.h"

/* ---- points -------------------------------------------------------------------------------------- */

static void add_point(struct table *t, const Suandian__V1__PointInfo *p)
{
	const Suandian__V1__PointDecl *d = p->decl;

	table_cell(t, STYLE_DIM, "%" PRIu32, p->id);
	table_cell(t, STYLE_BOLD, "%s", d->name);
	table_cell(t, STYLE_PLAIN, "%s", format_unit(d->unit));
	table_cell(t, STYLE_PLAIN, "%s",
		   format_enum(&suandian__v1__value_kind__descriptor, (int)d->kind).s);
	table_cell(t, STYLE_PLAIN, "%s", format_span(d->period_ms).s);
	table_cell(t, *p->role ? STYLE_PLAIN : STYLE_DIM, "%s", *p->role ? p->role : "unbound");
	table_cell(t, STYLE_PLAIN, "%s", p->source);
	table_cell(t, STYLE_DIM, "%s", d->description);
}

static void print_points(const struct ctl *c, const Suandian__V1__PointList *list)
{
	struct table t;

	table_init(&t);
	table_column(&t, ALIGN_RIGHT, "id");
	table_column(&t, ALIGN_LEFT, "point");
	table_column(&t, ALIGN_LEFT, "unit");
	table_column(&t, ALIGN_LEFT, "kind");
	table_column(&t, ALIGN_RIGHT, "period");
	table_column(&t, ALIGN_LEFT, "bound to");
	table_column(&t, ALIGN_LEFT, "source");
	table_column(&t, ALIGN_LEFT, "%s", "");
	for (size_t i = 0; i < list->n_points; i++)
		if (list->points[i]->decl)
			add_point(&t, list->points[i]);
	table_print(&t, &c->out, 0);
	table_fini(&t);
}

int cmd_points(struct ctl *c)
{
	const Suandian__V1__PointList *list = NULL;
	int r = ctl_connect(c, NULL);

	r = r ? r : ask_points(c, args_operand(&c->args, 0, ""), &list);
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&list->base));
	if (list->n_points == 0)
		out_line(&c->out, STYLE_PLAIN, "no such point is declared");
	else
		print_points(c, list);
	return CTL_OK;
}

/* ---- latest -------------------------------------------------------------------------------------- */

static const Suandian__V1__PointInfo *find_id(const Suandian__V1__PointList *list, uint32_t id)
{
	for (size_t i = 0; i < list->n_points; i++)
		if (list->points[i]->id == id && list->points[i]->decl)
			return list->points[i];
	return NULL;
}

static int find_name(const struct ctl *c, const Suandian__V1__PointList *list, const char *name,
		     uint32_t *ret_id)
{
	for (size_t i = 0; i < list->n_points; i++) {
		if (list->points[i]->decl && strcmp(list->points[i]->decl->name, name) == 0) {
			*ret_id = list->points[i]->id;
			return CTL_OK;
		}
	}
	return ctl_fail(c, ERR_NOTFOUND, "no point %s; see: suandianctl points", name);
}

static int ask_latest(struct ctl *c, const Suandian__V1__PointList *list,
		      const Suandian__V1__LatestValues **ret)
{
	Suandian__V1__QueryLatest body = SUANDIAN__V1__QUERY_LATEST__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r = CTL_OK;

	body.prefix = (char *)args_text(&c->args, OPT_PREFIX, "");
	body.n_point = c->args.n_operands;
	body.point = ARENA_ARRAY(&c->arena, body.n_point, uint32_t);
	if (!body.point)
		return ctl_fail(c, -ENOMEM, "%s", err_text(-ENOMEM));
	for (size_t i = 0; i < body.n_point && r == CTL_OK; i++)
		r = find_name(c, list, c->args.operand[i], &body.point[i]);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_QUERY_LATEST;
	env.query_latest = &body;
	r = r ? r : ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_LATEST_VALUES, &answer);
	if (r == CTL_OK)
		*ret = answer->latest_values;
	return r;
}

static json_t *latest_json(const Suandian__V1__PointList *list,
			   const Suandian__V1__LatestValues *latest)
{
	json_t *array = json_array();

	for (size_t i = 0; i < latest->n_values; i++) {
		const Suandian__V1__PointInfo *p = find_id(list, latest->values[i]->point);
		json_t *o = message_json(&latest->values[i]->base);

		json_object_set_new(o, "name", p ? message_text(p->decl->name) : json_null());
		json_object_set_new(o, "unit",
				    json_string(p ? format_unit_key(p->decl->unit) : ""));
		json_array_append_new(array, o);
	}
	return json_pack("{s:I,s:o}", "now_ms", (json_int_t)latest->now_ms, "values", array);
}

static void add_latest(struct table *t, const struct ctl *c, const Suandian__V1__PointInfo *p,
		       const Suandian__V1__LatestValue *v, int64_t now_ms)
{
	table_cell(t, STYLE_BOLD, "%s", p ? p->decl->name : "?");
	if (v->t_ms == 0) {
		table_cell(t, STYLE_DIM, "none yet");
		table_cell(t, STYLE_BAD, "missing");
		table_cell(t, STYLE_PLAIN, "%s", "");
		table_cell(t, STYLE_PLAIN, "%s", "");
		return;
	}
	table_cell(t, STYLE_PLAIN, "%s", format_value(v->value, p ? p->decl->unit : 0).s);
	table_cell(t, describe_quality_style(v->quality), "%s",
		   format_enum(&suandian__v1__quality__descriptor, (int)v->quality).s);
	table_cell(t, STYLE_PLAIN, "%s", format_seconds(c->zone, v->t_ms).s);
	table_cell(t, STYLE_DIM, "%s ago", format_span(now_ms - v->t_ms).s);
}

static void print_latest(const struct ctl *c, const Suandian__V1__PointList *list,
			 const Suandian__V1__LatestValues *latest)
{
	struct table t;

	table_init(&t);
	table_column(&t, ALIGN_LEFT, "point");
	table_column(&t, ALIGN_RIGHT, "value");
	table_column(&t, ALIGN_LEFT, "quality");
	table_column(&t, ALIGN_LEFT, "time");
	table_column(&t, ALIGN_RIGHT, "%s", "");
	for (size_t i = 0; i < latest->n_values; i++)
		add_latest(&t, c, find_id(list, latest->values[i]->point), latest->values[i],
			   latest->now_ms);
	table_print(&t, &c->out, 0);
	table_fini(&t);
}

int cmd_latest(struct ctl *c)
{
	const char *prefix = args_text(&c->args, OPT_PREFIX, "");
	const Suandian__V1__LatestValues *latest = NULL;
	const Suandian__V1__PointList *list = NULL;
	int r;

	if (c->args.n_operands && *prefix)
		return ctl_usage(c, "latest takes points or --prefix, not both");
	r = ctl_connect(c, args_operand(&c->args, 0, *prefix ? prefix : NULL));
	r = r ? r : ask_points(c, prefix, &list);
	r = r ? r : ask_latest(c, list, &latest);
	if (r || !latest)
		return r;
	if (c->json)
		return ctl_print_json(c, latest_json(list, latest));
	if (latest->n_values == 0)
		out_line(&c->out, STYLE_PLAIN, "no value");
	else
		print_latest(c, list, latest);
	return CTL_OK;
}
