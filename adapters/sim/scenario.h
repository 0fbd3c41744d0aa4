/* What a run is made of, as sim.yaml says it: the plants, their series, how telemetry blurs and fails, what is pushed, and
 * what joins the plants. The keys are explained in sim.yaml itself and in suandian-sim(8). Plain data. */
#pragma once

#include "base/slot.h"
#include "sim/plant.h"
#include "sim/spec.h"

struct scenario_gen {
	struct plant_gen plant;
	struct series_spec available; /* W, magnitude */
};

enum jobs_kind {
	JOBS_NONE,   /* work has no names: `arrivals` says how much comes */
	JOBS_RANDOM, /* from the seed */
	JOBS_CSV,    /* columns arrival_s, duration_s, units */
};

#define JOBS_TIERS 4

struct jobs_spec {
	enum jobs_kind kind;
	char path[SPEC_PATH_B]; /* relative to the file that names it */
	int64_t start_ms,
		cycle_ms; /* the run begins so far into the trace; which begins again after so long, 0 = never */
	int64_t spread_ms; /* arrivals move by up to this much, to and fro, by the seed */
	int64_t slack_ms; /* 0 = the queue's; a job is due its duration after this at the earliest */
	double devices_per_unit;
	int64_t devices_max;
	int64_t duration_min_ms, duration_max_ms; /* shorter and longer ones are cut to these */
	double per_hour;			  /* random: in the busiest hour */
	double duration_h, devices;		  /* random: medians */
	double share[JOBS_TIERS];		  /* of jobs by tier, F0 … F3; none = all F1 */
	int n_share;
};

struct scenario_queue {
	struct plant_queue plant;
	struct series_spec
		arrivals; /* devices: device-seconds per second; of jobs: its forecast only */
	struct jobs_spec jobs;
};

struct telemetry {
	double power_noise; /* relative, one standard deviation */
	double soc_noise;   /* of the capacity */
};

struct curves {
	int64_t step_ms, horizon_ms, period_ms;
};

enum fault_kind {
	FAULT_FROZEN, /* the point says what it said when it began */
	FAULT_STALE,  /* the point says nothing */
	FAULT_WRONG, /* the point is off by `size` (relative); what is right comes late, after the end */
	FAULT_ADAPTER, /* the site's adapter is dead; the plant goes on, leases end */
};

struct scenario_fault {
	enum fault_kind kind;
	char point[160];	  /* frozen, stale, wrong: without the site */
	int64_t after_ms, for_ms; /* from the beginning of the run */
	double size;
};

#define SCENARIO_FAULTS_MAX 16

struct scenario {
	char zone_name[SPEC_TEXT_B];
	const struct zone *zone;
	struct plant plant;
	int n_pv, n_wind, n_hydro, n_queues, n_faults;
	struct scenario_gen pv[PLANT_MAX], wind[PLANT_MAX], hydro[PLANT_MAX];
	struct scenario_gen gen[PLANT_MAX]; /* of all of them: as many as the plant has */
	struct scenario_queue queues[PLANT_MAX];
	struct series_spec load; /* IT watts, not deferrable */
	struct series_spec buy, sell;
	struct series_spec temperature, carbon;
	char carbon_point[160]; /* full name; "" = the site's own */
	struct telemetry telemetry;
	struct curves curves;
	struct scenario_fault faults[SCENARIO_FAULTS_MAX];
};

/* ---- Several sites -------------------------------------------------------------------------------------- */

#define SCENARIO_SITES_MAX 4
#define SCENARIO_SECTIONS_MAX 4
#define SCENARIO_LINKS_MAX 8

/* What sites share with others: Σ imports + the others' load stays below. */
struct scenario_section {
	char id[PLANT_ID_MAX];
	int64_t import_max_w;
	int64_t over_price_e4; /* per kWh above it, in the region's costs */
	int n_sites;
	char sites[SCENARIO_SITES_MAX][PLANT_ID_MAX];
	char point[160]; /* the others' load is told as this point; "" = not told */
	struct series_spec background;
	uint32_t members; /* bit i: site i; scenario_load() */
};

struct scenario_link {
	char id[PLANT_ID_MAX];
	char from[PLANT_ID_MAX], to[PLANT_ID_MAX]; /* sites */
	double gbit_per_s;
	int64_t delay_ms;
	int64_t price_e4_per_gb; /* of 1e9 bytes */
	int64_t energy_wh_per_gb;
	int from_site, to_site; /* scenario_load() */
};

struct scenario_set {
	int n_sites, n_sections, n_links;
	struct scenario sites[SCENARIO_SITES_MAX];
	struct scenario_section sections[SCENARIO_SECTIONS_MAX];
	struct scenario_link links[SCENARIO_LINKS_MAX];
};
