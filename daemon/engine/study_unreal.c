#include "engine/study_unreal.h"

#include <stdio.h>
#include <string.h>

#include "engine/bands.h"
#include "engine/state.h"

#define CORRELATION "what-if"
#define SPAN_MAX_MS (3 * MS_PER_DAY) /* from now to the end of the span */
#define FACTOR_MAX_PPM (1000 * PPM)
#define SHIFT_MAX_E4 INT64_C(10000000)
#define PRICE_MAX_E4 INT64_C(10000000000) /* as of real events */
#define TARGET_MAX_W INT64_C(1000000000000)

/* ---- which asset ---- */

struct found {
	enum asset_kind kind;
	int index;
};

/* Where the input has it: the configuration may be another one by the time the answer is made. */
static bool find_asset(const struct plan_input *in, const char *id, struct found *ret)
{
	for (int i = 0; i < in->n_storage; i++) {
		if (strcmp(in->storage[i].id, id) == 0) {
			*ret = (struct found){ASSET_BATTERY, i};
			return true;
		}
	}
	for (int i = 0; i < in->n_generators; i++) {
		if (strcmp(in->generators[i].id, id) == 0) {
			*ret = (struct found){ASSET_PV, i};
			return true;
		}
	}
	for (int i = 0; i < in->n_queues; i++) {
		if (strcmp(in->queues[i].id, id) == 0) {
			*ret = (struct found){ASSET_QUEUE, i};
			return true;
		}
	}
	for (int i = 0; i < in->n_cooling; i++) {
		if (strcmp(in->cooling[i].id, id) == 0) {
			*ret = (struct found){ASSET_COOLING, i};
			return true;
		}
	}
	return false;
}

int study_unreal_find(const struct whatif_question *q, const struct plan_input *in, struct fault *f)
{
	struct found found;

	if (q->kind != WHATIF_OUTAGE || find_asset(in, q->asset, &found))
		return 0;
	return fault_set(f, ERR_NOTFOUND, "%s has no asset %s that could be away", in->site,
			 q->asset);
}

static int check_event(const struct whatif_question *q, struct fault *f)
{
	if (q->direction == DIRECTION_NONE || q->target_w < 0 || q->target_w > TARGET_MAX_W ||
	    q->ramp_ms < 0 || q->ramp_ms > MS_PER_DAY)
		return fault_set(f, ERR_INVALID,
				 "an event needs a direction, and a target and a ramp that are "
				 "not negative");
	if (q->pay_price_e4 < 0 || q->pay_price_e4 > PRICE_MAX_E4 || q->penalty_price_e4 < 0 ||
	    q->penalty_price_e4 > PRICE_MAX_E4)
		return fault_set(f, ERR_INVALID, "pay and penalty are 0 to a million CNY per kWh");
	return 0;
}

int study_unreal_check(const struct engine *e, const struct whatif_question *q, struct fault *f)
{
	int64_t now = e->clock.now_ms;

	if (q->from_ms >= q->to_ms)
		return fault_set(f, ERR_INVALID, "the span ends before it begins");
	if (q->to_ms <= now || q->to_ms - now > SPAN_MAX_MS)
		return fault_set(f, ERR_INVALID, "the span must end within three days from now");
	switch (q->kind) {
	case WHATIF_EVENT:
		return check_event(q, f);
	case WHATIF_OUTAGE:
		break;
	case WHATIF_PRICE:
		if (q->factor_ppm < 0 || q->factor_ppm > FACTOR_MAX_PPM ||
		    q->shift_e4 > SHIFT_MAX_E4 || q->shift_e4 < -SHIFT_MAX_E4)
			return fault_set(f, ERR_INVALID,
					 "the factor is 0 to 1000, the shift at "
					 "most 1000 CNY/kWh either way");
		break;
	}
	return 0;
}

/* ---- changes ---- */

/* A step is in the span if its middle is. */
static bool is_in(const struct whatif_question *q, const struct plan_input *in, uint32_t i)
{
	int64_t middle = in->start_ms[i] + in->duration_ms[i] / 2;

	return middle >= q->from_ms && middle < q->to_ms;
}

static void change_price(const struct whatif_question *q, struct plan_input *in)
{
	for (uint32_t i = 0; i < in->n; i++) {
		__int128 v = (__int128)in->price_buy_e4[i] * q->factor_ppm / PPM + q->shift_e4;

		if (is_in(q, in, i))
			in->price_buy_e4[i] =
				clamp_i64((int64_t)v, -INT64_C(1000000000), INT64_C(1000000000));
	}
}

