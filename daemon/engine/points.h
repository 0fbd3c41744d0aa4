/* The register of points: permanent numbers, who declares them, what they are bound to. */
#pragma once

#include "model/point.h"
#include "model/site.h"

struct engine;
struct live_point;

/* Collects the bindings of all sites. 0 or -ENOMEM. */
int points_init(struct engine *e);
void points_fini(struct engine *e);
/* From the ledger, in ascending order of number. 0, ERR_CORRUPT or -ENOMEM. */
int points_restore(struct engine *e, const struct point *p);
struct live_point *points_get(const struct engine *e, uint32_t id);	  /* NULL */
struct live_point *points_find(const struct engine *e, const char *name); /* NULL */
/* The point bound to a role of the site, NULL if none or not declared yet. */
struct live_point *points_bound(const struct engine *e, const struct site *s, const char *role_fmt,
				...) PRINTF_LIKE(3, 4);
