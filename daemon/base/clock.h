/* Reading the machine's clocks, in one place. Nobody below the world implementations calls these:
 * pure floors and the engine get time as an argument. Any thread. */
#pragma once

#include "base/base.h"

int64_t clock_wall_ms(void); /* CLOCK_REALTIME, UTC ms; may step */
int64_t clock_mono_ms(void); /* CLOCK_MONOTONIC, ms */
int64_t clock_mono_us(void); /* CLOCK_MONOTONIC, µs */
