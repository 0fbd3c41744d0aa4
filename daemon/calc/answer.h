/* The answer of `suandian-calc plan`, docs/schema/answer.json. */
#pragma once

#include <jansson.h>

#include "calc/exact.h"

/* One variant's part; NULL if memory is out. */
json_t *answer_variant(const struct case_variant *v, const struct exact *x);
