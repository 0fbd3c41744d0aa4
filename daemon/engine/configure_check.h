/* Inside of configure: what only makes sense in the light of the domain, or of several files together. */
#pragma once

#include "engine/configure_parts.h"

/* Adds a fault for everything that is wrong, at the place in the YAML that it is about. A site, tariff or rule that
 * the schema has faulted already is left in peace: its other faults would be made of defaults. Sets the zones of
 * sites; main thread only. */
void configure_check(struct configure_parts *parts, struct fault_list *faults);
