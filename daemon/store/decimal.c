#include "store/decimal.h"

#include <math.h>
#include <string.h>

static const double powers[VALUE_DECIMALS] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};

/* Bits of floating-point numbers as integers of the same order. */
static int64_t order_of_double(double d)
{
	int64_t x;

	memcpy(&x, &d, sizeof(x));
	return x ^ ((x >> 63) & INT64_MAX);
}
static double double_of_order(int64_t x)
{
	double d;

	x ^= (x >> 63) & INT64_MAX;
	memcpy(&d, &x, sizeof(d));
	return d;
}
static int32_t order_of_float(float f)
{
	int32_t x;

	memcpy(&x, &f, sizeof(x));
	return x ^ ((x >> 31) & INT32_MAX);
}
static float float_of_order(int32_t x)
{
	float f;

	x ^= (x >> 31) & INT32_MAX;
	memcpy(&f, &x, sizeof(f));
	return f;
}

/* An exact decimal of that many places? -0 is none: its sign would be lost. */
static bool to_decimal(double value, double power, int64_t *ret)
{
	double x = value * power, r;

	if (!(fabs(x) < 9e15))
		return false;
	r = nearbyint(x);
	if (r / power != value || (r == 0 && signbit(value)))
		return false;
	*ret = (int64_t)r;
	return true;
}

struct attempt {
	const double *value;
	size_t n;
	int64_t *x;
	uint16_t *exception;
};

/* False: more exceptions than `max`. */
static bool try_decimal(const struct attempt *a, int places, size_t max, size_t *ret_n_exceptions)
{
	size_t k = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (to_decimal(a->value[i], powers[places], &a->x[i]))
			continue;
		if (k == max)
			return false;
		a->exception[k++] = (uint16_t)i;
		a->x[i] = i ? a->x[i - 1] : 0;
	}
	*ret_n_exceptions = k;
	return true;
}

static bool try_float(const double *value, size_t n, int64_t *x)
{
	for (size_t i = 0; i < n; i++) {
		float f = (float)value[i];

		if (order_of_double(f) != order_of_double(value[i])) /* bits, for the sign of 0 */
			return false;
		x[i] = order_of_float(f);
	}
	return true;
}

/* A leading exception has no neighbour before it. */
static void fill_leading(int64_t *x, const uint16_t *exception, size_t n_exceptions, size_t n)
{
	size_t lead = 0;

	while (lead < n_exceptions && exception[lead] == lead)
		lead++;
	for (size_t i = 0; i < lead; i++)
		x[i] = lead < n ? x[lead] : 0;
}

int value_to_integers(const double *value, size_t n, int64_t *ret_x, uint16_t *ret_exception,
		      size_t *ret_n_exceptions)
{
	struct attempt a = {value, n, ret_x, ret_exception};

	*ret_n_exceptions = 0;
	for (int places = 0; places < VALUE_DECIMALS; places++) {
		if (try_decimal(&a, places, 0, ret_n_exceptions))
			return places;
	}
	if (try_float(value, n, ret_x))
		return VALUE_FLOAT;
	for (int places = 0; places < VALUE_DECIMALS; places++) {
		if (!try_decimal(&a, places, n / 8, ret_n_exceptions))
			continue;
		fill_leading(ret_x, ret_exception, *ret_n_exceptions, n);
		return places;
	}
	for (size_t i = 0; i < n; i++)
		ret_x[i] = order_of_double(value[i]);
	return VALUE_DOUBLE;
}

double value_of_integer(int kind, int64_t x)
{
	if (kind < VALUE_DECIMALS)
		return (double)x / powers[kind];
	if (kind == VALUE_FLOAT)
		return float_of_order((int32_t)x);
	return double_of_order(x);
}
