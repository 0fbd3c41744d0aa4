/* The interior point beside CLP's dual simplex, cold, on the same linear programmes of the example site: 96 quarters, and the
 * daemon's grid. Alternately in one run, medians of ROUNDS rounds; ratios are what to read, times are this machine's. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "plan/ipm.h"
#include "plan/problem.h"
#include "planlib/sites.h"

#define INPUTS 100
#define ROUNDS 5

static struct arena arena;
static struct problem *problem[INPUTS];

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* of this thread: others may be busy */
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void must(bool ok)
{
	if (!ok) {
		fprintf(stderr, "bench_ipm: no answer\n");
		exit(EXIT_FAILURE);
	}
}

/* One way to solve: with which solver, to which gap, with or without a cache, how many at once. */
struct way {
	const char *name;
	bool clp, cached;
	double gap;
	int lanes;
};

static const struct way ways[] = {
	{.name = "clp dual, cold", .clp = true, .lanes = 1},
	{.name = "ipm, gap 1e-4", .gap = 1e-4, .cached = true, .lanes = 1},
	{.name = "ipm, gap 1e-6", .gap = 1e-6, .cached = true, .lanes = 1},
	{.name = "ipm, gap 1e-8", .gap = 1e-8, .cached = true, .lanes = 1},
	{.name = "ipm, gap 1e-8, structure new", .gap = 1e-8, .lanes = 1},
	{.name = "ipm, gap 1e-4, two in lanes", .gap = 1e-4, .cached = true, .lanes = 2},
	{.name = "ipm, gap 1e-8, two in lanes", .gap = 1e-8, .cached = true, .lanes = 2},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* µs per LP, of LPs i … i + lanes − 1. */
static double solve(const struct way *w, struct ipm_cache *cache, int i)
{
	const struct lp *lp[2] = {&problem[i]->lp, &problem[(i + 1) % INPUTS]->lp};
	struct solve_ctl ctl = {
		.gap = w->gap, .offset = problem[i]->offset, .cache = w->cached ? cache : NULL};
	struct lp_solution *s[2];
	struct arena a;
	double begin;

	arena_init(&a, (size_t)64 << 20);
	begin = cpu_us();
	if (w->clp)
		must(!solve_lp(lp[0], &ctl, &a, &s[0]));
	else
		must(!ipm_solve_batch(lp, w->lanes, &ctl, &a, s));
	begin = cpu_us() - begin;
	for (int l = 0; l < w->lanes; l++)
		must(s[l]->status == SOLVE_OPTIMAL);
	arena_fini(&a);
	return begin / w->lanes;
}

struct figures {
	double p50, p99;
};

static struct figures round_of(const struct way *w, struct ipm_cache *cache)
{
	double t[INPUTS];

	for (int i = 0; i < INPUTS; i++)
		t[i] = solve(w, cache, i);
	qsort(t, INPUTS, sizeof(double), ascending);
	return (struct figures){t[INPUTS / 2], t[INPUTS * 99 / 100]};
}

static double median(double *v)
{
	qsort(v, ROUNDS, sizeof(double), ascending);
	return v[ROUNDS / 2];
}

static void bench(const char *name, int hours, int fine_h)
{
	double p50[WAYS][ROUNDS], p99[WAYS][ROUNDS], first[2] = {0};
	struct ipm_cache *cache = ipm_cache_new();

	must(cache != NULL);
	for (int i = 0; i < INPUTS; i++) {
		struct plant *plant = NULL;
		struct rng r;

		rng_init(&r, (uint64_t)i);
		must(!plant_make(sites_hongyuan(&arena, &r, hours, fine_h), &arena, &plant, NULL));
		problem[i] = problem_make(plant, &arena);
		must(problem[i] != NULL);
	}
	for (int k = 0; k < ROUNDS; k++) {
		for (size_t w = 0; w < WAYS; w++) {
			struct figures f = round_of(&ways[w], cache);

			p50[w][k] = f.p50;
			p99[w][k] = f.p99;
		}
	}
	printf("%s: %d columns, %d rows, %d inputs, medians of %d rounds\n", name,
	       problem[0]->lp.n_cols, problem[0]->lp.n_rows, INPUTS, ROUNDS);
	for (size_t w = 0; w < WAYS; w++) {
		double a = median(p50[w]), b = median(p99[w]);

		if (w == 0) {
			first[0] = a;
			first[1] = b;
		}
		printf("  %-29s p50 %6.0f us  p99 %6.0f us | clp / this: p50 %4.1f  p99 %4.1f\n",
		       ways[w].name, a, b, first[0] / a, first[1] / b);
	}
	ipm_cache_free(cache);
	arena_reset(&arena);
}

int main(void)
{
	arena_init(&arena, (size_t)1 << 30);
	bench("a day of quarters", 24, 24);
	bench("the daemon's grid", 36, 6);
	arena_fini(&arena);
	return EXIT_SUCCESS;
}
