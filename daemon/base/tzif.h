/* Reader of TZif files, version 2 and up (RFC 8536). The bytes are not trusted. Part of zone.c's work; pure. */
#pragma once

#include "base/base.h"
#include "base/tzrule.h"

struct tzif {
	size_t n;	   /* transitions, ascending */
	int64_t *at_s;	   /* UTC seconds; malloc'ed, NULL if n == 0 */
	int32_t *offset_s; /* what holds from at_s[i] on; malloc'ed, NULL if n == 0 */
	int32_t first_s;   /* offset before the first transition */
	bool has_rule;	   /* the footer names a rule for what follows the last transition */
	struct tzrule rule;
};

/* No file of the database comes near it (the largest has about 4 KiB). */
#define TZIF_SIZE_MAX ((size_t)64 << 10)

/* Reads n bytes. 0, -ENOMEM or ERR_MALFORMED; a file with leap seconds ("right/…") is malformed, for its times
 * are no UTC. The caller frees with tzif_fini(). */
int tzif_parse(const uint8_t *data, size_t n, struct tzif *ret);
void tzif_fini(struct tzif *z);

/* Seconds east of UTC that hold at UTC second t_s. Any thread. */
int32_t tzif_offset_s(const struct tzif *z, int64_t t_s);
