/* Reproducible chance without state: every number is a function of (key, index), so that a run may ask in any order
 * and twice, and gets the same on every machine with IEEE doubles. Pure; any thread. */
#pragma once

#include "base/base.h"

/* The key of one stream ("pv1.clouds") of a run. */
uint64_t noise_key(uint64_t seed, const char *stream);
/* A key below another: forecasts issued at different times are different streams. */
uint64_t noise_subkey(uint64_t key, int64_t index);

double noise_uniform(uint64_t key, int64_t index); /* [0, 1) */
double noise_normal(uint64_t key, int64_t index);  /* mean 0, variance 1 */
/* Number of events in a Poisson process with this mean (0 … 1000). */
int noise_poisson(uint64_t key, int64_t index, double mean);
/* A smooth random curve over time: normal at every t, correlated over about `period_ms`. */
double noise_smooth(uint64_t key, int64_t t_ms, int64_t period_ms);
