/* The input of one planning run: everything the optimiser may know, and nothing else. Immutable once built,
 * owned by one arena, so that a worker thread can solve it while the engine goes on; its encoding is stored with
 * each adopted plan, so that any plan can be solved again to the same bytes. Pure. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/event.h"
#include "model/plan.h"
#include "model/site.h"

#define PLAN_MAX_STEPS 768
#define PLAN_MAX_EVENTS 8
#define PLAN_MAX_DEMANDS 4
#define PLAN_INPUT_VERSION 3	 /* 3: regions: cooling, feeders, rations, windows, carbon */
#define PLAN_INPUT_VERSION_OLD 2 /* still read, and written again as it was: older ledgers */

/* An event as the optimiser sees it: a two-sided band for the net load at the PCC in some steps. */
struct plan_event {
	char correlation_id[ID_MAX];
	enum direction direction;
	int64_t penalty_price_e4; /* per kWh short of the target */
	int64_t surplus_price_e4; /* per kWh beyond the band */
	int64_t pay_price_e4;	  /* per kWh delivered, up to the target */
	/* what the programme bills and pays, for the plan's cost; the two above may be weighed down to keep an event
	 * below the rungs of the ladder that it must not buy */
	int64_t penalty_bill_e4, pay_bill_e4;
	bool *active;		 /* [n] */
	int64_t *target_pcc_w;	 /* [n] UP: net load at most this; DN: at least this */
	int64_t *band_pcc_w;	 /* [n] UP: net load not below this (surplus); DN: not above */
	int64_t *baseline_pcc_w; /* [n] for the pay term */
};

/* Priced ladder in 1e-4 CNY per kWh; each rung well above the one below. */
struct plan_prices {
	int64_t tie_break_e4; /* earliest first */
	int64_t unserved_e4;
	int64_t reserve_e4;	/* battery below its reserve */
	int64_t ups_reserve_e4; /* UPS below its reserve */
	int64_t overload_e4;	/* PCC beyond physical limits */
};

/* A charge on the highest mean import of the billing period, in the steps of its window. Pure money. */
struct plan_demand {
	char id[ID_MAX];
	int64_t price_e4;    /* per kW of the period's peak above incumbent */
	int64_t incumbent_w; /* peak of the billing period so far */
	bool *in_window;     /* [n] */
};

/* A bound that an operator's override (or a committed start) sets per step; NULL = none.
 * lo ≤ power ≤ hi in W, passive sign, at the PCC side as published. What is impossible is clipped, with a note. */
struct plan_window {
	int64_t *lo_w, *hi_w; /* [n]; INT64_MIN, INT64_MAX = open */
};

struct plan_input {
	uint32_t
		version; /* of the bytes it was read from; 0 = PLAN_INPUT_VERSION. OLD has none of the new fields */
	char site[ID_MAX];
	int64_t now_ms;
	uint32_t n; /* steps, contiguous, ascending; the first begins at or before now */
	int64_t *start_ms, *duration_ms;
	/* Slots are published up to here, in whole steps; what lies beyond is only looked at. 0 = all. */
	int64_t publish_until_ms;
	/* static parameters, as configured at the time */
	struct pcc pcc;
	struct it_load load;
	int n_generators, n_storage, n_queues;
	struct generator generators[SITE_MAX_GENERATORS];
	struct storage storage[SITE_MAX_STORAGE];
	struct queue queues[SITE_MAX_QUEUES];
	struct plan_prices prices;
	struct carbon carbon;
	int n_cooling, n_feeders, n_rations, n_demands;
	struct cooling cooling[SITE_MAX_COOLING];
	struct feeder feeders[SITE_MAX_FEEDERS];
	struct plan_demand demands[PLAN_MAX_DEMANDS];
	/* Each day with a ration: the steps [first, end) of it that lie ahead, and what is left of it for them. */
	struct plan_ration {
		uint32_t first, end;
		int64_t left_wh;
	} rations[SITE_MAX_RATIONS];
	/* measured state; may lie outside any limit: that is legal input */
	int64_t soc_wh[SITE_MAX_STORAGE];
	bool storage_out[SITE_MAX_STORAGE]; /* not available: power fixed at 0 */
	int64_t backlog_ds[SITE_MAX_QUEUES];
	int64_t temp_mc[SITE_MAX_COOLING]; /* supply temperature, 1/1000 °C */
	bool cooling_out
		[SITE_MAX_COOLING]; /* not planned with: its power counts as its share of the load */
	/* what operators hold */
	struct plan_window storage_window[SITE_MAX_STORAGE], queue_window[SITE_MAX_QUEUES],
		generator_window[SITE_MAX_GENERATORS], cooling_window[SITE_MAX_COOLING];
	/* value of what is left at the end of the horizon, from a longer view; has_…false: the built-in rule */
	bool has_terminal;
	int64_t terminal_soc_e4[SITE_MAX_STORAGE]; /* per kWh in store */
	int64_t terminal_work_e4[SITE_MAX_QUEUES]; /* per kWh-equivalent not done */
	/* forecasts per step */
	int64_t *price_buy_e4, *price_sell_e4;
	int64_t *carbon_g;			   /* g CO2 per kWh imported; NULL: nobody knows */
	int64_t *outdoor_mc;			   /* outdoor temperature, 1/1000 °C; NULL: mild */
	int64_t *load_it_w;			   /* not deferrable, IT watts */
	int64_t *generator_w[SITE_MAX_GENERATORS]; /* available, magnitude */
	int64_t *arrivals_ds[SITE_MAX_QUEUES];	   /* new work in the step */
	int64_t *due_ds
		[SITE_MAX_QUEUES]; /* of the present backlog, cumulative: due by the step's end */
	int n_events;
	struct plan_event events[PLAN_MAX_EVENTS];
	uint32_t n_sources;
	struct plan_source *sources; /* where each input came from; copied into the plan */
};

/* Allocates the per-step arrays for n steps (all zero) and fills n, start and duration. How many series there are
 * says in->n_generators, n_storage, n_queues, which the caller has set; the rest of *in is left alone. ERR_FULL beyond
 * PLAN_MAX_STEPS, -ENOMEM at the arena's cap. */
int plan_input_init(struct plan_input *in, struct arena *a, uint32_t n, const int64_t *start_ms,
		    const int64_t *duration_ms);

/* A grid that coarsens: until when steps are of 15, 30, 60 and 180 minutes, as UTC; each at least as late as the one
 * before, or 0: that length is not used. A longer step begins only where `midnight_ms` (any local midnight) plus a
 * multiple of its length lies, so that local days are whole steps; until there the next shorter one goes on. */
struct plan_grid {
	int64_t quarter_ms, half_ms, hour_ms, tail_ms;
	int64_t midnight_ms;
};

/* Steps from the slot containing now up to at least the last of the four. Writes at most cap entries; returns the
 * number, at least 1, or ERR_FULL. */
int plan_grid(int64_t now_ms, const struct plan_grid *g, uint32_t cap, int64_t *ret_start,
	      int64_t *ret_duration);

/* Canonical bytes (versioned, little endian, fixed order) and back. decode checks every length; ERR_MALFORMED,
 * ERR_VERSION. encode(decode(x)) == x. */
int plan_input_encode(const struct plan_input *in, struct buf *out);
int plan_input_decode(const uint8_t *p, size_t n, struct arena *a, struct plan_input **ret);
