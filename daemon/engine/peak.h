/* The highest mean at the PCC within the windows of a demand charge and the running billing month, for tariffs that
 * price it. In the ledger, one record per site and charge, written with the plan that stands on it. */
#pragma once

#include "base/base.h"

struct engine;
struct group_state;
struct ledger_peak;
struct site_state;
struct tariff_demand;

/* The charges that hold for the site now; 0 where demand is contracted: there the basic charge does not follow the
 * peak, and what lies above is priced by the PCC's own price. */
int peak_charges(const struct engine *e, const struct site_state *ss, struct tariff_demand *ret);
/* Up to the last full interval of the charge before now. 0 while nothing is known. */
int64_t peak_until_now(struct engine *e, struct site_state *ss, const struct tariff_demand *d);
/* Puts what changed into the open batch. */
void peak_put(struct engine *e, const struct group_state *g);
/* From the ledger; one of a site or month that is no more is left out. */
void peak_restore(struct engine *e, const struct ledger_peak *row);
/* After a restart on a ledger that has none yet: from the stored samples of the month. */
void peak_restore_samples(struct engine *e, struct site_state *ss);
