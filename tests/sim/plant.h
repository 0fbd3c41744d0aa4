/* A small plant: sun, load, price, one battery, one UPS, one queue, as the site hongyuan has them. It obeys decisions
 * to the end of their lease and their fallbacks after it. Deterministic from its seed. */
#pragma once

#include "model/decision.h"
#include "model/site.h"
#include "testlib/rng.h"

enum plant_point {
	PLANT_PCC,
	PLANT_PV,
	PLANT_LOAD,
	PLANT_BESS_SOC,
	PLANT_BESS_POWER,
	PLANT_UPS_SOC,
	PLANT_UPS_POWER,
	PLANT_BACKLOG,
	PLANT_QUEUE_POWER,
	PLANT_ARRIVALS,
	PLANT_POINTS,
};

struct plant_lease {
	bool any;
	struct decision d;
};

struct plant {
	const struct site *site;
	uint64_t seed;
	int64_t now_ms;
	double soc_wh[2]; /* by storage */
	double backlog_ds;
	struct plant_lease storage[2], pv, queue;
	double value[PLANT_POINTS];	   /* of the last step */
	double import_max_w, export_max_w; /* worst seen at the PCC, magnitudes */
};

void plant_init(struct plant *p, const struct site *site, int64_t start_ms, uint64_t seed);
/* What the points are called and are. */
void plant_declare(const struct plant *p, int64_t period_ms, struct point_decl ret[PLANT_POINTS]);
void plant_step(struct plant *p, int64_t to_ms);
/* False: not an asset of this plant. */
bool plant_obey(struct plant *p, const struct decision *d);
/* What the sun, load and arrivals will be, without noise; for curves. Passive sign. */
double plant_foresee(const struct plant *p, enum plant_point point, int64_t t_ms);
