#include "ctl/planplot.h"

#include <math.h>
#include <string.h>

#include "ctl/describe.h"
#include "ctl/panel.h"
#include "ctl/spark.h"
#include "ctl/width.h"

#define MW 1e6
#define ROWS_PCC 8
#define ROWS_SMALL 4
#define ROWS_STORE 6
#define ROWS_LEVEL 4

/* What all panels share. */
struct plot {
	const struct ctl *c;
	const struct out *o;
	const struct planview *v;
	const Suandian__V1__EventList *events;
	struct arena arena;
	int columns;
	int64_t from_ms, to_ms;
	bool *edge;
};

/* ---- Columns of time ----------------------------------------------------------------------------- */

static int64_t time_at(const struct plot *p, int i, int parts)
{
	return p->from_ms + (int64_t)((double)(p->to_ms - p->from_ms) * i / parts);
}

/* A whole number of columns per slot where there is room, else as many columns as there is room for. */
static int choose_columns(const struct out *o, size_t n)
{
	int room = o->width - PANEL_GUTTER - 1;

	room = room < 20 ? 20 : room;
	if (n >= (size_t)room)
		return room;
	return (int)n * (room / (int)n);
}

/* The mean of a column over [from, to), weighted by time; NAN where no slot lies. */
static double mean_over(const struct planview *v, const int64_t *value, int64_t from_ms,
			int64_t to_ms)
{
	double sum = 0, weight = 0;

	for (size_t i = 0; i < v->n; i++) {
		int64_t begin_ms = max_i64(v->start_ms[i], from_ms);
		int64_t end_ms = min_i64(planview_end_ms(v, i), to_ms);

		if (end_ms <= begin_ms)
			continue;
		sum += (double)value[i] * (double)(end_ms - begin_ms);
		weight += (double)(end_ms - begin_ms);
	}
	return weight > 0 ? sum / weight : NAN;
}

/* `value` spread over parts (columns, or half columns), times `scale`; all NAN for NULL. */
static double *spread(struct plot *p, const int64_t *value, int parts, double scale)
{
	double *out = ARENA_ARRAY(&p->arena, (size_t)parts, double);

	for (int i = 0; out && i < parts; i++)
		out[i] = value ? scale * mean_over(p->v, value, time_at(p, i, parts),
						   time_at(p, i + 1, parts))
			       : NAN;
	return out;
}

static void widen(const double *value, int n, double *lo, double *hi)
{
	for (int i = 0; value && i < n; i++) {
		*lo = fmin(*lo, value[i]);
		*hi = fmax(*hi, value[i]);
	}
}

/* ---- Panels -------------------------------------------------------------------------------------- */

static struct panel new_panel(const struct plot *p, enum style style, int rows)
{
	struct panel panel = {.columns = p->columns,
			      .rows = rows,
			      .unit = MW,
			      .bar_style = style,
			      .line_style = STYLE_PLAIN,
			      .edge = p->edge};

	return panel;
}

static void print_panel(const struct plot *p, struct panel *panel)
{
	widen(panel->bar, panel->columns, &panel->lo, &panel->hi);
	widen(panel->top, panel->columns, &panel->lo, &panel->hi);
	widen(panel->line, 2 * panel->columns, &panel->lo, &panel->hi);
	panel_print(panel, p->o);
}

static void print_legend(const struct plot *p, enum style style, const char *sample,
			 const char *text)
{
	out_part(p->o, style, "   %s", sample);
	out_part(p->o, STYLE_PLAIN, " %s", text);
}

static void plot_pcc(struct plot *p)
{
	struct panel panel = new_panel(p, STYLE_GRID, ROWS_PCC);

	panel.bar = spread(p, p->v->pcc_w, p->columns, 1);
	panel.line = spread(p, p->v->load_w, 2 * p->columns, 1);
	panel.line_style = STYLE_LOAD;
	out_part(p->o, STYLE_BOLD, "PCC 关口, MW");
	print_legend(p, STYLE_GRID, panel_bar_sample(p->o->ascii), "import + / export -");
	print_legend(p, STYLE_LOAD, panel_line_sample(p->o->ascii), "load 总负荷");
	out_end(p->o);
	print_panel(p, &panel);
}

static const char *source_name(Suandian__V1__AssetKind kind)
{
	return kind == SUANDIAN__V1__ASSET_KIND__ASSET_WIND    ? "风电"
	       : kind == SUANDIAN__V1__ASSET_KIND__ASSET_HYDRO ? "水电"
							       : "光伏";
}

