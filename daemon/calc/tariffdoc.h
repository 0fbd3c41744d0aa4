/* A tariff and the days asked about, schema "suandian-tariff/1": the members of a tariff of suandian.yaml(5) in JSON,
 * prices as numbers in CNY per kWh. */
#pragma once

#include "calc/jread.h"
#include "model/tariff.h"

#define TARIFFDOC_SCHEMA "suandian-tariff/1"
#define TARIFFDOC_MAX_DAYS 1000
#define TARIFFDOC_MAX_FLAGS 16

struct tariff_day {
	int month; /* 1 … 12 */
	int n_flags;
	const char *flags[TARIFFDOC_MAX_FLAGS];
};

struct tariffdoc {
	struct tariff tariff; /* always valid, without ids that are too long */
	int n_days;
	struct tariff_day *days;
};

/* Reads and checks (tariff_check() included). 0, -ENOMEM, ERR_INVALID (f says where, and what is allowed). */
int tariffdoc_read(json_t *doc, struct arena *a, struct fault *f, struct tariffdoc *ret);
