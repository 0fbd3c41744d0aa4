/* The handlers, one per request that this build knows. Contract: handler in request.h. */
#pragma once

#include "api/request.h"

/* handle_clock.c */
int handle_claim_clock(struct request *r);
int handle_advance_time(struct request *r);
/* handle_points.c */
int handle_declare_points(struct request *r);
int handle_list_points(struct request *r);
int handle_query_latest(struct request *r);
/* handle_samples.c */
int handle_register_layout(struct request *r);
int handle_push_samples(struct request *r);
int handle_push_curve(struct request *r);
/* handle_range.c */
int handle_query_range(struct request *r);
/* handle_event.c */
int handle_put_event(struct request *r);
int handle_cancel_event(struct request *r);
int handle_list_events(struct request *r);
/* handle_plan.c */
int handle_list_sites(struct request *r);
int handle_get_plan(struct request *r);
int handle_explain(struct request *r);
/* handle_operator.c */
int handle_put_override(struct request *r);
int handle_cancel_override(struct request *r);
int handle_set_availability(struct request *r);
int handle_set_mode(struct request *r);
int handle_approve(struct request *r);
/* handle_operator_list.c */
int handle_list_overrides(struct request *r);
int handle_list_pending(struct request *r);
int handle_push_day_flags(struct request *r);
int handle_list_day_flags(struct request *r);
/* handle_study.c */
int handle_replan(struct request *r);
int handle_replay(struct request *r);
int handle_what_if(struct request *r);
/* handle_forecast.c */
int handle_backtest(struct request *r);
/* handle_decision.c */
int handle_subscribe_decisions(struct request *r);
int handle_unsubscribe(struct request *r);
int handle_ack_decision(struct request *r);
int handle_list_decisions(struct request *r);
/* handle_jobs.c */
int handle_push_jobs(struct request *r);
int handle_job_events(struct request *r);
int handle_list_jobs(struct request *r);
/* handle_audit.c */
int handle_read_audit(struct request *r);
int handle_verify_audit(struct request *r);
/* handle_config.c */
int handle_get_config(struct request *r);
int handle_diff_config(struct request *r);
int handle_reload_config(struct request *r);
/* handle_admin.c */
int handle_health(struct request *r);
int handle_metrics(struct request *r);
