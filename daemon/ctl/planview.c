#include "ctl/planview.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/slot.h"
#include "ctl/describe.h"
#include "ctl/table.h"

/* ---- Columns ------------------------------------------------------------------------------------- */

const int64_t *planview_column(const struct planview *v, const int64_t *value, size_t n)
{
	return n == v->n && n > 0 ? value : NULL;
}

static bool is_zero(const int64_t *value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (value[i])
			return false;
	return true;
}

struct planview planview_of(const Suandian__V1__Plan *p)
{
	struct planview v = {.plan = p, .n = p->n_start_ms, .start_ms = p->start_ms};

	v.duration_ms = p->n_duration_ms == v.n ? p->duration_ms : NULL;
	v.pcc_w = planview_column(&v, p->pcc_w, p->n_pcc_w);
	v.load_w = planview_column(&v, p->load_w, p->n_load_w);
	v.unserved_w = planview_column(&v, p->unserved_w, p->n_unserved_w);
	if (v.unserved_w && is_zero(v.unserved_w, v.n))
		v.unserved_w = NULL;
	v.buy_e4 = planview_column(&v, p->price_buy, p->n_price_buy);
	v.sell_e4 = planview_column(&v, p->price_sell, p->n_price_sell);
	v.marginal_e4 = planview_column(&v, p->marginal_price, p->n_marginal_price);
	v.plan_id = p->n_slot_plan_id == v.n ? p->slot_plan_id : NULL;
	return v;
}

int64_t planview_end_ms(const struct planview *v, size_t slot)
{
	return v->start_ms[slot] + (v->duration_ms ? (int64_t)v->duration_ms[slot] : SLOT_MS);
}

enum planview_cover planview_cover(const Suandian__V1__EventList *events, int64_t from_ms,
				   int64_t to_ms)
{
	enum planview_cover cover = COVER_NONE;

	for (size_t i = 0; events && i < events->n_events; i++) {
		const Suandian__V1__EventState *e = events->events[i];
		const Suandian__V1__Event *ev = e->event;
		bool over = describe_event_is_over(e->phase) &&
			    e->phase != SUANDIAN__V1__EVENT_PHASE__EVENT_COMPLETED;
		int64_t end_ms;

		if (!ev || over || ev->target_case == SUANDIAN__V1__EVENT__TARGET__NOT_SET)
			continue;
		end_ms = ev->has_end_case == SUANDIAN__V1__EVENT__HAS_END_END_MS ? ev->end_ms
										 : INT64_MAX;
		if (from_ms < end_ms && to_ms > ev->start_ms)
			return COVER_ACTIVE;
		if (from_ms < ev->start_ms && to_ms > ev->start_ms - ev->ramp_ms)
			cover = COVER_RAMP;
	}
	return cover;
}

/* ---- Head ---------------------------------------------------------------------------------------- */

/* Energy of the positive (sign 1) or negative (sign −1) part of a column, Wh. */
static int64_t energy_of(const struct planview *v, const int64_t *power_w, int sign)
{
	double sum = 0; /* W·ms pass 64 bits for long records */

	for (size_t i = 0; power_w && i < v->n; i++)
		if (sign * power_w[i] > 0)
			sum += (double)power_w[i] *
			       (double)(planview_end_ms(v, i) - v->start_ms[i]) * sign;
	return (int64_t)(sum / (double)MS_PER_H + 0.5);
}

/* Generation used and thrown away, of all sources of a kind. */
static void print_sources(const struct ctl *c, const struct planview *v, const char *name,
			  Suandian__V1__AssetKind kind)
{
	int64_t used_wh = 0, available_wh = 0;
	bool any = false;

	for (size_t i = 0; i < v->plan->n_assets; i++) {
		const Suandian__V1__AssetSeries *a = v->plan->assets[i];

		if (a->kind != kind)
			continue;
		any = true;
		used_wh += energy_of(v, planview_column(v, a->power_w, a->n_power_w), -1);
		available_wh +=
			energy_of(v, planview_column(v, a->available_w, a->n_available_w), 1);
	}
	if (!any)
		return;
	out_part(&c->out, STYLE_PLAIN, ", %s %s", name, format_energy(used_wh).s);
	if (available_wh > used_wh)
		out_part(&c->out, STYLE_WARN, " (%s curtailed 弃电)",
			 format_energy(available_wh - used_wh).s);
}

