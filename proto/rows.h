/* Samples in rows, as the client takes them. Part of its interface; columns are the caller's. */
#pragma once

#include "base/base.h"

struct client_samples {
	const uint32_t *point;
	const int64_t *t_ms;
	const double *value;
	const uint8_t *
		quality; /* Suandian__V1__Quality; NULL = all OK. A value that is not finite is sent
				   as MISSING whatever stands here */
	size_t n;
	bool correction;
};