static void plot_source(struct plot *p, const Suandian__V1__AssetSeries *a)
{
	const int64_t *power_w = planview_column(p->v, a->power_w, a->n_power_w);
	const int64_t *available_w = planview_column(p->v, a->available_w, a->n_available_w);
	struct panel panel = new_panel(p, STYLE_SUN, ROWS_SMALL);

	panel.bar = spread(p, power_w, p->columns, -1);
	panel.top = spread(p, available_w, p->columns, 1);
	out_part(p->o, STYLE_BOLD, "%s %s, MW", a->asset, source_name(a->kind));
	print_legend(p, STYLE_SUN, panel_bar_sample(p->o->ascii), "used");
	print_legend(p, STYLE_SUN, panel_top_sample(p->o->ascii), "available, not used");
	out_end(p->o);
	print_panel(p, &panel);
}

/* A thousandth of what it can do is what rounding leaves. */
static bool is_idle(const struct plot *p, const Suandian__V1__AssetSeries *a)
{
	const int64_t *power_w = planview_column(p->v, a->power_w, a->n_power_w);
	const Suandian__V1__AssetInfo *asset = ctl_asset(p->c, a->asset);
	int64_t least_w = asset ? asset->power_max_w / 1000 : 0;

	for (size_t i = 0; power_w && i < p->v->n; i++)
		if (power_w[i] > least_w || power_w[i] < -least_w)
			return false;
	return true;
}

static void plot_level(struct plot *p, const Suandian__V1__AssetSeries *a)
{
	const int64_t *level = planview_column(p->v, a->level, a->n_level);
	const Suandian__V1__AssetInfo *asset = ctl_asset(p->c, a->asset);
	struct panel panel = new_panel(p, STYLE_STORE, ROWS_LEVEL);

	if (!level)
		return;
	panel.bar = spread(p, level, p->columns, 1);
	panel.hi = asset ? (double)asset->energy_wh : 0;
	out_part(p->o, STYLE_BOLD, "%s SOC 荷电, MWh", a->asset);
	print_legend(p, STYLE_STORE, panel_bar_sample(p->o->ascii),
		     "energy at the end of the slot");
	if (asset && asset->energy_wh > 0)
		out_part(p->o, STYLE_PLAIN, ", of %s", format_energy(asset->energy_wh).s);
	out_end(p->o);
	print_panel(p, &panel);
}

static void plot_store(struct plot *p, const Suandian__V1__AssetSeries *a)
{
	const int64_t *power_w = planview_column(p->v, a->power_w, a->n_power_w);
	const int64_t *level = planview_column(p->v, a->level, a->n_level);
	struct panel panel = new_panel(p, STYLE_STORE, ROWS_STORE);

	if (is_idle(p, a)) {
		out_part(p->o, STYLE_BOLD, "%s", a->asset);
		out_line(p->o, STYLE_PLAIN, "  at rest throughout%s%s", level ? ", SOC " : "",
			 level ? format_energy(level[p->v->n - 1]).s : "");
		return;
	}
	panel.bar = spread(p, power_w, p->columns, 1);
	out_part(p->o, STYLE_BOLD, "%s 储能, MW", a->asset);
	print_legend(p, STYLE_STORE, panel_bar_sample(p->o->ascii), "charge + / discharge -");
	out_end(p->o);
	print_panel(p, &panel);
	plot_level(p, a);
}

static void plot_queue(struct plot *p, const Suandian__V1__AssetSeries *a)
{
	const int64_t *power_w = planview_column(p->v, a->power_w, a->n_power_w);
	const int64_t *level = planview_column(p->v, a->level, a->n_level);
	struct panel panel = new_panel(p, STYLE_WORK, ROWS_SMALL);
	struct buf line;

	panel.bar = spread(p, power_w, p->columns, 1);
	out_part(p->o, STYLE_BOLD, "%s 可移算力, MW", a->asset);
	print_legend(p, STYLE_WORK, panel_bar_sample(p->o->ascii), "power with PUE");
	out_end(p->o);
	print_panel(p, &panel);
	if (!level)
		return;
	buf_init(&line, 0);
	spark_put(&line, spread(p, level, p->columns, 1), (size_t)p->columns, (size_t)p->columns,
		  p->o->ascii);
	out_part(p->o, STYLE_DIM, "%*s ", PANEL_GUTTER - 1, "backlog");
	out_line(p->o, STYLE_WORK, "%s", buf_str(&line));
	buf_fini(&line);
}

