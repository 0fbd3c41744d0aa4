/* What planning a region costs beside the solver alone: region_make() on sites like Hongyuan that share a section and
 * are linked in a ring, on the grid of the daemon, against CLP on the very same coupled programme, and with the interior
 * point. Times are this machine's. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "plan/region_order.h"
#include "plan/region_problem.h"
#include "planlib/regions.h"

#define HOURS 36
#define FINE_H 6

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

static double run_region(const struct plan_region *in, enum solve_engine engine, struct arena *a,
			 struct plan **ret)
{
	struct solve_ctl ctl = {.engine = engine};
	struct fault f;
	double begin = cpu_ms();

	if (region_make(in, &ctl, a, ret, &f)) {
		fprintf(stderr, "%s\n", f.text);
		exit(EXIT_FAILURE);
	}
	return cpu_ms() - begin;
}

static double run_solver(const struct plan_region *in, struct arena *a, int *ret_cols,
			 uint64_t *ret_iterations)
{
	struct region_problem *problem;
	struct plan_region *ordered;
	struct lp_solution *s = NULL;
	double begin;
	int *index;

	if (region_order(in, a, &ordered, &index, NULL) ||
	    region_problem_make(ordered, a, &problem, NULL))
		exit(EXIT_FAILURE);
	*ret_cols = problem->lp.n_cols;
	begin = cpu_ms();
	if (solve_lp(&problem->lp, NULL, a, &s) || s->status != SOLVE_OPTIMAL)
		exit(EXIT_FAILURE);
	*ret_iterations = s->iterations;
	return cpu_ms() - begin;
}

struct worst {
	double gap, residual;
	int helped;
};

static void bench(int n_sites, int runs)
{
	double plan[64], solver[64], ipm[64];
	struct worst worst = {0};
	struct plan **p;
	struct arena a;
	uint32_t steps = 0;
	uint64_t iterations = 0;
	int cols = 0;

	arena_init(&a, REGION_ARENA_CAP);
	for (int i = 0; i < runs; i++) {
		struct plan_region *in = regions_alike(&a, (uint64_t)i, n_sites, HOURS, FINE_H);

		steps = in->sites[0]->n;
		p = ARENA_ARRAY(&a, (size_t)n_sites, struct plan *);
		plan[i] = run_region(in, SOLVE_CLP, &a, p);
		solver[i] = run_solver(in, &a, &cols, &iterations);
		if (p[0]->iterations != iterations)
			printf("  (input %d: %llu iterations, refined, against %llu)\n", i,
			       (unsigned long long)p[0]->iterations,
			       (unsigned long long)iterations);
		ipm[i] = run_region(in, SOLVE_IPM, &a, p);
		worst.gap = p[0]->gap > worst.gap ? p[0]->gap : worst.gap;
		worst.residual = p[0]->residual > worst.residual ? p[0]->residual : worst.residual;
		worst.helped += p[0]->solver[0] != 'i';
		arena_reset(&a);
	}
	arena_fini(&a);
	qsort(plan, (size_t)runs, sizeof(double), ascending);
	qsort(solver, (size_t)runs, sizeof(double), ascending);
	qsort(ipm, (size_t)runs, sizeof(double), ascending);
	printf("%d sites coupled: %u steps, %d columns, %d inputs\n", n_sites, steps, cols, runs);
	printf("  region_make p50 %.1f ms p99 %.1f ms | %s alone p50 %.1f ms p99 %.1f ms | ratio "
	       "p50 %.2f\n",
	       plan[runs / 2], plan[runs * 99 / 100], solve_name(), solver[runs / 2],
	       solver[runs * 99 / 100], plan[runs / 2] / solver[runs / 2]);
	printf("  with the interior point p50 %.1f ms p99 %.1f ms, clp/ipm p50 %.2f, worst gap %.1e "
	       "residual %.1e, clp helped %d\n",
	       ipm[runs / 2], ipm[runs * 99 / 100], plan[runs / 2] / ipm[runs / 2], worst.gap,
	       worst.residual, worst.helped);
}

int main(void)
{
	bench(2, 60);
	bench(10, 20);
	return EXIT_SUCCESS;
}
