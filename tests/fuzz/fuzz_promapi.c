/* Any bytes as a Prometheus server's answer: reading ends; what is read is a number of a time that exists, and nothing
 * is written beside the values asked for. */
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>

#include "prometheus/promapi.h"

#define STEPS 4

static void require(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double value[STEPS + 2] = {[0] = 1234, [STEPS + 1] = 4321};
	struct promapi_range into = {
		.from_ms = 60000, .step_ms = 30000, .value = value + 1, .n = STEPS};
	struct promapi_instant v;
	struct fault f = {0};
	size_t series;
	int r = promapi_instant((const char *)data, size, &v, &f);

	require(r == 0 || (r < 0 && f.code == r));
	require(r < 0 || v.n_series == 1 || isnan(v.value));
	require(r < 0 || (v.t_ms >= 0 && v.t_ms <= INT64_C(7258118400000)));
	f = (struct fault){0};
	r = promapi_range((const char *)data, size, &into, &series, &f);
	require(r == 0 || (r < 0 && f.code == r));
	require(value[0] >= 1234 && value[0] <= 1234);
	require(value[STEPS + 1] >= 4321 && value[STEPS + 1] <= 4321);
	return 0;
}