static void print_energy(const struct ctl *c, const struct planview *v)
{
	out_part(&c->out, STYLE_PLAIN, "  cost ");
	out_part(&c->out, STYLE_BOLD, "%s", format_money(v->plan->cost).s);
	out_part(&c->out, STYLE_PLAIN, ", import %s", format_energy(energy_of(v, v->pcc_w, 1)).s);
	out_part(&c->out, STYLE_PLAIN, ", export %s", format_energy(energy_of(v, v->pcc_w, -1)).s);
	print_sources(c, v, "PV", SUANDIAN__V1__ASSET_KIND__ASSET_PV);
	print_sources(c, v, "wind", SUANDIAN__V1__ASSET_KIND__ASSET_WIND);
	print_sources(c, v, "hydro", SUANDIAN__V1__ASSET_KIND__ASSET_HYDRO);
	if (v->plan->co2_g)
		out_part(&c->out, STYLE_PLAIN, ", CO2 %.1f kg", (double)v->plan->co2_g / 1000);
	out_end(&c->out);
}

static int64_t moved(const Suandian__V1__Plan *p, bool out)
{
	int64_t sum = 0;

	for (size_t i = 0; i < p->n_moves; i++)
		sum += p->moves[i]->out == out ? p->moves[i]->work_ds : 0;
	return sum;
}

/* Work that leaves the site and comes to it over the whole plan. */
static void print_moves(const struct ctl *c, const Suandian__V1__Plan *p)
{
	if (p->n_moves)
		out_line(&c->out, STYLE_PLAIN, "  work moved to other sites %s, from them %s",
			 format_work(moved(p, true)).s, format_work(moved(p, false)).s);
}

void planview_print_relaxations(const struct out *o, const struct zone *zone,
				Suandian__V1__Relaxation *const *relaxations, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const Suandian__V1__Relaxation *r = relaxations[i];

		out_part(o, STYLE_WARN, "  gives way on %s", r->limit);
		out_line(o, STYLE_PLAIN, " at %s by %" PRId64 " %s, for %s",
			 format_time(zone, r->start_ms).s, r->amount, r->unit,
			 format_money(r->cost).s);
	}
}

void planview_print_inputs(const struct out *o, Suandian__V1__InputSource *const *inputs, size_t n)
{
	struct table t;

	if (n == 0)
		return;
	out_line(o, STYLE_DIM, "Made from");
	table_init(&t);
	for (int i = 0; i < 3; i++)
		table_column(&t, ALIGN_LEFT, "%s", "");
	for (size_t i = 0; i < n; i++) {
		table_cell(&t, STYLE_PLAIN, "%s", inputs[i]->input);
		table_cell(&t, STYLE_PLAIN, "%s", inputs[i]->source);
		table_cell(
			&t, describe_quality_style(inputs[i]->quality), "%s",
			format_enum(&suandian__v1__quality__descriptor, (int)inputs[i]->quality).s);
	}
	table_print(&t, o, 2);
	table_fini(&t);
}

void planview_print_head(const struct ctl *c, const struct planview *v)
{
	const Suandian__V1__Plan *p = v->plan;
	bool record = v->plan_id != NULL && v->n > 0 && p->id == 0;

	out_part(&c->out, STYLE_BOLD, "%s", p->site);
	if (record)
		out_part(&c->out, STYLE_PLAIN, "  record of the plans in force");
	else
		out_part(&c->out, STYLE_PLAIN, "  plan %" PRIu64 " of %s", p->id,
			 format_time(c->zone, p->created_ms).s);
	if (v->n > 0)
		out_part(&c->out, STYLE_PLAIN, ", for %s",
			 format_interval(c->zone, v->start_ms[0], planview_end_ms(v, v->n - 1)).s);
	if (!record)
		out_part(&c->out,
			 p->status == SUANDIAN__V1__PLAN_STATUS__PLAN_OPTIMAL ? STYLE_GOOD
									      : STYLE_WARN,
			 "  %s",
			 format_enum(&suandian__v1__plan_status__descriptor, (int)p->status).s);
	out_end(&c->out);
	print_energy(c, v);
	print_moves(c, p);
	if (*p->solver)
		out_line(&c->out, STYLE_DIM,
			 "  %s, %" PRIu64 " iterations, gap %.1e, residual %.1e, input %.12s",
			 p->solver, p->iterations, p->gap, p->residual, p->snapshot_hash);
	for (size_t i = 0; i < p->n_event; i++)
		out_line(&c->out, STYLE_EVENT, "  serves event %s", p->event[i]);
	planview_print_relaxations(&c->out, c->zone, p->relaxations, p->n_relaxations);
}

/* ---- Table --------------------------------------------------------------------------------------- */

static const char *asset_name(const char *id)
{
	const char *slash = strrchr(id, '/');

	return slash ? slash + 1 : id;
}

static bool has_level(const Suandian__V1__AssetSeries *a)
{
	return a->kind == SUANDIAN__V1__ASSET_KIND__ASSET_BATTERY ||
	       a->kind == SUANDIAN__V1__ASSET_KIND__ASSET_UPS ||
	       a->kind == SUANDIAN__V1__ASSET_KIND__ASSET_QUEUE ||
	       a->kind == SUANDIAN__V1__ASSET_KIND__ASSET_COOLING;
}