/* From its least to its most: a band of few kelvins would be a straight line above 0 °C. */
static void plot_temperature(struct plot *p, const int64_t *level)
{
	double *value = spread(p, level, p->columns, 1), lo = INFINITY, hi = -INFINITY;
	struct buf line;

	widen(value, p->columns, &lo, &hi);
	buf_init(&line, 0);
	spark_put(&line, value, value ? (size_t)p->columns : 0, (size_t)p->columns, p->o->ascii);
	out_part(p->o, STYLE_DIM, "%*s ", PANEL_GUTTER - 1, "supply");
	out_part(p->o, STYLE_STORE, "%s", buf_str(&line));
	out_line(p->o, STYLE_PLAIN, "  %.1f to %.1f °C", lo / 1000, hi / 1000);
	buf_fini(&line);
}

static void plot_cooling(struct plot *p, const Suandian__V1__AssetSeries *a)
{
	const int64_t *level = planview_column(p->v, a->level, a->n_level);
	struct panel panel = new_panel(p, STYLE_STORE, ROWS_SMALL);

	panel.bar = spread(p, planview_column(p->v, a->power_w, a->n_power_w), p->columns, 1);
	out_part(p->o, STYLE_BOLD, "%s 制冷, MW", a->asset);
	print_legend(p, STYLE_STORE, panel_bar_sample(p->o->ascii), "electric power");
	out_end(p->o);
	print_panel(p, &panel);
	if (level)
		plot_temperature(p, level);
}

static void plot_price(struct plot *p)
{
	struct panel panel = new_panel(p, STYLE_GRID, ROWS_SMALL);

	if (!p->v->buy_e4)
		return;
	panel.unit = 1e4;
	panel.digits = 1;
	panel.bar = spread(p, p->v->buy_e4, p->columns, 1);
	panel.line = spread(p, p->v->sell_e4, 2 * p->columns, 1);
	out_part(p->o, STYLE_BOLD, "price 电价, 元/kWh");
	print_legend(p, STYLE_GRID, panel_bar_sample(p->o->ascii), "buy");
	if (p->v->sell_e4)
		print_legend(p, STYLE_PLAIN, panel_line_sample(p->o->ascii), "sell");
	out_end(p->o);
	print_panel(p, &panel);
}

/* ---- Events -------------------------------------------------------------------------------------- */

static enum planview_cover cover_at(const struct plot *p, int c)
{
	int64_t from_ms = time_at(p, c, p->columns), to_ms = time_at(p, c + 1, p->columns);

	/* of a column in the middle, not of its neighbours by a rounding */
	return planview_cover(p->events, from_ms + (to_ms - from_ms) / 4,
			      to_ms - (to_ms - from_ms) / 4);
}

/* Marks columns at which the cover changes. */
static bool find_edges(struct plot *p)
{
	bool any = false;

	for (int c = 0; c < p->columns; c++) {
		enum planview_cover now = cover_at(p, c);
		enum planview_cover before = c ? cover_at(p, c - 1) : now;

		p->edge[c] = now != before && (now == COVER_ACTIVE || before == COVER_ACTIVE);
		any = any || now != COVER_NONE;
	}
	return any;
}

static void print_event_strip(const struct plot *p)
{
	static const char *const glyphs[2][3] = {{" ", "▁", "▄"}, {" ", "-", "="}};

	int end = p->columns;

	while (end > 0 && cover_at(p, end - 1) == COVER_NONE)
		end--;
	out_part(p->o, STYLE_EVENT, "%*s ", PANEL_GUTTER - 1, "event");
	for (int c = 0; c < end; c++)
		out_part(p->o, STYLE_EVENT, "%s", glyphs[p->o->ascii][cover_at(p, c)]);
	out_end(p->o);
}

static void print_events(const struct plot *p)
{
	for (size_t i = 0; i < p->events->n_events; i++) {
		const Suandian__V1__EventState *e = p->events->events[i];
		Suandian__V1__EventList one = SUANDIAN__V1__EVENT_LIST__INIT;

		one.n_events = 1;
		one.events = &p->events->events[i];
		if (planview_cover(&one, p->from_ms, p->to_ms) == COVER_NONE)
			continue;
		out_part(p->o, STYLE_EVENT, "event %s", e->event->external_id);
		out_line(p->o, STYLE_PLAIN, ": %s, %s (%s)", describe_target(e->event).s,
			 describe_window(p->c->zone, e->event).s,
			 format_enum(&suandian__v1__event_phase__descriptor, (int)e->phase).s);
	}
}

/* ---- Axis of time -------------------------------------------------------------------------------- */

