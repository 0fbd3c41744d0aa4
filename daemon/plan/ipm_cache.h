/* Structures of LPs that were analysed before, with workspaces: the last few are kept. An answer is the same with a fresh
 * cache and with a full one. One owner, one thread at a time. Pure. */
#pragma once

struct ipm_cache;

/* NULL: no memory. */
struct ipm_cache *ipm_cache_new(void);
void ipm_cache_free(struct ipm_cache *c);
