/* A writer that cannot write: why, and when it tries again (250 ms, doubling up to 10 s). Loop thread. */
#pragma once

#include "base/err.h"
#include "loop/timer.h"

struct outage {
	struct timer timer;
	int64_t delay_ms;
	struct fault fault; /* code 0: all is well */
};

/* retry(arg) comes on the loop when it is time. */
void outage_init(struct outage *o, struct loop *loop, timer_cb retry, void *arg);
/* It failed (again): rc is the reason, `what` says of what ("journal"). */
void outage_begin(struct outage *o, const char *what, int rc);
/* It worked. */
void outage_end(struct outage *o);
/* No retry any more; the fault stays. */
void outage_stop(struct outage *o);

static inline bool outage_is_on(const struct outage *o)
{
	return o->fault.code != 0;
}
