/* The example site as an adapter sees it: its points, plausible values and forecasts. */
#pragma once

#include "testdaemon/link.h"

/* Points of hongyuan, in the order they are declared. */
enum site_point {
	PCC_POWER,
	IT_POWER,
	PV1_POWER,
	BESS_SOC,
	BESS_POWER,
	UPS_SOC,
	UPS_POWER,
	BATCH_BACKLOG,
	BATCH_POWER,
	BATCH_ARRIVALS,
	BATCH_DUE,
	TEMPERATURE,
	SITE_POINTS,
};

/* Declares them on an adapter's link and waits for their numbers. */
void site_declare(struct link *l);
uint32_t site_point(const struct link *l, enum site_point p);
/* One sample of each at t, a quiet night's values; not flushed. */
void site_push(struct link *l, int64_t t_ms);
/* Forecasts of load, sun and arrivals from t on for 48 h, on disk when it returns. */
void site_push_curves(struct link *l, int64_t t_ms);
