/* What a change of the input would do: the figures of two results for the same region, side by side. The plans are made by
 * region_make(), once from the input as it is, once from the input as it would be. Pure. */
#pragma once

#include "plan/region.h"

/* Of one site, or of all together; over the plans' horizon. */
struct whatif_figures {
	int64_t money_e4; /* what is billed and paid */
	int64_t co2_g;
	int64_t late_ds; /* device-seconds overdue when most are, of each queue */
	int64_t peak_w;	 /* greatest net load of a slot; of the sum of all sites */
	int64_t unserved_wh;
	int64_t moved_ds; /* that leave a site */
	/* In the window: what net load stands below the present plan's (UP; above it for DN) at least, in every slot. 0 where a
	 * slot is the other way, or there is no window. */
	int64_t deliverable_w;
};

struct whatif {
	struct whatif_figures now, then; /* without the change, with it; now.deliverable_w is 0 */
	struct whatif_figures change;	 /* then − now */
};

/* When something is to be delivered, and which way; DIRECTION_NONE: nothing is. */
struct whatif_window {
	enum direction direction;
	int64_t from_ms, to_ms;
};

/* now[i] and then[i] are plans of the same site on the same slots (else ERR_INVALID). ret_sites[n_sites], may be NULL. 0. */
int whatif_compare(const struct plan *const *now, const struct plan *const *then, int n_sites,
		   const struct whatif_window *window, struct whatif *ret_sites,
		   struct whatif *ret_all);
