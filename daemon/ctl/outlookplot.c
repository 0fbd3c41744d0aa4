#include "ctl/outlookplot.h"

#include <math.h>
#include <string.h>

#include "ctl/format.h"
#include "ctl/panel.h"

#define ROWS 10
#define LABEL 6 /* columns of an hour and a blank */

struct scale {
	double unit;
	const char *name;
	int digits;
};

static struct scale scale_of(Suandian__V1__Unit unit, double most)
{
	if (unit == SUANDIAN__V1__UNIT__UNIT_W)
		return most >= 1e6   ? (struct scale){1e6, "MW", 0}
		       : most >= 1e3 ? (struct scale){1e3, "kW", 0}
				     : (struct scale){1, "W", 0};
	if (unit == SUANDIAN__V1__UNIT__UNIT_PRICE)
		return (struct scale){1e4, "元/kWh", 1};
	return (struct scale){1, format_unit(unit), 0};
}

/* Mean of the slots of a column, of the values times sign; NAN where none is known. */
static double column(const double *value, size_t n, int i, int columns, double sign)
{
	size_t from = n * (size_t)i / (size_t)columns, to = n * (size_t)(i + 1) / (size_t)columns;
	double sum = 0;
	int known = 0;

	for (size_t k = from; k < (to > from ? to : from + 1) && k < n; k++) {
		if (isnan(value[k]))
			continue;
		sum += sign * value[k];
		known++;
	}
	return known ? sum / known : NAN;
}

/* Hours at the columns that hold them, as many as fit. */
static void print_axis(const struct ctl *c, const Suandian__V1__OutlookSlots *o, int columns)
{
	int64_t span = (int64_t)o->n_value * o->step_ms, step = MS_PER_H, at;
	int begin = 0;

	while (step < MS_PER_DAY && span / step * LABEL > columns)
		step *= step == 3 * MS_PER_H || step == 6 * MS_PER_H ? 2 : 3;
	at = o->start_ms + (int64_t)zone_offset_s(c->zone, o->start_ms) * MS_PER_S;
	at = o->start_ms + (at % step ? step - at % step : 0);
	out_part(&c->out, STYLE_DIM, "%*s", PANEL_GUTTER, "");
	for (; at < o->start_ms + span; at += step) {
		int column = (int)((double)(at - o->start_ms) / (double)span * columns);

		if (column < begin || column + LABEL > columns + 1)
			continue;
		out_part(&c->out, STYLE_DIM, "%*s%s", column - begin, "",
			 format_hour(c->zone, at).s);
		begin = column + LABEL - 1;
	}
	out_end(&c->out);
}

void outlookplot_print(const struct ctl *c, const Suandian__V1__BacktestReport *m)
{
	const Suandian__V1__OutlookSlots *o = m->outlook;
	int columns = c->out.width - PANEL_GUTTER - 1;
	struct panel p = {.rows = ROWS, .bar_style = STYLE_GRID, .line_style = STYLE_DIM};
	double sum = 0, most = 0, sign;
	struct arena a;
	double *bar, *top, *line;
	struct scale s;

	columns = columns < 20 ? 20 : columns;
	if ((size_t)columns > o->n_value)
		columns = (int)o->n_value;
	arena_init(&a, (size_t)1 << 20);
	bar = ARENA_ARRAY(&a, (size_t)columns, double);
	top = ARENA_ARRAY(&a, (size_t)columns, double);
	line = ARENA_ARRAY(&a, 2 * (size_t)columns, double);
	for (size_t i = 0; i < o->n_value; i++)
		sum += isnan(o->value[i]) ? 0 : o->value[i];
	/* generation is drawn as a magnitude */
	sign = sum < 0 && m->unit == SUANDIAN__V1__UNIT__UNIT_W ? -1 : 1;
	for (int i = 0; bar && top && line && i < columns; i++) {
		bar[i] = column(o->value, o->n_value, i, columns, sign);
		top[i] = column(sign > 0 ? o->p90 : o->p10, o->n_value, i, columns, sign);
		line[2 * i] = line[2 * i + 1] =
			column(sign > 0 ? o->p10 : o->p90, o->n_value, i, columns, sign);
		most = fmax(most, fmax(isnan(bar[i]) ? 0 : bar[i], isnan(top[i]) ? 0 : top[i]));
		p.lo = fmin(p.lo, isnan(bar[i]) ? 0 : bar[i]);
	}
	s = scale_of(m->unit, most);
	p.columns = columns;
	p.hi = most;
	p.unit = s.unit;
	p.digits = s.digits;
	p.bar = bar;
	p.top = top;
	p.line = line;
	out_part(&c->out, STYLE_BOLD, "%s%s%s", m->kind && *m->kind ? m->kind : "outlook",
		 *s.name ? ", " : "", s.name);
	out_part(&c->out, p.bar_style, "   %s", panel_bar_sample(c->out.ascii));
	out_part(&c->out, STYLE_PLAIN, " expected%s",
		 sign < 0 ? ", generation as a magnitude" : "");
	out_part(&c->out, p.bar_style, "   %s", panel_top_sample(c->out.ascii));
	out_part(&c->out, STYLE_PLAIN, " up to P90");
	out_part(&c->out, p.line_style, "   %s", panel_line_sample(c->out.ascii));
	out_line(&c->out, STYLE_PLAIN, " P10");
	if (bar && top && line)
		panel_print(&p, &c->out);
	print_axis(c, o, columns);
	arena_fini(&a);
}
