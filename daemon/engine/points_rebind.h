/* The bindings of another configuration, made ready beside those in force and put in their place in one go. */
#pragma once

#include "base/map.h"

struct engine;
struct fault;
struct history;
struct configuration;

struct learnt;

/* Of a point that is bound only now. */
struct points_fresh {
	struct history *history;
	struct learnt *learnt;
};

struct points_rebinding {
	struct map bindings;
	struct points_fresh *fresh; /* by point: of those that are bound only now */
	uint32_t n;
};

/* Everything that may fail: 0, -ENOMEM, or ERR_INVALID if a declared point has another unit than its new role.
 * *ret is for points_rebind() or points_rebind_drop() in any case. */
int points_rebind_prepare(struct engine *e, const struct configuration *next,
			  struct points_rebinding *ret, struct fault *f);
/* The sites in force are the new ones now. Frees what is in *r. */
void points_rebind(struct engine *e, struct points_rebinding *r);
void points_rebind_drop(struct points_rebinding *r);
