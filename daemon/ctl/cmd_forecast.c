#include "ctl/cmd.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/describe.h"
#include "ctl/message.h"
#include "ctl/outlookplot.h"
#include "ctl/table.h"

#define SLOTS_PER_DAY 96

/* ---- test ---------------------------------------------------------------------------------------- */

static void share_cell(struct table *t, enum style style, double share)
{
	if (isnan(share))
		table_cell(t, STYLE_DIM, "-");
	else
		table_cell(t, style, "%.1f %%", 100 * share);
}

static enum style skill_style(const Suandian__V1__BacktestFigures *f)
{
	return f->skill < 0 ? STYLE_WARN : STYLE_PLAIN;
}

/* 80 % are promised; a band that holds much less is worse than none. */
static enum style coverage_style(double coverage)
{
	return coverage < 0.7 ? STYLE_WARN : STYLE_PLAIN;
}

static void add_figures(struct table *t, const char *name, const Suandian__V1__BacktestFigures *f)
{
	table_cell(t, STYLE_PLAIN, "%s", name);
	table_cell(t, STYLE_PLAIN, "%u", f->n);
	share_cell(t, STYLE_BOLD, f->rrmse);
	share_cell(t, STYLE_PLAIN, f->persistence_rrmse);
	share_cell(t, skill_style(f), f->skill);
	share_cell(t, STYLE_PLAIN, f->mape);
	share_cell(t, coverage_style(f->coverage), f->coverage);
}

static struct format value_text(double value, Suandian__V1__Unit unit)
{
	/* no fractions of a watt */
	return format_value(unit == SUANDIAN__V1__UNIT__UNIT_W ? round(value) : value, unit);
}

static void add_bias(struct table *t, const Suandian__V1__BacktestFigures *f,
		     Suandian__V1__Unit unit)
{
	table_cell(t, STYLE_PLAIN, "%s", isnan(f->mae) ? "-" : value_text(f->mae, unit).s);
	table_cell(t, STYLE_PLAIN, "%s", isnan(f->bias) ? "-" : value_text(f->bias, unit).s);
}

static void print_report(const struct ctl *c, const Suandian__V1__BacktestReport *m)
{
	struct table t;

	out_part(&c->out, STYLE_BOLD, "%s", m->point);
	out_line(&c->out, STYLE_PLAIN,
		 "  %s: %u days tested, %u of them by similar days, the others by persistence",
		 m->kind, m->days, m->similar_days);
	if (m->days == 0) {
		out_line(&c->out, STYLE_WARN, "  too little is stored to test anything");
		out_end(&c->out);
		return;
	}
	table_init(&t);
	table_column(&t, ALIGN_LEFT, "ahead");
	table_column(&t, ALIGN_RIGHT, "slots");
	table_column(&t, ALIGN_RIGHT, "RRMSE");
	table_column(&t, ALIGN_RIGHT, "persistence");
	table_column(&t, ALIGN_RIGHT, "skill");
	table_column(&t, ALIGN_RIGHT, "MAPE");
	table_column(&t, ALIGN_RIGHT, "in P10-P90");
	table_column(&t, ALIGN_RIGHT, "mean error");
	table_column(&t, ALIGN_RIGHT, "bias");
	for (size_t i = 0; i < m->n_leads; i++) {
		char name[FORMAT_MAX + 8];

		snprintf(name, sizeof(name), "to %s", format_span(m->leads[i]->lead_end_ms).s);
		add_figures(&t, name, m->leads[i]);
		add_bias(&t, m->leads[i], m->unit);
	}
	if (m->all) {
		add_figures(&t, "all", m->all);
		add_bias(&t, m->all, m->unit);
	}
	table_print(&t, &c->out, 2);
	table_fini(&t);
	if (m->n_curve > 0)
		out_line(
			&c->out, STYLE_PLAIN,
			"  the pushed curve in force: RRMSE %.1f %% over %u slots that it foretold",
			100 * m->curve_rrmse, m->n_curve);
	out_end(&c->out);
}

