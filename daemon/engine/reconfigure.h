/* One configuration after another without a restart. The rooms that keep numbers of sites and assets, or pointers into
 * the configuration, have a function of their own for it; here is the order in which they are called. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct engine;

/* Whoever still waits is told ERR_CLOSED. */
void reconfigure_fini(struct engine *e);
/* Applies what waits if the planning cycle is idle; true if it did. */
bool reconfigure_step(struct engine *e);
/* The configuration in force into the ledger and the audit chain; a plan in force was made for another one, so that the
 * next must take its place. Arguments as of audit_configuration(). */
void reconfigure_record(struct engine *e, const char *who, const uint8_t *old_hash);
