/* Changes of a run's input that are not real. */
#pragma once

#include "engine/engine.h"
#include "plan/region.h"

/* Is the question one that can be asked now? ERR_INVALID. */
int study_unreal_check(const struct engine *e, const struct whatif_question *q, struct fault *f);
/* Does the input have the asset that is asked about? ERR_NOTFOUND. */
int study_unreal_find(const struct whatif_question *q, const struct plan_input *in,
		      struct fault *f);
/* Changes the site's input. `now` is the site's plan without the change; an event is measured against it. 0, -ENOMEM,
 * ERR_INVALID with its fault. */
int study_unreal_apply(struct engine *e, const struct whatif_question *q, const struct plan *now,
		       struct arena *a, struct plan_input *in, struct fault *f);
