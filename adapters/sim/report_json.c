#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "sim/battery.h"
#include "sim/report.h"

static void put(json_t *to, const char *key, int64_t value)
{
	(void)json_object_set_new(to, key, json_integer((json_int_t)value));
}

static json_t *result(const struct score_result *r)
{
	json_t *o = json_object();

	put(o, "total_e4", r->total_e4);
	put(o, "energy_e4", r->energy_e4);
	put(o, "purchase_e4", r->purchase_e4);
	put(o, "demand_e4", r->demand_e4);
	put(o, "demand_share_e4", r->demand_share_e4);
	put(o, "over_contract_e4", r->over_e4);
	put(o, "wear_e4", r->wear_e4);
	put(o, "late_e4", r->late_e4);
	put(o, "soc_value_e4", r->soc_value_e4);
	put(o, "backlog_value_e4", r->backlog_value_e4);
	put(o, "import_wh", r->import_wh);
	put(o, "export_wh", r->export_wh);
	put(o, "curtailed_wh", r->curtailed_wh);
	put(o, "cooling_wh", r->cooling_wh);
	put(o, "peak_w", r->peak_w);
	put(o, "peak_ms", r->peak_ms);
	put(o, "done_device_s", r->done_ds);
	put(o, "late_device_s", r->late_ds);
	put(o, "lost_device_s", r->lost_ds);
	put(o, "jobs_late", r->jobs_late);
	put(o, "backlog_device_s", r->backlog_ds);
	put(o, "soc_wh", r->soc_wh);
	put(o, "carbon_kg", r->carbon_kg);
	put(o, "mean_price_e4", r->mean_price_e4);
	(void)json_object_set_new(o, "hard_limit_broken", json_boolean(r->hard_breach));
	return o;
}

static json_t *breaches(const struct score *s)
{
	json_t *list = json_array();

	for (int i = 0; i < s->n_breaches; i++) {
		const struct score_breach *b = &s->breaches[i];

		(void)json_array_append_new(
			list,
			json_pack("{s:s s:I s:I s:I s:s s:b}", "limit", b->limit, "from_ms",
				  (json_int_t)b->from_ms, "to_ms", (json_int_t)b->to_ms, "amount",
				  (json_int_t)b->amount, "unit", b->unit, "hard", b->hard));
	}
	return list;
}

/* Names of jobs that were not done when they were due. */
static json_t *late_jobs(const struct twin *t)
{
	json_t *list = json_array();

	for (int i = 0; i < t->plant->n_queues; i++)
		for (size_t k = 0; k < t->queues[i].n_late; k++)
			(void)json_array_append_new(list,
						    json_string(t->queues[i].late[k].job->id));
	return list;
}

static json_t *policies(const struct run_site *site)
{
	json_t *all = json_object();

	for (int i = 0; i < N_RUN_POLICIES; i++) {
		struct score_result res = score_result(&site->score[i]);
		json_t *one = result(&res);

		(void)json_object_set_new(one, "limits_broken", breaches(&site->score[i]));
		(void)json_object_set_new(one, "limits_broken_more",
					  json_integer(site->score[i].n_breaches_dropped));
		(void)json_object_set_new(one, "late_jobs", late_jobs(&site->twin[i]));
		(void)json_object_set_new(all, run_policy_name[i], one);
	}
	return all;
}

static json_t *storage(const struct plant *p, const struct score_slot *s)
{
	json_t *all = json_object();

	for (int i = 0; i < p->n_storage; i++)
		(void)json_object_set_new(all, p->storage[i].id,
					  json_pack("{s:I s:I}", "power_w",
						    (json_int_t)score_mean_w(s->storage_wms[i], s),
						    "soc_wh",
						    (json_int_t)(s->soc_mj[i] / MJ_PER_WH)));
	return all;
}

static json_t *slot(const struct plant *p, const struct score_slot *s)
{
	json_t *one = json_object();

	put(one, "start_ms", s->start_ms);
	put(one, "pcc_w", score_mean_w(s->pcc_wms, s));
	put(one, "load_w", score_mean_w(s->load_wms, s));
	put(one, "generation_w", score_mean_w(s->gen_wms, s));
	put(one, "available_w", score_mean_w(s->available_wms, s));
	put(one, "queue_w", score_mean_w(s->queue_wms, s));
	put(one, "queue_it_w", score_mean_w(s->queue_it_wms, s));
	put(one, "cooling_w", score_mean_w(s->cooling_wms, s));
	put(one, "backlog_device_s", s->backlog_dms / MS_PER_S);
	put(one, "price_buy", s->buy_e4);
	put(one, "price_sell", s->sell_e4);
	(void)json_object_set_new(one, "storage", storage(p, s));
	for (int i = 0; i < p->n_cooling; i++)
		(void)json_object_set_new(one, "temperature_c", json_real(s->temp_c[i]));
	return one;
}

static json_t *slots(const struct score *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_slots; i++)
		(void)json_array_append_new(list, slot(s->plant, &s->slots[i]));
	return list;
}

/* IT watts of the queues, slot by slot. */
static json_t *queues_w(const struct score *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_slots; i++)
		(void)json_array_append_new(list, json_integer((json_int_t)score_mean_w(
							  s->slots[i].queue_it_wms, &s->slots[i])));
	return list;
}

