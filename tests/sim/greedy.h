/* A planner for simulations of weeks: cheap, simple-minded, legal. It charges in cheap slots, discharges in dear ones
 * and for events, runs the queue whenever it may, and balances to the watt. */
#pragma once

#include "engine/world.h"

int greedy_solve(struct solve_job *job);
