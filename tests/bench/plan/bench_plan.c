/* What a planning run costs beside the solver alone: plan_make() on the example site over 96 quarters, and on the grid
 * of the daemon, against CLP on the very same linear programme. Ratios of one run; times are this machine's. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "plan/plan.h"
#include "plan/problem.h"
#include "planlib/sites.h"

#define RUNS 200

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* of this thread: others may be busy */
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double run_plan(const struct plan_input *in, struct arena *a)
{
	struct plan *p = NULL;
	struct fault f;
	double begin = cpu_ms();

	if (plan_make(in, NULL, a, &p, &f)) {
		fprintf(stderr, "%s\n", f.text);
		exit(EXIT_FAILURE);
	}
	return cpu_ms() - begin;
}

static double run_solver(const struct plan_input *in, struct arena *a, int *ret_cols)
{
	struct plant *plant = NULL;
	struct problem *problem;
	struct lp_solution *s = NULL;
	double begin;

	if (plant_make(in, a, &plant, NULL) || !(problem = problem_make(plant, a)))
		exit(EXIT_FAILURE);
	*ret_cols = problem->lp.n_cols;
	begin = cpu_ms();
	if (solve_lp(&problem->lp, NULL, a, &s) || s->status != SOLVE_OPTIMAL)
		exit(EXIT_FAILURE);
	return cpu_ms() - begin;
}

static void bench(const char *name, int hours, int fine_h)
{
	static double plan[RUNS], solver[RUNS];
	struct arena a;
	uint32_t steps = 0;
	int cols = 0;

	arena_init(&a, PLAN_ARENA_CAP);
	for (int i = 0; i < RUNS; i++) {
		struct plan_input *in;
		struct rng r;

		rng_init(&r, (uint64_t)i);
		in = sites_hongyuan(&a, &r, hours, fine_h);
		steps = in->n;
		plan[i] = run_plan(in, &a);
		solver[i] = run_solver(in, &a, &cols);
		arena_reset(&a);
	}
	arena_fini(&a);
	qsort(plan, RUNS, sizeof(double), ascending);
	qsort(solver, RUNS, sizeof(double), ascending);
	printf("%s: %u steps, %d columns, %d inputs\n", name, steps, cols, RUNS);
	printf("  plan_make p50 %.2f ms p99 %.2f ms | %s alone p50 %.2f ms p99 %.2f ms | ratio p50 "
	       "%.2f p99 %.2f\n",
	       plan[RUNS / 2], plan[RUNS * 99 / 100], solve_name(), solver[RUNS / 2],
	       solver[RUNS * 99 / 100], plan[RUNS / 2] / solver[RUNS / 2],
	       plan[RUNS * 99 / 100] / solver[RUNS * 99 / 100]);
}

int main(void)
{
	bench("a day of quarters", 24, 24);
	bench("the daemon's grid", 36, 6);
	return EXIT_SUCCESS;
}