static json_t *section(const struct run *r, int i)
{
	const struct scenario_section *spec = &r->set->sections[i];
	json_t *all = json_object(), *list = json_array(), *by_policy = json_object();

	put(all, "import_max_w", spec->import_max_w);
	for (int p = 0; p < N_RUN_POLICIES; p++) {
		struct section_result res = section_result(&r->section[i][p], spec->import_max_w);
		json_t *one = json_object();

		put(one, "peak_w", res.peak_w);
		put(one, "peak_ms", res.peak_ms);
		put(one, "over_w", res.over_w);
		put(one, "over_ms", res.over_ms);
		put(one, "over_wh", res.over_wh);
		put(one, "over_slots", res.over_slots);
		put(one, "bound_slots", res.bound_slots);
		(void)json_object_set_new(by_policy, run_policy_name[p], one);
	}
	for (size_t k = 0; k < r->section[i][RUN_OBEY].n; k++) {
		const struct section_slot *s = &r->section[i][RUN_OBEY].slots[k];
		json_t *one = json_object();

		put(one, "start_ms", s->start_ms);
		put(one, "sites_w", section_mean_w(s->sites_wms, s));
		put(one, "others_w", section_mean_w(s->others_wms, s));
		(void)json_array_append_new(list, one);
	}
	(void)json_object_set_new(all, "policies", by_policy);
	(void)json_object_set_new(all, "slots", list);
	return all;
}

static json_t *region(const struct run *r)
{
	json_t *all = json_object(), *pol = json_object(), *sec = json_object(),
	       *links = json_object();

	for (int i = 0; i < N_RUN_POLICIES; i++) {
		struct score_result res = report_region(r, (enum run_policy)i);
		json_t *one = result(&res);

		put(one, "over_section_e4", report_over_e4(r, (enum run_policy)i));
		put(one, "transfer_e4", i == RUN_OBEY ? report_moved_e4(r) : 0);
		(void)json_object_set_new(pol, run_policy_name[i], one);
	}
	for (int i = 0; i < r->set->n_sections; i++)
		(void)json_object_set_new(sec, r->set->sections[i].id, section(r, i));
	for (int i = 0; i < r->set->n_links; i++) {
		json_t *one = json_object();

		put(one, "journeys", r->moved[i].n);
		put(one, "device_s", r->moved[i].work_dms / MS_PER_S);
		put(one, "bytes", r->moved[i].bytes);
		put(one, "price_e4", r->moved[i].price_e4);
		(void)json_object_set_new(links, r->set->links[i].id, one);
	}
	(void)json_object_set_new(all, "policies", pol);
	(void)json_object_set_new(all, "sections", sec);
	(void)json_object_set_new(all, "links", links);
	return all;
}

static json_t *commands(const struct drive *d)
{
	json_t *list = json_array();

	for (int i = 0; i < d->options->n_at; i++) {
		const struct at_option *at = &d->options->at[i];
		json_t *status = i < d->next_at ? json_integer(d->at_status[i]) : json_null();

		(void)json_array_append_new(list, json_pack("{s:I s:s s:o}", "at_ms",
							    (json_int_t)at->t_ms, "command",
							    at->command, "status", status));
	}
	return list;
}

static json_t *counts(const struct drive_counts *c)
{
	json_t *o = json_object();

	put(o, "plans", (int64_t)c->plans);
	put(o, "decisions", (int64_t)c->decisions);
	put(o, "accepted", (int64_t)c->accepted);
	put(o, "applied", (int64_t)c->applied);
	put(o, "rejected", (int64_t)c->rejected);
	put(o, "lapsed", (int64_t)c->lapsed);
	put(o, "samples", (int64_t)c->samples);
	put(o, "curves", (int64_t)c->curves);
	put(o, "jobs", (int64_t)c->jobs);
	put(o, "job_events", (int64_t)c->job_events);
	put(o, "job_decisions", (int64_t)c->job_decisions);
	put(o, "journeys", (int64_t)c->journeys);
	put(o, "audit_seq", (int64_t)c->audit_seq);
	return o;
}

static json_t *site(const struct drive *d, int i)
{
	const struct run_site *s = &d->run->site[i];
	json_t *one = json_object();

	(void)json_object_set_new(one, "policies", policies(s));
	(void)json_object_set_new(one, "slots", slots(&s->score[RUN_OBEY]));
	(void)json_object_set_new(one, "do_nothing_queue_it_w", queues_w(&s->score[RUN_NOTHING]));
	put(one, "adapter_deaths", (int64_t)d->site[i].deaths);
	return one;
}

int report_write(const struct drive *d, const char *path)
{
	const struct run *r = d->run;
	json_t *root = json_object(), *sites = json_object();
	int e = 0;

	if (!root || !sites)
		return -ENOMEM;
	(void)json_object_set_new(root, "format", json_string("suandian-sim/2"));
	put(root, "from_ms", r->from_ms);
	put(root, "to_ms", run_now(r));
	put(root, "step_ms", r->step_ms);
	put(root, "seed", (int64_t)d->options->seed);
	(void)json_object_set_new(root, "counts", counts(&d->counts));
	(void)json_object_set_new(root, "commands", commands(d));
	(void)json_object_set_new(root, "fault", json_string(d->fault.text));
	for (int i = 0; i < r->n_sites; i++)
		(void)json_object_set_new(sites, run_scenario(r, i)->plant.site, site(d, i));
	(void)json_object_set_new(root, "sites", sites);
	(void)json_object_set_new(root, "region", region(r));
	errno = 0;
	if (json_dump_file(root, path, JSON_INDENT(1) | JSON_SORT_KEYS) < 0)
		e = errno ? -errno : -EIO;
	json_decref(root);
	return e;
}
