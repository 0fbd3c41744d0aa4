#include "sim/report.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "sim/battery.h"

static json_t *result(const struct score_result *r)
{
	return json_pack(
		"{s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I s:b}",
		"total_e4", (json_int_t)r->total_e4, "energy_e4", (json_int_t)r->energy_e4,
		"over_contract_e4", (json_int_t)r->over_e4, "wear_e4", (json_int_t)r->wear_e4,
		"late_e4", (json_int_t)r->late_e4, "soc_value_e4", (json_int_t)r->soc_value_e4,
		"backlog_value_e4", (json_int_t)r->backlog_value_e4, "import_wh",
		(json_int_t)r->import_wh, "export_wh", (json_int_t)r->export_wh, "curtailed_wh",
		(json_int_t)r->curtailed_wh, "peak_w", (json_int_t)r->peak_w, "peak_ms",
		(json_int_t)r->peak_ms, "done_device_s", (json_int_t)r->done_ds, "late_device_s",
		(json_int_t)r->late_ds, "backlog_device_s", (json_int_t)r->backlog_ds, "soc_wh",
		(json_int_t)r->soc_wh, "carbon_kg", (json_int_t)r->carbon_kg, "mean_price_e4",
		(json_int_t)r->mean_price_e4, "hard_limit_broken", r->hard_breach);
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

static json_t *policies(const struct run *r)
{
	json_t *all = json_object();

	for (int i = 0; i < N_RUN_POLICIES; i++) {
		struct score_result res = score_result(&r->score[i]);
		json_t *one = result(&res);

		(void)json_object_set_new(one, "limits_broken", breaches(&r->score[i]));
		(void)json_object_set_new(one, "limits_broken_more",
					  json_integer(r->score[i].n_breaches_dropped));
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
	json_t *one =
		json_pack("{s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I}", "start_ms",
			  (json_int_t)s->start_ms, "pcc_w", (json_int_t)score_mean_w(s->pcc_wms, s),
			  "load_w", (json_int_t)score_mean_w(s->load_wms, s), "pv_w",
			  (json_int_t)score_mean_w(s->pv_wms, s), "pv_available_w",
			  (json_int_t)score_mean_w(s->available_wms, s), "queue_w",
			  (json_int_t)score_mean_w(s->queue_wms, s), "queue_it_w",
			  (json_int_t)score_mean_w(s->queue_it_wms, s), "backlog_device_s",
			  (json_int_t)(s->backlog_dms / MS_PER_S), "price_buy",
			  (json_int_t)s->buy_e4, "price_sell", (json_int_t)s->sell_e4);

	(void)json_object_set_new(one, "storage", storage(p, s));
	return one;
}

static json_t *slots(const struct run *r)
{
	const struct score *s = &r->score[RUN_OBEY];
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_slots; i++)
		(void)json_array_append_new(list, slot(s->plant, &s->slots[i]));
	return list;
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
	return json_pack("{s:I s:I s:I s:I s:I s:I s:I s:I s:I}", "plans", (json_int_t)c->plans,
			 "decisions", (json_int_t)c->decisions, "accepted", (json_int_t)c->accepted,
			 "applied", (json_int_t)c->applied, "rejected", (json_int_t)c->rejected,
			 "lapsed", (json_int_t)c->lapsed, "samples", (json_int_t)c->samples,
			 "curves", (json_int_t)c->curves, "audit_seq", (json_int_t)c->audit_seq);
}

int report_write(const struct drive *d, const char *path)
{
	const struct run *r = d->run;
	json_t *root = json_pack("{s:s s:s s:I s:I s:I s:I s:o s:o s:o s:o s:s}", "format",
				 "suandian-sim/1", "site", r->exo->scenario->plant.site, "from_ms",
				 (json_int_t)r->from_ms, "to_ms", (json_int_t)run_now(r), "step_ms",
				 (json_int_t)r->step_ms, "seed", (json_int_t)r->exo->seed, "counts",
				 counts(&d->counts), "policies", policies(r), "commands",
				 commands(d), "slots", slots(r), "fault", d->fault.text);
	int e = 0;

	if (!root)
		return -ENOMEM;
	errno = 0;
	if (json_dump_file(root, path, JSON_INDENT(1) | JSON_SORT_KEYS) < 0)
		e = errno ? -errno : -EIO;
	json_decref(root);
	return e;
}
