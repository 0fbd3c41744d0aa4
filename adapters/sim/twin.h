/* The plant twin: the truth of the simulation. Under the set points in force it lets time pass, step by step; the
 * meter at the PCC is the exact sum of everything behind it. Knows no socket, no clock, no chance. Owner's thread. */
#pragma once

#include "sim/cooling.h"
#include "sim/queue.h"

#define TWIN_NO_CAP INT64_MAX

/* What nobody decides, means over the step. */
struct twin_exogenous {
	int64_t gen_w[PLANT_MAX]; /* available, magnitude */
	int64_t load_it_w;
	int64_t arrived_dms[PLANT_MAX]; /* work that arrives at the beginning of the step */
	const struct job
		*job[PLANT_MAX]; /* of it: jobs with names, n_jobs of them; NULL = work without */
	size_t n_jobs[PLANT_MAX];
	double outdoor_c;
};

/* Set points in force. */
struct twin_control {
	int64_t gen_cap_w[PLANT_MAX];	/* magnitude; TWIN_NO_CAP = all there is */
	int64_t storage_w[PLANT_MAX];	/* grid side, charge + */
	int64_t queue_cap_w[PLANT_MAX]; /* IT watts; TWIN_NO_CAP = at its own pace */
	int64_t cooling_w[PLANT_MAX];	/* COOLING_THERMOSTAT = its own */
};
/* No caps, storage at rest, thermostats. */
struct twin_control twin_control_none(void);

/* What happened in a step: means, passive sign; levels at its end. */
struct twin_row {
	int64_t start_ms, dt_ms;
	struct twin_exogenous exogenous;
	int64_t load_w; /* PCC side, of the load that is not deferrable */
	int64_t gen_w[PLANT_MAX];
	int64_t storage_w[PLANT_MAX], lost_mj[PLANT_MAX], soc_mj[PLANT_MAX];
	int64_t queue_it_w[PLANT_MAX], queue_w[PLANT_MAX];
	int64_t done_dms[PLANT_MAX], backlog_dms[PLANT_MAX];
	int64_t cooling_w[PLANT_MAX];
	double temp_c[PLANT_MAX];
	int64_t transfer_w; /* data on their way to other sites */
	int64_t feeder_w[PLANT_MAX];
	int64_t pcc_w; /* = load + Σ queues + Σ storage + Σ generators + Σ cooling + transfer, to the watt */
};

struct twin {
	const struct plant *plant;
	int64_t now_ms;
	struct twin_control control;
	int64_t soc_mj[PLANT_MAX];
	double temp_c[PLANT_MAX];
	struct queue_state queues[PLANT_MAX];
	int64_t transfer_mj; /* that the next step spends on moving data */
};

/* plant is borrowed. */
void twin_init(struct twin *t, const struct plant *plant, int64_t now_ms);
void twin_fini(struct twin *t);

/* Jobs with names that are there when the step of these conditions begins: to be called before anybody decides over it.
 * 0 or -ENOMEM. */
int twin_arrive(struct twin *t, const struct twin_exogenous *exogenous);

/* dt_ms pass; work without names arrives at the beginning. 0 or -ENOMEM (nothing happened to the levels). */
int twin_step(struct twin *t, const struct twin_exogenous *exogenous, int64_t dt_ms,
	      struct twin_row *ret);

/* What an asset would do over the next dt_ms under the present set points and these conditions: what an
 * acknowledgement reports as measured. Storage: W at the grid side; generators: −generation; queue: IT watts. */
int64_t twin_expect_storage_w(const struct twin *t, int i, int64_t dt_ms);
int64_t twin_expect_gen_w(const struct twin *t, int i, const struct twin_exogenous *exogenous);
int64_t twin_expect_queue_w(const struct twin *t, int i, const struct twin_exogenous *exogenous,
			    int64_t dt_ms);
int64_t twin_expect_cooling_w(const struct twin *t, int i, const struct twin_exogenous *exogenous,
			      int64_t dt_ms);
