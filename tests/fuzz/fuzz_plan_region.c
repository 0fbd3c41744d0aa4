/* Any bytes decode to an error or to a region that encodes to the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "plan/region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plan_region *in;
	struct arena a;
	struct buf b;

	arena_init(&a, (size_t)64 << 20);
	buf_init(&b, 0);
	if (plan_region_decode(data, size, &a, &in) == 0) {
		if (plan_region_encode(in, &b) || buf_avail(&b) != size ||
		    memcmp(buf_peek(&b), data, size) != 0)
			abort();
	}
	buf_fini(&b);
	arena_fini(&a);
	return 0;
}
