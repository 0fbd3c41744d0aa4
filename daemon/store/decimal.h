/* Values of a block as integers. Part of the block codec. Pure. */
#pragma once

#include "base/base.h"

/* 0 … 6: decimal with so many places */
enum { VALUE_DECIMALS = 7, VALUE_FLOAT = 7, VALUE_DOUBLE = 8, VALUE_KINDS };

/* Finds the cheapest kind that holds n values; ret_x[n] gets the integers, ret_exception[] the indexes of values that
 * the kind does not hold (at most n/8; their integers repeat the neighbour's). Returns the kind. */
int value_to_integers(const double *value, size_t n, int64_t *ret_x, uint16_t *ret_exception,
		      size_t *ret_n_exceptions);
double value_of_integer(int kind, int64_t x);
