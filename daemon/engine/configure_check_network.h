/* Inside of configure: what joins sites, of all files together. */
#pragma once

#include "engine/configure_item.h"

/* Only if the schema found no fault and no file is missing: with half the sites most of it would seem wrong. */
void configure_check_network(struct configure_checker *c, struct arena *a);

/* One network of those of all files. False if there are more limits or links than fit; *ret has those that do. */
bool configure_merge_network(const struct configure_parts *parts, struct network *ret);
