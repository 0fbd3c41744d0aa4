#include "sim/noise.h"

#include <math.h>

#define TURN 6.283185307179586

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit. */
static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t noise_key(uint64_t seed, const char *stream)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (; *stream; stream++)
		h = (h ^ (uint8_t)*stream) * UINT64_C(0x100000001b3);
	return mix(h ^ mix(seed + UINT64_C(0x9e3779b97f4a7c15)));
}

uint64_t noise_subkey(uint64_t key, int64_t index)
{
	return mix(key + UINT64_C(0x9e3779b97f4a7c15) * ((uint64_t)index + 1));
}

static double unit(uint64_t bits)
{
	return (double)(bits >> 11) * 0x1.0p-53;
}

double noise_uniform(uint64_t key, int64_t index)
{
	return unit(noise_subkey(key, index));
}

double noise_normal(uint64_t key, int64_t index)
{
	uint64_t bits = noise_subkey(key, index);
	double u = 1.0 - unit(bits), v = unit(mix(bits ^ UINT64_C(0xd1b54a32d192ed03)));

	return sqrt(-2.0 * log(u)) * cos(TURN * v); /* Box, Muller 1958 */
}

int noise_poisson(uint64_t key, int64_t index, double mean)
{
	double left = exp(-fmin(fmax(mean, 0), 500)), p = 1.0;
	uint64_t at = noise_subkey(key, index);
	int n = 0;

	for (;; n++) { /* Knuth, TAOCP 2, 3.4.1 */
		p *= noise_uniform(at, n);
		if (p <= left || n >= 1000)
			return n;
	}
}

double noise_smooth(uint64_t key, int64_t t_ms, int64_t period_ms)
{
	int64_t cell = t_ms / period_ms - (t_ms % period_ms < 0);
	double x = (double)(t_ms - cell * period_ms) / (double)period_ms;
	double b = x * x * (3 - 2 * x), a = 1 - b;
	double sum = a * noise_normal(key, cell) + b * noise_normal(key, cell + 1);

	return sum / sqrt(a * a + b * b);
}
