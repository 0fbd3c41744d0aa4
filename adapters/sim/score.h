/* What a run came to, from the truth of a twin: money, limits, work, carbon; and the means of every quarter hour. Sums
 * are exact integers until they are shown. Owner's thread.
 *
 * The total of a policy = energy bought less sold + purchases behind the meter + the run's share
 * of the month's demand charge (by its days, of 30) + over-contract + wear + late work − worth of what is left in storage beyond the
 * start + worth of energy that the work still waiting will take beyond the start. Both are valued at the mean buying
 * price of the run; storage after its discharge losses, work with the PUE. */
#pragma once

#include "base/slot.h"
#include "sim/twin.h"

struct score_prices {
	int64_t buy_e4, sell_e4;
	double carbon_g_kwh; /* 0 = none */
};

struct score_slot {
	int64_t start_ms, covered_ms;
	/* Σ W·ms, passive sign */
	int64_t pcc_wms, load_wms, load_it_wms, gen_wms, available_wms, queue_wms, queue_it_wms;
	int64_t storage_wms[PLANT_MAX], cooling_wms, feeder_wms[PLANT_MAX];
	int64_t gen_kind_wms[SOURCE_HYDRO + 1]; /* by source */
	/* at its end */
	int64_t soc_mj[PLANT_MAX], backlog_dms;
	double temp_c[PLANT_MAX];
	int64_t buy_e4, sell_e4;
};

/* A limit that the truth broke, over neighbouring steps. */
struct score_breach {
	char limit
		[2 *
		 PLANT_ID_MAX]; /* "pcc.import_max", "storage[bess].soc_min", "feeder[f1].import_max" … */
	int64_t from_ms, to_ms;
	int64_t amount; /* worst, beyond the limit */
	const char *unit;
	bool hard;
};
#define SCORE_BREACHES_MAX 64

struct score {
	const struct plant *plant;
	size_t n_slots, size;
	struct score_slot *slots; /* malloc'ed */
	int n_breaches, n_breaches_dropped;
	struct score_breach breaches[SCORE_BREACHES_MAX];
	int64_t start_soc_mj[PLANT_MAX], start_backlog_dms[PLANT_MAX];
	int64_t end_soc_mj[PLANT_MAX], end_backlog_dms[PLANT_MAX];
	__int128 bought, sold; /* W·ms × 1e-4 CNY/kWh */
	__int128 purchased;    /* behind the meter */
	__int128 wear;
	__int128 late;
	int64_t import_mj, export_mj, curtailed_mj, cooling_mj, done_dms, late_dms, lost_dms;
	int64_t n_jobs_late;
	double carbon_g;
	double price_sum; /* Σ buy × ms */
	int64_t covered_ms;
	int64_t peak_w;
};

/* `plant` is borrowed; the twin stands at the beginning of the run. */
void score_init(struct score *s, const struct twin *start);
void score_fini(struct score *s);
/* One step; the twin stands at its end. 0 or -ENOMEM. */
int score_add(struct score *s, const struct twin_row *row, const struct twin *after,
	      const struct score_prices *prices);
/* The highest mean import of a slot that is over, 0 before there is one. */
int64_t score_peak_w(const struct score *s);
/* The run is over: judges the contract of the last slot. */
void score_finish(struct score *s);

/* All money 1e-4 CNY. */
struct score_result {
	int64_t energy_e4, purchase_e4, demand_e4 /* of a month */, demand_share_e4, over_e4,
		wear_e4, late_e4, soc_value_e4, backlog_value_e4, total_e4;
	int64_t import_wh, export_wh, curtailed_wh, cooling_wh;
	int64_t peak_w; /* highest mean import of a slot */
	int64_t peak_ms;
	int64_t done_ds, late_ds, lost_ds, backlog_ds;
	int64_t jobs_late;
	int64_t soc_wh; /* of all storage */
	int64_t carbon_kg;
	int64_t mean_price_e4;
	bool hard_breach;
};
struct score_result score_result(const struct score *s);

/* Σ W·ms of a slot to its mean in W, halves away from zero. */
int64_t score_mean_w(int64_t wms, const struct score_slot *slot);
