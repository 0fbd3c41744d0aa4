#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

static struct timespec read_clock(clockid_t id)
{
	struct timespec ts;

	/* Only a wrong id can fail. Not REQUIRE, which logs: the log reads this clock. */
	if (clock_gettime(id, &ts) != 0)
		abort();
	return ts;
}

int64_t clock_wall_ms(void)
{
	struct timespec ts = read_clock(CLOCK_REALTIME);

	return (int64_t)ts.tv_sec * MS_PER_S + ts.tv_nsec / 1000000;
}

int64_t clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

int64_t clock_mono_us(void)
{
	struct timespec ts = read_clock(CLOCK_MONOTONIC);

	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}