/* Hours between labels so that they stand at least nine columns apart. */
static int tick_hours(const struct plot *p)
{
	static const int steps[] = {1, 2, 3, 4, 6, 12, 24, 48, 96, 168};
	double hours = (double)(p->to_ms - p->from_ms) / (double)MS_PER_H;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (p->columns * steps[i] / hours >= 9)
			return steps[i];
	return steps[ARRAY_SIZE(steps) - 1];
}

/* Is the column the first that begins at or after a full tick of local time? */
static bool has_tick(const struct plot *p, int c, int hours, int64_t *ret_ms)
{
	const struct zone *zone = p->c->zone;
	int64_t from_ms = time_at(p, c, p->columns);
	int64_t before_ms = c ? time_at(p, c - 1, p->columns) : from_ms - 1;
	int64_t zone_ms = zone_offset_s(zone, from_ms) * MS_PER_S;
	int64_t span_ms = hours * MS_PER_H;
	int64_t tick_ms = (from_ms + zone_ms) / span_ms * span_ms - zone_ms;

	*ret_ms = tick_ms;
	return tick_ms > before_ms;
}

static void print_time_axis(const struct plot *p)
{
	int hours = tick_hours(p);
	struct buf marks, labels;
	size_t used = 0;

	buf_init(&marks, 0);
	buf_init(&labels, 0);
	for (int c = 0; c < p->columns; c++) {
		struct format label;
		int64_t ms;

		if (!has_tick(p, c, hours, &ms)) {
			buf_printf(&marks, "%s", p->o->ascii ? "-" : "─");
			continue;
		}
		buf_printf(&marks, "%s", p->o->ascii ? "+" : "┬");
		label = format_time(p->c->zone, ms);
		/* midnight shows the day that begins: "2025-07-16 00:00" */
		label.s[16] = '\0';
		if ((size_t)c < used)
			continue;
		buf_printf(&labels, "%*s%s", (int)((size_t)c - used), "",
			   strcmp(label.s + 11, "00:00") == 0 ? (label.s[10] = '\0', label.s + 5)
							      : label.s + 11);
		used = (size_t)c + 5;
	}
	out_line(p->o, STYLE_DIM, "%*s%s", PANEL_GUTTER, "", buf_str(&marks));
	out_line(p->o, STYLE_PLAIN, "%*s%s  %s", PANEL_GUTTER, "", buf_str(&labels),
		 zone_name(p->c->zone));
	buf_fini(&labels);
	buf_fini(&marks);
}

/* ---- All ----------------------------------------------------------------------------------------- */

static void plot_assets(struct plot *p, Suandian__V1__AssetKind kind,
			void (*plot)(struct plot *, const Suandian__V1__AssetSeries *))
{
	for (size_t i = 0; i < p->v->plan->n_assets; i++)
		if (p->v->plan->assets[i]->kind == kind)
			plot(p, p->v->plan->assets[i]);
}

void planplot_print(const struct ctl *c, const struct planview *v,
		    const Suandian__V1__EventList *events)
{
	struct plot p = {.c = c, .o = &c->out, .v = v, .events = events};
	bool any;

	if (v->n == 0)
		return;
	arena_init(&p.arena, SIZE_MAX);
	p.from_ms = v->start_ms[0];
	p.to_ms = planview_end_ms(v, v->n - 1);
	p.columns = choose_columns(&c->out, v->n);
	p.edge = ARENA_ARRAY(&p.arena, (size_t)p.columns, bool);
	if (p.edge && p.to_ms > p.from_ms) {
		any = find_edges(&p);
		if (any) {
			print_events(&p);
			print_event_strip(&p);
		}
		plot_pcc(&p);
		plot_assets(&p, SUANDIAN__V1__ASSET_KIND__ASSET_PV, plot_source);
		plot_assets(&p, SUANDIAN__V1__ASSET_KIND__ASSET_WIND, plot_source);
		plot_assets(&p, SUANDIAN__V1__ASSET_KIND__ASSET_HYDRO, plot_source);
		plot_assets(&p, SUANDIAN__V1__ASSET_KIND__ASSET_BATTERY, plot_store);
		plot_assets(&p, SUANDIAN__V1__ASSET_KIND__ASSET_UPS, plot_store);
		plot_assets(&p, SUANDIAN__V1__ASSET_KIND__ASSET_QUEUE, plot_queue);
		plot_assets(&p, SUANDIAN__V1__ASSET_KIND__ASSET_COOLING, plot_cooling);
		plot_price(&p);
		if (any)
			print_event_strip(&p);
		print_time_axis(&p);
	}
	arena_fini(&p.arena);
}