/* All reports of one request; with --json into the array, else printed. */
static int read_reports(struct ctl *c, Suandian__V1__Backtest *body, json_t *array)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *part;
	int r;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_BACKTEST;
	env.backtest = body;
	r = ctl_stream(c, &env);
	if (r)
		return r;
	while ((r = ctl_next(c, SUANDIAN__V1__ENVELOPE__BODY_BACKTEST_REPORT, &part)) == 1) {
		if (array)
			json_array_append_new(array, message_json(&part->backtest_report->base));
		else
			print_report(c, part->backtest_report);
	}
	return -r;
}

static int test_one(struct ctl *c, const char *name, json_t *array)
{
	Suandian__V1__Backtest body = SUANDIAN__V1__BACKTEST__INIT;

	if (strchr(name, '/'))
		body.point = (char *)name;
	else
		body.site = (char *)name;
	body.days = (uint32_t)args_number(&c->args, OPT_DAYS, 0);
	return read_reports(c, &body, array);
}

int cmd_forecast_test(struct ctl *c)
{
	const char *name = args_operand(&c->args, 0, NULL);
	json_t *array = c->json ? json_array() : NULL;
	int r = ctl_connect(c, name);

	if (r == CTL_OK && name)
		r = test_one(c, name, array);
	for (size_t i = 0; r == CTL_OK && !name && i < c->sites->n_sites; i++)
		r = test_one(c, c->sites->sites[i]->id, array);
	if (r == CTL_OK && c->json)
		return ctl_print_json(c, array);
	json_decref(array);
	return r;
}

/* ---- show ---------------------------------------------------------------------------------------- */

static void print_outlook(const struct ctl *c, const Suandian__V1__BacktestReport *m)
{
	const Suandian__V1__OutlookSlots *o = m->outlook;
	struct table t;

	out_part(&c->out, STYLE_BOLD, "%s", m->point);
	out_line(&c->out, STYLE_PLAIN, "  %s",
		 format_interval(c->zone, o->start_ms,
				 o->start_ms + (int64_t)o->n_value * o->step_ms)
			 .s);
	out_part(&c->out, STYLE_PLAIN, "  from ");
	out_line(&c->out, describe_quality_style(o->quality), "%s",
		 *o->source ? o->source : "nothing known");
	outlookplot_print(c, m);
	if (!args_has(&c->args, OPT_TABLE))
		return;
	table_init(&t);
	table_column(&t, ALIGN_LEFT, "time");
	table_column(&t, ALIGN_RIGHT, "expected");
	table_column(&t, ALIGN_RIGHT, "P10");
	table_column(&t, ALIGN_RIGHT, "P90");
	for (size_t i = 0; i < o->n_value; i++) {
		const double v[] = {o->value[i], o->p10[i], o->p90[i]};

		table_cell(&t, STYLE_PLAIN, "%s",
			   format_time(c->zone, o->start_ms + (int64_t)i * o->step_ms).s);
		for (size_t k = 0; k < ARRAY_SIZE(v); k++)
			table_cell(&t, STYLE_PLAIN, "%s",
				   isnan(v[k]) ? "-" : value_text(v[k], m->unit).s);
	}
	table_print(&t, &c->out, 2);
	table_fini(&t);
}

int cmd_forecast_show(struct ctl *c)
{
	Suandian__V1__Backtest body = SUANDIAN__V1__BACKTEST__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__BacktestReport *m;
	const Suandian__V1__Envelope *answer;
	int r = ctl_connect(c, c->args.operand[0]);

	if (r)
		return r;
	body.point = (char *)c->args.operand[0];
	body.slots = (uint32_t)min_i64(args_number(&c->args, OPT_DAYS, 1), 8) * SLOTS_PER_DAY;
	body.no_test = true;
	if (body.slots == 0)
		return ctl_usage(c, "forecast show: --days is 0");
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_BACKTEST;
	env.backtest = &body;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_BACKTEST_REPORT, &answer);
	if (r)
		return r;
	m = answer->backtest_report;
	if (c->json)
		return ctl_print_json(c, message_json(&m->base));
	if (!m->outlook || m->outlook->n_p10 != m->outlook->n_value ||
	    m->outlook->n_p90 != m->outlook->n_value || m->outlook->n_value == 0)
		return ctl_fail(c, ERR_MALFORMED, "an outlook whose columns do not match");
	print_outlook(c, m);
	return CTL_OK;
}
