/* Vectors of doubles for the widths that ipm_kernel.h is compiled for. Included once per width, with LANES set: no guard.
 *
 * `lane` is one number of each LP; `vec` is what the machine takes at once. A block of columns is NVEC of these,
 * whatever LANES is: sums are taken column by column of a block, so they come out the same in every width. */
#include <math.h>
#include <string.h>

#include "plan/ipm_work.h"

#if defined(__AVX__)
#define VEC 4
#else
#define VEC 2
#endif
#define NVEC (IPM_BLOCK * LANES / VEC)
_Static_assert(VEC % LANES == 0, "lanes fill a vector evenly");

typedef double vec __attribute__((vector_size(VEC * 8), aligned(16)));
typedef int64_t vec_bits __attribute__((vector_size(VEC * 8), aligned(16)));
#if LANES == 1
typedef double lane;
#else
typedef double lane __attribute__((vector_size(LANES * 8), aligned(16)));
typedef int64_t lane_bits __attribute__((vector_size(LANES * 8), aligned(16)));
#endif

/* The machine's own maximum where there is one: b unless a > b. */
static inline vec vec_max(vec a, vec b)
{
#if defined(__AVX__)
	return __builtin_ia32_maxpd256(a, b);
#elif defined(__SSE2__)
	return __builtin_ia32_maxpd(a, b);
#else
	vec_bits m = a > b;

	return (vec)((m & (vec_bits)a) | (~m & (vec_bits)b));
#endif
}

static inline vec vec_abs(vec a)
{
	return vec_max(a, -a);
}

static inline lane lane_all(double v)
{
#if LANES == 1
	return v;
#else
	return v - (lane){0};
#endif
}

/* a where use > 0, else 0. */
static inline lane lane_where(lane use, lane a)
{
#if LANES == 1
	return use > 0 ? a : 0;
#else
	return (lane)((use > lane_all(0)) & (lane_bits)a);
#endif
}

/* One value per lane, for all columns of a vector. */
static inline vec vec_spread(const double s[LANES])
{
	vec r;

	for (int i = 0; i < VEC; i++)
		r[i] = s[i % LANES];
	return r;
}

static inline vec vec_all(double v)
{
	return v - (vec){0};
}

/* Partial sums of a block to one sum per lane, always in the same order. */
static inline void vec_sum(const vec part[NVEC], double ret[LANES])
{
	double flat[IPM_BLOCK * LANES];

	memcpy(flat, part, sizeof(flat));
	for (int l = 0; l < LANES; l++) {
		ret[l] = 0;
		for (int c = 0; c < IPM_BLOCK; c++)
			ret[l] += flat[c * LANES + l];
	}
}

static inline void vec_top(const vec part[NVEC], double ret[LANES])
{
	double flat[IPM_BLOCK * LANES];

	memcpy(flat, part, sizeof(flat));
	for (int l = 0; l < LANES; l++) {
		ret[l] = flat[l];
		for (int c = 1; c < IPM_BLOCK; c++)
			ret[l] = fmax(ret[l], flat[c * LANES + l]);
	}
}
