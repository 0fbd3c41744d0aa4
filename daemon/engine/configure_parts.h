/* Inside of configure: the files of a configuration as they were read. */
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
