#include "store/record_priv.h"

int record_encode_job(const struct compute_job *j, struct buf *out)
{
	Suandian__Store__V1__Job m = SUANDIAN__STORE__V1__JOB__INIT;

	if (j->state == JOB_NONE)
		return 0;
	m.id = record_text(j->id);
	m.site = record_text(j->site);
	m.queue = record_text(j->queue);
	m.tenant = record_text(j->tenant);
	m.tier = j->tier;
	m.devices = j->devices;
	m.min_devices = j->min_devices;
	m.work_ds = j->work_ds;
	m.arrival_ms = j->arrival_ms;
	m.deadline_ms = j->deadline_ms;
	m.earliest_start_ms = j->earliest_start_ms;
	m.checkpoint_period_ms = j->checkpoint_period_ms;
	m.checkpoint_cost_ms = j->checkpoint_cost_ms;
	m.last_checkpoint_ms = j->last_checkpoint_ms;
	m.preemptible = j->preemptible;
	m.migratable = j->migratable;
	m.transfer_bytes = j->transfer_bytes;
	m.state = (uint32_t)j->state;
	m.committed = j->committed;
	m.counted_ms = j->counted_ms;
	m.started_ms = j->started_ms;
	m.event_ms = j->event_ms;
	m.ended_ms = j->ended_ms;
	m.lost_ds = j->lost_ds;
	m.cap_w = j->cap_w;
	m.pushed_ds = j->pushed_ds;
	m.pushed_state = (uint32_t)j->pushed_state;
	return record_pack(&m.base, out);
}

static bool take_numbers(struct compute_job *j, const Suandian__Store__V1__Job *m)
{
	if (m->tier > FLEX_F3 || m->state == JOB_NONE || m->state > JOB_STATE_LAST ||
	    m->pushed_state > JOB_STATE_LAST)
		return false;
	j->tier = (enum flex_tier)m->tier;
	j->devices = m->devices;
	j->min_devices = m->min_devices;
	j->work_ds = m->work_ds;
	j->arrival_ms = m->arrival_ms;
	j->deadline_ms = m->deadline_ms;
	j->earliest_start_ms = m->earliest_start_ms;
	j->checkpoint_period_ms = m->checkpoint_period_ms;
	j->checkpoint_cost_ms = m->checkpoint_cost_ms;
	j->last_checkpoint_ms = m->last_checkpoint_ms;
	j->preemptible = m->preemptible;
	j->migratable = m->migratable;
	j->transfer_bytes = m->transfer_bytes;
	j->state = (int)m->state;
	j->committed = m->committed;
	j->counted_ms = m->counted_ms;
	j->started_ms = m->started_ms;
	j->event_ms = m->event_ms;
	j->ended_ms = m->ended_ms;
	j->lost_ds = m->lost_ds;
	j->cap_w = m->cap_w;
	j->pushed_ds = m->pushed_ds;
	j->pushed_state = (int)m->pushed_state;
	return true;
}

int record_decode_job(const uint8_t *p, size_t len, struct arena *a, struct compute_job *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__job__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Job *m = (const Suandian__Store__V1__Job *)base;
	bool fits = take_numbers(ret, m) && record_take_text(ret->id, sizeof(ret->id), m->id) &&
		    record_take_text(ret->site, sizeof(ret->site), m->site) &&
		    record_take_text(ret->queue, sizeof(ret->queue), m->queue) &&
		    record_take_text(ret->tenant, sizeof(ret->tenant), m->tenant);
	return fits ? 0 : ERR_CORRUPT;
}
