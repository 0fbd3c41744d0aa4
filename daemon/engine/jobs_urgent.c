#include "engine/jobs_urgent.h"

#include "dispatch/pace.h"
#include "engine/state.h"

bool jobs_is_leaving(const struct job_live *jl)
{
	return jl->current && jl->current->d.action.kind == ACTION_MIGRATE;
}

static bool has_to_run(const struct compute_job *j, const struct queue *q, int64_t now_ms)
{
	int64_t left = job_left_ds(j, q->device_power_w, now_ms);
	bool can = j->state == JOB_PENDING || j->state == JOB_RUNNING || j->state == JOB_PAUSED;

	return can && left > 0 && (job_is_on(j) || job_ready_ms(j) <= now_ms) &&
	       pace_is_urgent(left, j->devices, j->deadline_ms, now_ms);
}

int64_t jobs_urgent_w(const struct engine *e, const struct site_state *ss,
		      const struct asset_state *as)
{
	const struct queue *q = &ss->site->queues[as->index];
	int64_t now = e->clock.now_ms, sum = 0;

	for (int i = 0; i < e->jobs.n_queues; i++) {
		const struct job_queue *jq = &e->jobs.queues[i];

		if (jq->site != ss->index || &ss->assets[jq->asset] != as)
			continue;
		list_foreach(it, &jq->live)
		{
			const struct job_live *jl = list_entry(it, struct job_live, node);

			if (!jobs_is_leaving(jl) && has_to_run(&jl->job, q, now))
				sum += pace_full_w(q, &jl->job);
		}
	}
	return min_i64(sum, q->devices * q->device_power_w);
}
