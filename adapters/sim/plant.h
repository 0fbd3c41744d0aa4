/* The plant as it physically is: what the twin computes with. It repeats what the daemon's site file says, as a real
 * plant does, and may differ from it, as a real plant does. Plain data. Passive sign; W, Wh, ms, ppm. */
#pragma once

#include "base/base.h"

#define PLANT_ID_MAX 64
#define PLANT_MAX 4 /* of each kind of asset */

struct plant_pcc {
	int64_t import_max_w, export_max_w; /* physical */
	int64_t contracted_w;		    /* on the mean of a slot; 0 = none */
	int64_t over_price_e4;		    /* per kWh above it */
};

struct plant_load {
	char id[PLANT_ID_MAX];
	int64_t capacity_w; /* IT power of load and queues together */
	int64_t floor_w;
	int64_t pue_ppm;
};

struct plant_pv {
	char id[PLANT_ID_MAX];
	int64_t capacity_w;
};

struct plant_storage {
	char id[PLANT_ID_MAX];
	int64_t energy_wh; /* scale of the levels */
	int64_t charge_max_w, discharge_max_w;
	int64_t eta_charge_ppm, eta_discharge_ppm;
	int64_t retention_ppm_per_h;
	int64_t soc_min_wh, soc_max_wh, soc_start_wh;
	int64_t wear_price_e4; /* per kWh discharged */
	bool idle; /* not used by the price-threshold policy: kept for its own purpose */
};

struct plant_queue {
	char id[PLANT_ID_MAX];
	int64_t devices, device_power_w;
	int64_t power_min_w; /* IT watts it never goes below while there is work */
	int64_t slack_ms;
	int64_t late_price_e4; /* per kWh-equivalent and hour late */
};

struct plant {
	char site[PLANT_ID_MAX];
	struct plant_pcc pcc;
	struct plant_load load;
	int n_pv, n_storage, n_queues;
	struct plant_pv pv[PLANT_MAX];
	struct plant_storage storage[PLANT_MAX];
	struct plant_queue queues[PLANT_MAX];
};

/* At the PCC side. */
static inline int64_t plant_with_pue(const struct plant *p, int64_t it_w)
{
	return (it_w * p->load.pue_ppm + 500000) / 1000000;
}
