/* Writing a problem: what the rooms of problem.c share. Columns are written one after the other, in the order of their
 * numbers. */
#pragma once

#include "plan/problem.h"

struct problem_writer {
	struct problem *b;
	const struct plant *p;
	int col, nnz, cap;
};

void problem_column(struct problem_writer *w, double cost, double lower, double upper);
/* Of the column written last. */
void problem_entry(struct problem_writer *w, int row, double value);

/* ---- problem_store.c, problem_queue.c, problem_limit.c ---- */

void problem_write_store(struct problem_writer *w, int t, int i);
void problem_write_queue(struct problem_writer *w, int t, int i);
void problem_write_event(struct problem_writer *w, int e);
void problem_write_peak(struct problem_writer *w);
