/* One batch into the journal and the live state. */
#pragma once

#include "model/sample.h"

struct engine;

/* Checked rows of declared points. Judges quality, drops what is MISSING, journals, then follows in live state. 0 or
 * the journal's refusal, with nothing changed. */
int land_batch(struct engine *e, const struct sample_batch *b, uint64_t token);