/* Held at 0 W in the span. */
static int hold(const struct whatif_question *q, const struct plan_input *in, struct arena *a,
		struct plan_window *w)
{
	int64_t *lo = ARENA_ARRAY(a, in->n, int64_t), *hi = ARENA_ARRAY(a, in->n, int64_t);

	if (!lo || !hi)
		return -ENOMEM;
	for (uint32_t i = 0; i < in->n; i++) {
		lo[i] = w->lo_w ? w->lo_w[i] : INT64_MIN;
		hi[i] = w->hi_w ? w->hi_w[i] : INT64_MAX;
		if (is_in(q, in, i))
			lo[i] = hi[i] = 0;
	}
	*w = (struct plan_window){.lo_w = lo, .hi_w = hi};
	return 0;
}

static int take_out(const struct whatif_question *q, struct arena *a, struct plan_input *in)
{
	struct found found;

	if (!find_asset(in, q->asset, &found))
		return ERR_NOTFOUND;
	switch (found.kind) {
	case ASSET_BATTERY:
		return hold(q, in, a, &in->storage_window[found.index]);
	case ASSET_QUEUE:
		return hold(q, in, a, &in->queue_window[found.index]);
	case ASSET_COOLING:
		return hold(q, in, a, &in->cooling_window[found.index]);
	default:
		break;
	}
	for (uint32_t i = 0; i < in->n; i++) {
		if (is_in(q, in, i))
			in->generator_w[found.index][i] = 0;
	}
	return 0;
}

/* Against the plan without it, slot by slot; what is asked for is no more than could ever be had. */
static int make_event(const struct whatif_question *q, const struct plan *now,
		      const struct pcc *pcc, struct event *ev, struct fault *f)
{
	int n = 0;

	*ev = (struct event){.id = UINT64_MAX,
			     .revision = 1,
			     .direction = q->direction,
			     .target = TARGET_REDUCTION,
			     .target_w = q->target_w ? q->target_w
						     : pcc->import_max_w + pcc->export_max_w,
			     .start_ms = q->from_ms,
			     .end_ms = q->to_ms,
			     .ramp_ms = q->ramp_ms,
			     .pay_price_e4 = q->pay_price_e4,
			     .penalty_price_e4 = q->penalty_price_e4};
	snprintf(ev->correlation_id, sizeof(ev->correlation_id), CORRELATION);
	if (event_make_slots(ev, q->to_ms))
		return fault_set(f, ERR_INVALID, "an event of so many slots");
	for (int i = 0; i < ev->n_slots; i++) {
		int k = plan_slot_at(now, ev->slots[i].start_ms);

		if (k < 0)
			continue;
		ev->slots[n] = ev->slots[i];
		ev->slots[n++].baseline_w = now->pcc_w[k];
	}
	ev->n_slots = n;
	return 0;
}

/* Nobody is fined for what was not asked for: where the target is open, only what is delivered counts. */
static void price_event(const struct whatif_question *q, struct plan_input *in)
{
	for (int i = 0; i < in->n_events; i++) {
		struct plan_event *pe = &in->events[i];

		if (strcmp(pe->correlation_id, CORRELATION) != 0)
			continue;
		pe->pay_bill_e4 = q->pay_price_e4;
		if (q->target_w == 0 || q->penalty_price_e4 == 0)
			pe->penalty_bill_e4 = 0;
	}
}

static const struct site_state *state_of(const struct engine *e, const char *site)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		if (strcmp(e->sites[i].site->id, site) == 0)
			return &e->sites[i];
	}
	return NULL;
}

int study_unreal_apply(struct engine *e, const struct whatif_question *q, const struct plan *now,
		       struct arena *a, struct plan_input *in, struct fault *f)
{
	const struct site_state *ss = state_of(e, q->site);
	struct event ev;
	int r;

	if (!ss)
		return fault_set(f, ERR_NOTFOUND, "there is no site %s any more", q->site);
	switch (q->kind) {
	case WHATIF_EVENT:
		r = make_event(q, now, &in->pcc, &ev, f);
		if (r == 0)
			r = bands_fill(e, ss, &ev, a, in);
		price_event(q, in);
		return r;
	case WHATIF_OUTAGE:
		return take_out(q, a, in);
	case WHATIF_PRICE:
		change_price(q, in);
		return 0;
	}
	return 0;
}
