#include "plan/plan.h"

#include "plan/region.h"

int plan_make(const struct plan_input *in, const struct solve_ctl *ctl, struct arena *a,
	      struct plan **ret, struct fault *f)
{
	struct plan_input *site = (struct plan_input *)in; /* read only, as all of a region is */
	struct plan_region alone = {.n_sites = 1, .sites = &site};

	return region_make(&alone, ctl, a, ret, f);
}
