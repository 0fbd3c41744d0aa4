/* What the fake engine foretells. */
#pragma once

#include "engine/engine.h"

struct fake_forecast {
	int step_rc; /* of each step; 0 = goes on as usual */
	int open;    /* backtests that are not closed */
};
extern struct fake_forecast fake_forecast;
