/* Two LPs side by side, as wide as SSE2. */
#define LANES 2
#include "plan/ipm_vec.inc.h"
#include "plan/ipm_sparse.inc.h"
#include "plan/ipm_pass.inc.h"
#include "plan/ipm_finish.inc.h"
#include "plan/ipm_loop.inc.h"

void ipm_run_2(struct ipm_work *w, const struct ipm_ctl *c)
{
	run(w, c);
}
