/* Why a request is refused: code and text for people, and the path of the field at fault. */
#pragma once

#include "base/err.h"

struct refusal {
	struct fault fault;
	char field[96]; /* "value[17]", "" if there is none */
	uint64_t seq;	/* of the refused batch; 0 = not a batch */
};

/* Fills fault and field (a printf pattern's result from refuse_at()), returns code. */
int refuse(struct refusal *r, int code, const char *field, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* The same for the i-th member of a repeated field: "points[3].name". sub may be "". */
int refuse_at(struct refusal *r, const char *field, size_t i, const char *sub, const char *text);
