#include "store/outage.h"

#include "base/log.h"

#define DELAY_MIN_MS 250
#define DELAY_MAX_MS 10000

void outage_init(struct outage *o, struct loop *loop, timer_cb retry, void *arg)
{
	*o = (struct outage){0};
	timer_init(&o->timer, loop, "store retry", retry, arg);
}

void outage_begin(struct outage *o, const char *what, int rc)
{
	o->delay_ms = clamp_i64(2 * o->delay_ms, DELAY_MIN_MS, DELAY_MAX_MS);
	o->fault.code = ERR_STORE;
	(void)fault_set(&o->fault, ERR_STORE, "%s: %s", what, err_text(rc));
	log_debug("store", "%s failed: %s, again in %lld ms", what, err_text(rc),
		  (long long)o->delay_ms);
	timer_start_in(&o->timer, o->delay_ms);
}

void outage_end(struct outage *o)
{
	timer_stop(&o->timer);
	o->delay_ms = 0;
	o->fault = (struct fault){0};
}

void outage_stop(struct outage *o)
{
	timer_stop(&o->timer);
}