/* How the level of a kind is shown. */
struct level {
	const char *head;
	double scale;
	int digits;
};

static struct level level_of(const Suandian__V1__AssetSeries *a)
{
	switch (a->kind) {
	case SUANDIAN__V1__ASSET_KIND__ASSET_QUEUE:
		return (struct level){"backlog", 3600, 0};
	case SUANDIAN__V1__ASSET_KIND__ASSET_COOLING:
		return (struct level){"°C", 1000, 1};
	default:
		return (struct level){"SOC", 1e6, 3};
	}
}

/* As many assets as the table has columns for: six are taken by the slot, and the last ones by the rest. */
static size_t shown_assets(const Suandian__V1__Plan *p)
{
	size_t columns = 9, n = 0;

	while (n < p->n_assets && columns + 1 + has_level(p->assets[n]) <= TABLE_COLUMNS_MAX) {
		columns += 1 + (size_t)has_level(p->assets[n]);
		n++;
	}
	return n;
}

static void add_columns(struct table *t, const struct planview *v)
{
	table_column(t, ALIGN_LEFT, "slot");
	table_column(t, ALIGN_LEFT, "%s", "");
	table_column(t, ALIGN_RIGHT, "PCC");
	table_column(t, ALIGN_RIGHT, "load");
	for (size_t i = 0; i < shown_assets(v->plan); i++) {
		const Suandian__V1__AssetSeries *a = v->plan->assets[i];

		table_column(t, ALIGN_RIGHT, "%s", asset_name(a->asset));
		if (has_level(a))
			table_column(t, ALIGN_RIGHT, "%s", level_of(a).head);
	}
	table_column(t, ALIGN_RIGHT, "price");
	table_column(t, ALIGN_RIGHT, "marginal");
	table_column(t, ALIGN_RIGHT, v->unserved_w ? "unserved" : "%s", "");
	table_column(t, ALIGN_RIGHT, v->plan_id ? "plan" : "%s", "");
}

static void add_scaled(struct table *t, enum style style, const int64_t *value, size_t i,
		       double scale, int digits)
{
	double x, least = 0.5;

	if (!value) {
		table_cell(t, STYLE_DIM, "-");
		return;
	}
	x = (double)value[i] / scale;
	for (int k = 0; k < digits; k++)
		least /= 10;
	/* what rounds to 0 has no sign */
	table_cell(t, style, "%.*f", digits, fabs(x) < least ? 0.0 : x);
}

static void add_row(struct table *t, const struct ctl *c, const struct planview *v, size_t i,
		    enum planview_cover cover)
{
	table_cell(t, STYLE_PLAIN, "%s", format_time(c->zone, v->start_ms[i]).s);
	table_cell(t, STYLE_EVENT, "%s",
		   cover == COVER_ACTIVE ? "event"
		   : cover == COVER_RAMP ? "ramp"
					 : "");
	add_scaled(t, STYLE_BOLD, v->pcc_w, i, 1e6, 3);
	add_scaled(t, STYLE_PLAIN, v->load_w, i, 1e6, 3);
	for (size_t k = 0; k < shown_assets(v->plan); k++) {
		const Suandian__V1__AssetSeries *a = v->plan->assets[k];
		struct level level = level_of(a);

		add_scaled(t, STYLE_PLAIN, planview_column(v, a->power_w, a->n_power_w), i, 1e6, 3);
		if (has_level(a))
			add_scaled(t, STYLE_DIM, planview_column(v, a->level, a->n_level), i,
				   level.scale, level.digits);
	}
	add_scaled(t, STYLE_PLAIN, v->buy_e4, i, 1e4, 4);
	add_scaled(t, STYLE_DIM, v->marginal_e4, i, 1e4, 4);
	if (v->unserved_w)
		add_scaled(t, STYLE_BAD, v->unserved_w, i, 1e6, 3);
	else
		table_cell(t, STYLE_PLAIN, "%s", "");
	if (v->plan_id)
		table_cell(t, STYLE_DIM, "%" PRIu64, v->plan_id[i]);
	else
		table_cell(t, STYLE_PLAIN, "%s", "");
}

void planview_print_table(const struct ctl *c, const struct planview *v,
			  const Suandian__V1__EventList *events)
{
	struct table t;

	if (v->n == 0)
		return;
	out_line(
		&c->out, STYLE_DIM,
		"Power in MW; SOC in MWh, backlog in device-h, cooling in °C at the end of the slot; prices in 元/kWh");
	table_init(&t);
	add_columns(&t, v);
	for (size_t i = 0; i < v->n; i++)
		add_row(&t, c, v, i, planview_cover(events, v->start_ms[i], planview_end_ms(v, i)));
	table_print(&t, &c->out, 0);
	table_fini(&t);
}
