/* What a run is made of, as sim.yaml says it: the plant, its series, how telemetry blurs, what is pushed. The keys are
 * explained in sim.yaml itself and in suandian-sim(8). Plain data. */
#pragma once

#include "base/slot.h"
#include "sim/plant.h"
#include "sim/spec.h"

struct scenario_pv {
	struct plant_pv plant;
	struct series_spec available; /* W, magnitude */
};

struct scenario_queue {
	struct plant_queue plant;
	struct series_spec arrivals; /* devices: device-seconds per second */
};

struct telemetry {
	double power_noise; /* relative, one standard deviation */
	double soc_noise;   /* of the capacity */
};

struct curves {
	int64_t step_ms, horizon_ms, period_ms;
};

struct scenario {
	char zone_name[SPEC_TEXT_B];
	const struct zone *zone;
	struct plant plant;
	int n_pv, n_queues;
	struct scenario_pv pv[PLANT_MAX];
	struct scenario_queue queues[PLANT_MAX];
	struct series_spec load; /* IT watts, not deferrable */
	struct series_spec buy, sell;
	struct series_spec temperature, carbon;
	struct telemetry telemetry;
	struct curves curves;
};
