/* One LP at a time. */
#define LANES 1
#include "plan/ipm_vec.inc.h"
#include "plan/ipm_sparse.inc.h"
#include "plan/ipm_pass.inc.h"
#include "plan/ipm_finish.inc.h"
#include "plan/ipm_loop.inc.h"

void ipm_run_1(struct ipm_work *w, const struct ipm_ctl *c)
{
	run(w, c);
}
