#include "ctl/eventview.h"

#include <inttypes.h>
#include <string.h>

#include "base/slot.h"
#include "ctl/describe.h"
#include "ctl/spark.h"
#include "ctl/table.h"
#include "ctl/width.h"

/* The bar of a slot shows 0 to 150 % of the target, with a mark at 100 %. */
#define BAR_COLUMNS 30
#define BAR_SHARE 1.5
#define BAR_MARK 20
/* Shown where the event names no band of its own: the usual bounds of a performance test. */
#define BAND_DEFAULT_PERMILLE 200

static const char *direction_of(const Suandian__V1__Event *ev)
{
	if (ev->target_case == SUANDIAN__V1__EVENT__TARGET__NOT_SET)
		return "";
	switch (ev->direction) {
	case SUANDIAN__V1__DIRECTION__DIRECTION_UP:
		return "up 削峰";
	case SUANDIAN__V1__DIRECTION__DIRECTION_DN:
		return "dn 填谷";
	default:
		return "";
	}
}

static void print_what(const struct ctl *c, const Suandian__V1__EventState *e)
{
	const Suandian__V1__Event *ev = e->event;
	const char *direction = direction_of(ev);
	bool against = ev->target_case == SUANDIAN__V1__EVENT__TARGET_REDUCTION_W;

	out_part(&c->out, STYLE_BOLD, "%s", ev->external_id);
	out_part(&c->out, STYLE_PLAIN, "  of %s, revision %" PRIu64 ", number %" PRIu64 ":  ",
		 ev->source, ev->revision, e->id);
	out_line(&c->out, describe_phase_style(e->phase), "%s",
		 format_enum(&suandian__v1__event_phase__descriptor, (int)e->phase).s);
	out_line(&c->out, STYLE_PLAIN, "  %s: %s%s%s%s%s%s", ev->site, describe_target(ev).s,
		 *direction ? " (" : "", direction, *direction ? ")" : "",
		 against ? " against " : "",
		 against ? (*ev->baseline ? ev->baseline : "no_event_plan") : "");
	out_line(&c->out, STYLE_PLAIN, "  %s", describe_window(c->zone, ev).s);
}

static void print_terms(const struct ctl *c, const Suandian__V1__EventState *e)
{
	const Suandian__V1__Event *ev = e->event;

	out_part(&c->out, STYLE_PLAIN, "  priority %" PRIu32, ev->priority);
	if (ev->pay_price)
		out_part(&c->out, STYLE_PLAIN, ", pay %s", format_price(ev->pay_price).s);
	if (ev->penalty_price)
		out_part(&c->out, STYLE_PLAIN, ", penalty %s", format_price(ev->penalty_price).s);
	if (ev->band_permille)
		out_part(&c->out, STYLE_PLAIN, ", band ±%s",
			 format_share((double)ev->band_permille / 1000).s);
	out_end(&c->out);
	if (*ev->correlation_id)
		out_line(&c->out, STYLE_DIM, "  correlation %s", ev->correlation_id);
	if (*e->baseline_hash)
		out_line(&c->out, STYLE_DIM, "  baseline frozen, SHA-256 %s", e->baseline_hash);
	if (*ev->note)
		out_line(&c->out, STYLE_PLAIN, "  note: %s", ev->note);
	if (*e->text)
		out_line(&c->out, STYLE_WARN, "  %s", e->text);
	if (e->shortfall_wh > 0)
		out_line(&c->out, STYLE_WARN, "  the plan falls short by %s",
			 format_energy(e->shortfall_wh).s);
	if (e->surplus_wh > 0)
		out_line(&c->out, STYLE_PLAIN, "  the plan delivers %s more than asked for",
			 format_energy(e->surplus_wh).s);
}

static void print_moves(const struct ctl *c, const Suandian__V1__EventState *e)
{
	struct table t;

	if (e->n_moves == 0)
		return;
	out_end(&c->out);
	table_init(&t);
	for (int i = 0; i < 4; i++)
		table_column(&t, ALIGN_LEFT, "%s", "");
	for (size_t i = 0; i < e->n_moves; i++) {
		const Suandian__V1__EventMove *m = e->moves[i];

		table_cell(&t, STYLE_PLAIN, "%s", format_seconds(c->zone, m->t_ms).s);
		table_cell(&t, describe_phase_style(m->to), "%s",
			   format_enum(&suandian__v1__event_phase__descriptor, (int)m->to).s);
		table_cell(&t, STYLE_PLAIN, "%s", m->who);
		table_cell(&t, STYLE_DIM, "%s", m->reason);
	}
	table_print(&t, &c->out, 2);
	table_fini(&t);
}

/* ---- Slots --------------------------------------------------------------------------------------- */

struct tally {
	int64_t target_wms, delivered_wms; /* W·ms over the slots that were measured */
	size_t measured, inside;
};

