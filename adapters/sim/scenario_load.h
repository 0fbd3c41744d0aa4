/* Reading sim.yaml: form by scenario_schema.h, meaning here. Main thread only (zones). */
#pragma once

#include "config/faults.h"
#include "sim/scenario.h"

/* Reads and checks the file, of one site or of several (`sites`). 0 with *ret (free() it), or an error with every fault in `faults`, sorted. */
int scenario_load(const char *path, struct scenario_set **ret, struct fault_list *faults);
