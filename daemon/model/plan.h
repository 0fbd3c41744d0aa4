/* A plan as published: integer watts per slot that balance to 0 W, with what it cost, stood on, gave way on.
 * Arena-owned, immutable once made. Pure. */
#pragma once

#include "base/arena.h"
#include "base/sha256.h"
#include "model/site.h"

enum plan_status { PLAN_STATUS_NONE, PLAN_OPTIMAL, PLAN_SHIFTED };

struct plan_asset {
	char asset[ID_MAX * 2]; /* "site/asset" */
	enum asset_kind kind;
	int64_t *
		power_w; /* [n] mean per slot at the PCC side (queues: PUE included), passive sign */
	int64_t *
		level; /* [n] end of slot: Wh, device-seconds of backlog, 1/1000 °C of cooling; NULL for sources
			 * and load */
	int64_t *available_w; /* [n] sources: forecast as magnitude; NULL otherwise */
};

struct plan_relaxation {
	char limit[ID_MAX];
	int64_t start_ms;
	int64_t amount;
	const char *unit; /* "W", "Wh", "device_s", "m°C": static strings */
	int64_t cost_e4;
};

struct plan_source {
	char input[ID_MAX];
	char source[TEXT_MAX_B];
	enum quality quality;
};

/* A limit that binds in a slot, with its shadow price; for Explain. */
struct plan_binding {
	uint32_t slot;
	char limit
		[ID_MAX]; /* "import_max", "storage[bess].discharge_max", "event:…", "contracted_demand" */
	int64_t value;
	const char *unit;
	int64_t shadow_price_e4;
};

/* Work that leaves (or reaches) a queue of this site in a slot, over a link. */
struct plan_move {
	uint32_t slot;
	char link[ID_MAX];
	char queue[ID_MAX];	/* of this site */
	char other[ID_MAX * 2]; /* "site/queue" at the other end */
	bool out;		/* leaves this site */
	int64_t work_ds;
};

struct plan {
	uint64_t id;
	char site[ID_MAX];
	int64_t created_ms;
	enum plan_status status;
	char solver[TEXT_MAX_B];
	uint8_t snapshot_hash[SHA256_LEN]; /* of the encoded input */
	uint8_t plan_hash[SHA256_LEN];	   /* of plan_hash_compute() */
	int64_t cost_e4; /* money of the horizon: energy, demand, events; no tie-breaks, wear, penalties */
	int64_t objective_e4; /* all of it; of the whole region where sites were planned together */
	int64_t co2_g;	      /* of the horizon's imports */
	double gap, residual;
	uint64_t iterations;
	uint32_t n; /* slots */
	int64_t *start_ms;
	int64_t *duration_ms;
	int64_t *pcc_w, *load_w, *unserved_w;
	int64_t *price_buy_e4, *price_sell_e4, *marginal_price_e4;
	uint32_t n_assets;
	struct plan_asset *assets;
	uint32_t n_relaxations;
	struct plan_relaxation *relaxations;
	uint32_t n_sources;
	struct plan_source *sources;
	uint32_t n_bindings;
	struct plan_binding *bindings;
	uint32_t n_events;
	char (*events)[ID_MAX]; /* correlation ids */
	int64_t *carbon_g;	/* [n] g per kWh imported; NULL: not known */
	uint32_t n_moves;
	struct plan_move *moves; /* ascending by slot */
	uint64_t
		region_id; /* plans of one run have the same: the id of the first of them; its key of the snapshot */
	uint64_t *slot_plan_id; /* composed records only, else NULL */
};

/* pcc = load + Σ assets (− unserved) in every slot, to the watt; returns the worst |difference| in W. */
int64_t plan_imbalance_w(const struct plan *p);
/* Index of the slot containing t, or −1. */
int plan_slot_at(const struct plan *p, int64_t t_ms);
const struct plan_asset *plan_find_asset(const struct plan *p, const char *asset);
/* Deterministic hash over everything but id, created_ms and the hashes themselves: same input, same bytes. */
void plan_hash_compute(const struct plan *p, uint8_t ret[SHA256_LEN]);
/* Deep copy into an arena; NULL on cap. */
struct plan *plan_clone(const struct plan *p, struct arena *a);