static bool is_measured(const Suandian__V1__EventSlot *s)
{
	return s->quality != SUANDIAN__V1__QUALITY__QUALITY_MISSING;
}

static void put_bar(struct buf *b, double share, bool ascii)
{
	size_t columns;

	spark_put_bar(b, share / BAR_SHARE, BAR_COLUMNS, ascii);
	columns = width_of(buf_str(b));
	if (columns < BAR_MARK)
		buf_printf(b, "%*s%s", (int)(BAR_MARK - columns), "", ascii ? "|" : "│");
}

static void add_share(struct table *t, const struct ctl *c, const Suandian__V1__EventSlot *s,
		      double band, struct tally *tally)
{
	double share = (double)s->delivered_w / (double)s->target_w;
	bool inside = share >= 1 - band - 1e-9 && share <= 1 + band + 1e-9;
	enum style style = inside ? STYLE_GOOD : STYLE_BAD;
	struct buf bar;

	tally->inside += inside;
	tally->target_wms += s->target_w * SLOT_MS;
	tally->delivered_wms += s->delivered_w * SLOT_MS;
	tally->measured++;
	buf_init(&bar, 0);
	put_bar(&bar, share, c->out.ascii);
	table_cell(t, style, "%s", format_share(share).s);
	table_cell(t, style, "%s", buf_str(&bar));
	buf_fini(&bar);
}

static void add_slot(struct table *t, const struct ctl *c, const Suandian__V1__EventSlot *s,
		     double band, struct tally *tally)
{
	table_cell(t, STYLE_PLAIN, "%s",
		   format_interval(c->zone, s->start_ms, s->start_ms + SLOT_MS).s);
	table_cell(t, STYLE_DIM, "%s", s->ramp ? "ramp" : "");
	table_cell(t, STYLE_PLAIN, "%s", format_power(s->baseline_w).s);
	table_cell(t, STYLE_BOLD, "%s", format_power(s->target_w).s);
	table_cell(t, STYLE_PLAIN, "%s", format_power(s->planned_w).s);
	if (!is_measured(s)) {
		for (int i = 0; i < 4; i++)
			table_cell(t, STYLE_PLAIN, "%s", "");
		return;
	}
	table_cell(t, STYLE_PLAIN, "%s", format_power(s->metered_w).s);
	table_cell(t, STYLE_BOLD, "%s", format_power(s->delivered_w).s);
	if (s->target_w > 0) {
		add_share(t, c, s, band, tally);
	} else {
		table_cell(t, STYLE_PLAIN, "%s", "");
		table_cell(t, STYLE_PLAIN, "%s", "");
	}
}

static void print_tally(const struct ctl *c, const struct tally *tally, double band)
{
	double hours = (double)MS_PER_H;

	if (tally->measured == 0) {
		out_line(&c->out, STYLE_DIM, "  nothing is measured yet");
		return;
	}
	out_part(&c->out, STYLE_PLAIN, "  delivered %s of %s",
		 format_energy((int64_t)((double)tally->delivered_wms / hours)).s,
		 format_energy((int64_t)((double)tally->target_wms / hours)).s);
	out_part(&c->out, STYLE_BOLD, " = %s",
		 format_share((double)tally->delivered_wms / (double)tally->target_wms).s);
	out_line(&c->out, tally->inside == tally->measured ? STYLE_GOOD : STYLE_BAD,
		 "; %zu of %zu measured slots within %.0f to %.0f %%", tally->inside,
		 tally->measured, (1 - band) * 100, (1 + band) * 100);
}

static void print_slots(const struct ctl *c, const Suandian__V1__EventState *e)
{
	uint32_t permille = e->event->band_permille;
	double band = (double)(permille ? permille : BAND_DEFAULT_PERMILLE) / 1000;
	struct tally tally = {0};
	struct table t;

	if (e->n_slots == 0)
		return;
	out_end(&c->out);
	table_init(&t);
	table_column(&t, ALIGN_LEFT, "slot");
	table_column(&t, ALIGN_LEFT, "%s", "");
	table_column(&t, ALIGN_RIGHT, "baseline");
	table_column(&t, ALIGN_RIGHT, "target");
	table_column(&t, ALIGN_RIGHT, "planned");
	table_column(&t, ALIGN_RIGHT, "metered");
	table_column(&t, ALIGN_RIGHT, "delivered");
	table_column(&t, ALIGN_RIGHT, "of target");
	table_column(&t, ALIGN_LEFT, "0 %%       50 %%      100 %%     150 %%");
	for (size_t i = 0; i < e->n_slots; i++)
		add_slot(&t, c, e->slots[i], band, &tally);
	table_print(&t, &c->out, 2);
	table_fini(&t);
	print_tally(c, &tally, band);
}

void eventview_print(const struct ctl *c, const Suandian__V1__EventState *e)
{
	print_what(c, e);
	print_terms(c, e);
	print_moves(c, e);
	print_slots(c, e);
}
