/* The keys of sim.yaml: of one site, and of several. Static data; for scenario_load.c and the check of the manual page. */
#pragma once

#include "config/schema.h"

extern const struct schema scenario_schema[]; /* struct scenario */
extern const struct schema
	scenario_set_schema[];		     /* struct scenario_set, where the file has `sites` */
extern const struct schema series_members[]; /* struct series_spec */
