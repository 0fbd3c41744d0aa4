/* Making a plan in a test and looking into it: steps of an hour, which are four slots each. */
#pragma once

#include "plan/plan.h"

#define KW INT64_C(1000)
#define CNY INT64_C(10000)

extern struct arena made_arena; /* everything below lives in it; fresh in each test */
void made_setup(void);
void made_teardown(void);

/* Asserts that there is one, that it balances, and that it is optimal by its own figures. */
struct plan *made_plan(const struct plan_input *in);

/* Mean power in an hour, the same in its four slots; level at its end. */
int64_t made_power(const struct plan *p, const char *asset, uint32_t hour);
int64_t made_level(const struct plan *p, const char *asset, uint32_t hour);

/* The first of that name, or NULL. */
const struct plan_relaxation *made_relaxation(const struct plan *p, const char *limit);
const struct plan_binding *made_binding(const struct plan *p, const char *limit);

void made_set_load(struct plan_input *in, int64_t w);
/* sites_plain() with 200 kW of load, cheap for two hours and dear for two: 0.2 and 1.0 CNY, nothing for export. */
struct plan_input *made_two_prices(int n_storage, int n_queues);
