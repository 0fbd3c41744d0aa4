/* Who has sent samples: number (as in the tiles), name, and the last batch, submitted and durable. Loop thread. */
#pragma once

#include "base/map.h"
#include "model/units.h"

struct source {
	uint32_t number; /* 0, 1, 2 … */
	char name[NAME_MAX_B];
	uint64_t epoch, seq; /* of the last batch submitted; 0, 0: none */
	uint64_t durable_epoch, durable_seq;
};

struct sources {
	struct map by_name; /* struct source * */
	struct source **at; /* by number */
	size_t n, size;
};

void sources_init(struct sources *s);
void sources_fini(struct sources *s);

/* The source of that name, made if it is new. NULL: out of memory. */
struct source *sources_need(struct sources *s, const char *name);
/* Later (epoch, seq) than before? Then that is what was submitted last. */
void source_submit(struct source *s, uint64_t epoch, uint64_t seq);
/* What was submitted is on disk up to here. */
void source_settle(struct source *s, uint64_t epoch, uint64_t seq);
