/* What is wrong with a configuration: all of it, each with its place, in the order of files and lines.
 * Owner's thread. */
#pragma once

#include "base/base.h"

#define FAULTS_MAX 1000 /* more are counted, not kept */

/* A place in a file; line and column from 1. File NULL: no place. */
struct conf_mark {
	const char *file; /* borrowed from whoever made the mark */
	int line, col;
};

struct conf_fault {
	char *file; /* "" if the fault has no place */
	int line, col;
	char *text; /* "sites[0].storage[1].soc_min: is not below soc_max" */
};

struct fault_list {
	struct conf_fault *at;
	size_t n, size;
	size_t n_dropped; /* beyond FAULTS_MAX, or for lack of memory: never silently none */
};

void fault_list_init(struct fault_list *l);
void fault_list_fini(struct fault_list *l);

/* One more fault; texts are copied. */
void fault_list_add(struct fault_list *l, struct conf_mark where, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* By file (in the order of their first fault), line, column; equal places keep their order. */
void fault_list_sort(struct fault_list *l);

/* Was anything wrong at all? */
static inline bool fault_list_is_empty(const struct fault_list *l)
{
	return l->n == 0 && l->n_dropped == 0;
}

/* "file:line:col: text", or the text alone where there is no place, into out; returns out. */
char *conf_fault_format(const struct conf_fault *f, char *out, size_t n);
