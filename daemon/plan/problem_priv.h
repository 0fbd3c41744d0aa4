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
void problem_row(struct problem *b, int row, double lower, double upper);

/* ---- problem_store.c, problem_queue.c, problem_cooling.c, problem_limit.c ---- */

void problem_write_store(struct problem_writer *w, int t, int i);
void problem_write_queue(struct problem_writer *w, int t, int i);
void problem_write_cooling(struct problem_writer *w, int t, int i);
void problem_write_feeder(struct problem_writer *w, int t, int i);
void problem_write_event(struct problem_writer *w, int e);
void problem_write_ration(struct problem_writer *w, int i);
void problem_write_demand(struct problem_writer *w, int d);
/* The column written last is an import in step t: rations and charges see it. */
void problem_meet_imports(struct problem_writer *w, int t);
/* The column written last is `it` kW of IT power per unit in step t: its heat must go. */
void problem_meet_heat(struct problem_writer *w, int t, double it);
