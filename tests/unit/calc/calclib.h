/* What the tests of suandian-calc share: runs of the whole program on texts, and their answers. */
#pragma once

#include <check.h>
#include <jansson.h>

#include "base/base.h"

struct outcome {
	int code;
	char *out, *err; /* malloc'ed */
	json_t *answer;	 /* of out, NULL if it is no JSON */
};

/* Runs `suandian-calc words…` (a NULL-terminated list). */
void calc_run(struct outcome *o, const char *const *words);
/* Runs `suandian-calc plan FILE` on a document. */
void calc_plan(struct outcome *o, const char *document);
void calc_end(struct outcome *o);

/* A document of one variant "v" whose data are the members in printf form, with ' for ". Malloc'ed. */
char *case_text(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Of the first variant of the answer: */
const char *status_of(const struct outcome *o);
double cost_of(const struct outcome *o);
/* series.import[t] and so on; path "storages.0.soc" */
double series_at(const struct outcome *o, const char *path, int t);

/* Solves the data; the answer must have that status and cost, and the program must have ended with 0. */
void expect_cost(const char *data, double cost);
void expect_status(const char *data, const char *status);
