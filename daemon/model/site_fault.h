/* Inside of site_check(): how its parts report. Pure. */
#pragma once

#include "model/site.h"

struct site_checker {
	const struct site *s;
	check_cb cb;
	void *arg;
	int n; /* faults so far */
};

/* The member at[i].key is at fault ("pcc.import_max" with i < 0). */
void site_fault(struct site_checker *c, const char *at, int i, const char *key, const char *fmt,
		...) PRINTF_LIKE(5, 6);

/* The YAML list that a generator stands in ("pv", "wind", "hydro"), and which one of it number i of the array is. */
const char *site_generator_list(const struct site *s, int i, int *ret_i);
