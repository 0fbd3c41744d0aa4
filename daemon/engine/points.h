/* The register of points: permanent numbers, who declares them, what they are bound to. */
#pragma once

#include "model/point.h"
#include "model/site.h"

struct bound;
struct configuration;
struct engine;
struct fault;
struct live_point;
struct map;
struct site_state;

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

/* Point name → struct bound, of all sites and what they share. *bindings is to be freed in any case. 0 or -ENOMEM. */
int points_collect(const struct configuration *c, struct map *bindings);
void points_free_bindings(struct map *bindings);
/* Is the point declared in the unit of the role that it is bound to? b NULL: it is bound to none. */
int points_check_unit(const struct configuration *c, const struct bound *b,
		      const struct point_decl *d, struct fault *f);
