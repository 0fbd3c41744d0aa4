/* What several sites and others load together, quarter hour by quarter hour. Owner's thread. */
#pragma once

#include "base/slot.h"

struct section_slot {
	int64_t start_ms, covered_ms;
	int64_t sites_wms, others_wms; /* Σ W·ms */
};

struct section_score {
	size_t n, size;
	struct section_slot *slots; /* malloc'ed */
};

void section_fini(struct section_score *s);
/* 0 or -ENOMEM. */
int section_add(struct section_score *s, int64_t t_ms, int64_t dt_ms, int64_t sites_w,
		int64_t others_w);

struct section_result {
	int64_t peak_w, peak_ms; /* highest mean of a quarter hour */
	int64_t over_w, over_ms; /* the worst beyond the limit; when */
	int64_t over_wh;
	int over_slots;
	int bound_slots; /* at 99 % of the limit or above */
};
struct section_result section_result(const struct section_score *s, int64_t limit_w);
int64_t section_mean_w(int64_t wms, const struct section_slot *slot);
