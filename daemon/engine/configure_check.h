/* Inside of configure: what only makes sense in the light of the domain, or of several files together. */
#pragma once

#include "engine/configure_schema.h"

/* One file: its document, and what the schema tables made of it. */
struct configure_part {
	const struct conf_doc *doc;
	struct configure_file values;
};

struct configure_parts {
	size_t n; /* the main file first */
	struct configure_part *at;
	bool is_broken; /* a file is missing: what refers to it may be right */
};

/* Adds a fault for everything that is wrong, at the place in the YAML that it is about. A site, tariff or rule that
 * the schema has faulted already is left in peace: its other faults would be made of defaults. Sets the zones of
 * sites; main thread only. */
void configure_check(struct configure_parts *parts, struct fault_list *faults);
