/* Telemetry on its way in: dedupe, quality, journal, live state, acknowledgements. */
#pragma once

#include "base/base.h"

struct engine;

void ingest_init(struct engine *e);
void ingest_fini(struct engine *e);
/* Recovery: the last durable batch of a source. 0 or -ENOMEM. */
int ingest_restore_cursor(struct engine *e, const char *source, uint64_t epoch, uint64_t seq);
void ingest_journaled(struct engine *e, uint64_t token, int rc);
/* Tells listeners what became durable; true if anybody was told. */
bool ingest_acknowledge(struct engine *e);
bool ingest_is_idle(const struct engine *e);
