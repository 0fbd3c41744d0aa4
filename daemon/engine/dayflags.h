/* Flags of days: kept, and asked for by the prices. */
#pragma once

#include "engine/operator.h"
#include "model/site.h"

void dayflags_fini(struct engine *e);
/* From the ledger. 0, ERR_CORRUPT or -ENOMEM. */
int dayflags_restore(struct engine *e, const struct day_flag *flag);
/* The names of the flags that stand for the site's local day that contains t; how many. They live as long as the
 * engine's state does not change. */
int dayflags_at(const struct engine *e, const struct site *s, int64_t t_ms,
		const char *ret[DAY_FLAGS_MAX]);
