/* What operators have in force: the answers that decisions, plans and figures ask for. */
#pragma once

#include "base/list.h"
#include "model/instruction.h"

struct engine;

struct instruction_live {
	struct list node; /* of instruct.open, while it is open */
	struct instruction in;
	int site, asset; /* −1: all sites, the whole site; −2: configured no more */
	bool open;
};

/* For an asset of a site; NULL = nothing. */
const struct instruction *standing_override(const struct engine *e, int site, int asset);
const struct instruction *standing_outage(const struct engine *e, int site, int asset);
/* *ret_by (may be NULL): who set it, NULL if nobody did. */
enum site_mode standing_mode(const struct engine *e, int site, const struct instruction **ret_by);
