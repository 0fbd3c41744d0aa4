/* The keys of sim.yaml. Static data; for scenario_load.c and the check of the manual page. */
#pragma once

#include "config/schema.h"

extern const struct schema scenario_schema[];
