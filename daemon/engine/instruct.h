/* What operators said: kept, waited for, ended. The checks are instruct_check.c, what follows for the assets is
 * direct.c and snapshot_override.c. */
#pragma once

#include "engine/operator.h"

void instruct_init(struct engine *e);
void instruct_fini(struct engine *e);
/* From the ledger, ascending. 0, ERR_CORRUPT or -ENOMEM. */
int instruct_restore(struct engine *e, const struct instruction *in);
/* Another configuration is in force: targets have other numbers, or none any more. */
void instruct_rebind(struct engine *e);
/* What came to its end; true if anything did. */
bool instruct_due(struct engine *e);
int64_t instruct_next_ms(const struct engine *e); /* INT64_MAX = none */

/* ---- instruct_check.c ---- */

/* Finds the target's indexes. ERR_NOTFOUND. */
int instruct_find(const struct engine *e, const struct instruction *in, int *ret_site,
		  int *ret_asset, struct fault *f);
/* Is it complete, and within what the asset can do? ERR_INVALID with the limit's value. */
int instruct_check(const struct engine *e, const struct instruction *in, int site, int asset,
		   struct fault *f);
