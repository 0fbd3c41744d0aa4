/* The commands. Each does the whole of its work, connecting included, prints the result in the form asked for,
 * and returns an enum ctl_exit (ctl.h); what went wrong has been said on stderr by then. */
#pragma once

struct ctl;

int cmd_status(struct ctl *c);
int cmd_health(struct ctl *c);
int cmd_metrics(struct ctl *c);
int cmd_sites(struct ctl *c);
int cmd_points(struct ctl *c);
int cmd_latest(struct ctl *c);
int cmd_range(struct ctl *c);
int cmd_plan(struct ctl *c);
int cmd_why(struct ctl *c);
int cmd_replan(struct ctl *c);
int cmd_replay(struct ctl *c);
int cmd_whatif_event(struct ctl *c);
int cmd_whatif_outage(struct ctl *c);
int cmd_whatif_price(struct ctl *c);
int cmd_forecast_test(struct ctl *c);
int cmd_forecast_show(struct ctl *c);
int cmd_decisions(struct ctl *c);
int cmd_watch(struct ctl *c);
int cmd_events(struct ctl *c);
int cmd_jobs(struct ctl *c);
int cmd_job_show(struct ctl *c);
int cmd_job_push(struct ctl *c);
int cmd_event_show(struct ctl *c);
int cmd_event_put(struct ctl *c);
int cmd_event_cancel(struct ctl *c);
int cmd_override_put(struct ctl *c);
int cmd_override_cancel(struct ctl *c);
int cmd_overrides(struct ctl *c);
int cmd_asset_out(struct ctl *c);
int cmd_asset_back(struct ctl *c);
int cmd_mode(struct ctl *c);
int cmd_pending(struct ctl *c);
int cmd_approve(struct ctl *c);
int cmd_refuse(struct ctl *c);
int cmd_dayflag_put(struct ctl *c);
int cmd_dayflags(struct ctl *c);
int cmd_audit_verify(struct ctl *c);
int cmd_audit_trail(struct ctl *c);
int cmd_audit_read(struct ctl *c);
int cmd_config_show(struct ctl *c);
int cmd_config_diff(struct ctl *c);
int cmd_config_reload(struct ctl *c);
int cmd_completion(struct ctl *c);
int cmd_version(struct ctl *c);
