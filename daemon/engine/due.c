#include "engine/due.h"

#include "engine/cycle.h"
#include "engine/decisions.h"
#include "engine/drmeter.h"
#include "engine/drmove.h"
#include "engine/instruct.h"
#include "engine/jobs_life.h"
#include "engine/readback.h"
#include "engine/state.h"

bool due_run(struct engine *e)
{
	bool any = drmove_due(e);

	any |= drmeter_due(e);
	any |= instruct_due(e);
	any |= decisions_due(e);
	any |= readback_due(e);
	any |= jobs_due(e);
	any |= cycle_due(e);
	return any;
}

int64_t due_next_ms(const struct engine *e)
{
	int64_t next = min_i64(drmove_next_ms(e), drmeter_next_ms(e));

	next = min_i64(next, instruct_next_ms(e));
	next = min_i64(next, decisions_next_ms(e));
	next = min_i64(next, readback_next_ms(e));
	next = min_i64(next, jobs_next_ms(e));
	return min_i64(next, cycle_next_ms(e));
}
