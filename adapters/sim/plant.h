/* The plant as it physically is: what the twin computes with. It repeats what the daemon's site file says, as a real
 * plant does, and may differ from it, as a real plant does. Plain data. Passive sign; W, Wh, ms, ppm. */
#pragma once

#include "base/base.h"

#define PLANT_ID_MAX 64
#define PLANT_MAX 8	       /* of each kind of asset */
#define PLANT_MAX_SEGMENTS 4   /* of a power–throughput curve */
#define PLANT_FEEDER_ASSETS 16 /* of a feeder */

struct plant_pcc {
	int64_t import_max_w, export_max_w; /* physical */
	int64_t contracted_w;		    /* on the mean of a slot; 0 = none */
	int64_t over_price_e4;		    /* per kWh above it */
	int64_t demand_price_e4; /* per kW of the highest slot mean, for the month of the run */
};

struct plant_load {
	char id[PLANT_ID_MAX];
	int64_t capacity_w; /* IT power of load and queues together */
	int64_t floor_w;
	int64_t pue_ppm;
};

enum plant_source { SOURCE_PV, SOURCE_WIND, SOURCE_HYDRO };

struct plant_gen {
	char id[PLANT_ID_MAX];
	enum plant_source source;
	int64_t capacity_w;
	int64_t price_e4; /* per kWh taken: a purchase behind the meter; 0 = own */
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
	int64_t late_price_e4;	       /* per kWh-equivalent and hour late */
	int64_t transfer_bytes_per_ds; /* data that moves with a device-second of work */
	/* Concave power–throughput curve from (0, 0), shares of full speed, the last (1, 1); 0 = linear. */
	int n_segments;
	struct plant_segment {
		int64_t power_ppm, work_ppm;
	} segments[PLANT_MAX_SEGMENTS];
	/* Checkpoints of named jobs: every so much of running, taking so long at this share of their power. */
	int64_t checkpoint_every_ms, checkpoint_ms, checkpoint_power_ppm;
	bool pause_hard; /* a pause does not wait for a checkpoint */
};

/* Heat of all IT power warms a lumped capacity, cooling moves it out:
 * heat_wh_per_k · dT = (IT power − COP(outdoor) · cooling power) · dt, COP = cop − slope · max(0, outdoor − 20 °C). */
struct plant_cooling {
	char id[PLANT_ID_MAX];
	int64_t power_max_w; /* electric */
	int64_t cop_ppm, cop_slope_ppm_per_k;
	int64_t heat_wh_per_k;
	double temp_min_c, temp_max_c; /* the plant's own protection keeps it in there */
	double temp_set_c;	       /* of its own thermostat, and at the beginning */
	int64_t over_temp_price_e4;    /* per K above the band and hour */
};

enum plant_kind { KIND_NONE, KIND_LOAD, KIND_GEN, KIND_STORAGE, KIND_QUEUE, KIND_COOLING };

struct plant_feeder {
	char id[PLANT_ID_MAX];
	char parent[PLANT_ID_MAX]; /* "" = the PCC */
	int64_t import_max_w, export_max_w;
	int n_assets;
	char assets[PLANT_FEEDER_ASSETS][PLANT_ID_MAX];
	/* plant_resolve() */
	int up; /* index of parent, −1 */
	struct plant_ref {
		enum plant_kind kind;
		int index;
	} ref[PLANT_FEEDER_ASSETS];
};

struct plant {
	char site[PLANT_ID_MAX];
	struct plant_pcc pcc;
	struct plant_load load;
	int n_gen, n_storage, n_queues, n_cooling, n_feeders;
	struct plant_gen gen[PLANT_MAX];
	struct plant_storage storage[PLANT_MAX];
	struct plant_queue queues[PLANT_MAX];
	struct plant_cooling cooling[PLANT_MAX];
	struct plant_feeder feeders[PLANT_MAX];
};

/* The asset of that id; KIND_NONE. */
struct plant_ref plant_find(const struct plant *p, const char *id);
/* Of the asset, NULL if there is none. */
const char *plant_id(const struct plant *p, struct plant_ref at);
/* Names in feeders become indices. NULL, or the name of what is not there (or hangs on itself). */
const char *plant_resolve(struct plant *p);

/* At the PCC side. */
static inline int64_t plant_with_pue(const struct plant *p, int64_t it_w)
{
	return (it_w * p->load.pue_ppm + 500000) / 1000000;
}
