/* Plans by their numbers, from memory or the ledger. */
#pragma once

#include "model/plan.h"

struct engine;

/* A copy in the arena. ERR_NOTFOUND, ERR_FULL (arena). */
int plans_fetch(const struct engine *e, uint64_t id, struct arena *a, struct plan **ret);
