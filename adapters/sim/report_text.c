#include "sim/report.h"

#include "base/num.h"

static const char *const titles[N_RUN_POLICIES] = {"suandian", "do nothing", "threshold"};

struct column {
	struct score_result r[N_RUN_POLICIES];
};

static void line(FILE *to, const char *name, const struct column *c,
		 double (*of)(const struct score_result *), const char *unit)
{
	(void)fprintf(to, "  %-22s", name);
	for (int i = 0; i < N_RUN_POLICIES; i++)
		(void)fprintf(to, " %14.2f", of(&c->r[i]));
	(void)fprintf(to, "  %s\n", unit);
}

#define MONEY(field)                                                                               \
	static double field(const struct score_result *r)                                          \
	{                                                                                          \
		return (double)r->field / 1e4;                                                     \
	}
MONEY(total_e4)
MONEY(energy_e4)
MONEY(over_e4)
MONEY(wear_e4)
MONEY(late_e4)
MONEY(backlog_value_e4)

static double left_e4(const struct score_result *r)
{
	return (double)(0 - r->soc_value_e4) / 1e4;
}
static double import_mwh(const struct score_result *r)
{
	return (double)r->import_wh / 1e6;
}
static double export_mwh(const struct score_result *r)
{
	return (double)r->export_wh / 1e6;
}
static double curtailed_mwh(const struct score_result *r)
{
	return (double)r->curtailed_wh / 1e6;
}
static double peak_mw(const struct score_result *r)
{
	return (double)r->peak_w / 1e6;
}
static double late_h(const struct score_result *r)
{
	return (double)r->late_ds / 3600;
}
static double done_h(const struct score_result *r)
{
	return (double)r->done_ds / 3600;
}
static double carbon_t(const struct score_result *r)
{
	return (double)r->carbon_kg / 1000;
}

static void table(FILE *to, const struct column *c, bool carbon)
{
	(void)fprintf(to, "  %-22s", "");
	for (int i = 0; i < N_RUN_POLICIES; i++)
		(void)fprintf(to, " %14s", titles[i]);
	(void)fputc('\n', to);
	line(to, "energy", c, energy_e4, "CNY");
	line(to, "over contract", c, over_e4, "CNY");
	line(to, "battery wear", c, wear_e4, "CNY");
	line(to, "late work", c, late_e4, "CNY");
	line(to, "stored beyond start", c, left_e4, "CNY (worth, at the mean price)");
	line(to, "work still waiting", c, backlog_value_e4, "CNY (its energy, at the mean price)");
	line(to, "total", c, total_e4, "CNY");
	line(to, "bought", c, import_mwh, "MWh");
	line(to, "sold", c, export_mwh, "MWh");
	line(to, "sun not used", c, curtailed_mwh, "MWh");
	line(to, "highest quarter hour", c, peak_mw, "MW");
	line(to, "work done", c, done_h, "device-hours");
	line(to, "work late", c, late_h, "device-hours");
	if (carbon)
		line(to, "CO2 of what was bought", c, carbon_t, "t");
}

static void list_breaches(const struct run *r, FILE *to)
{
	const struct score *s = &r->score[RUN_OBEY];

	if (s->n_breaches == 0)
		(void)fputs("  limits: all held in the plant's own truth (storage levels, grid "
			    "connection, contract, load)\n",
			    to);
	for (int i = 0; i < s->n_breaches; i++) {
		const struct score_breach *b = &s->breaches[i];
		char from[32], until[32];
		int32_t zone_s = zone_offset_s(r->exo->scenario->zone, b->from_ms);

		(void)fprintf(to, "  LIMIT BROKEN: %s by %lld %s from %s to %s%s\n", b->limit,
			      (long long)b->amount, b->unit,
			      num_format_time(from, sizeof(from), b->from_ms, zone_s, false),
			      num_format_time(until, sizeof(until), b->to_ms, zone_s, false),
			      b->hard ? " (hard)" : "");
	}
}

static void list_commands(const struct drive *d, FILE *to)
{
	for (int i = 0; i < d->options->n_at; i++) {
		if (i >= d->next_at)
			(void)fprintf(to, "  at %s: not run\n", d->options->at[i].when);
		else
			(void)fprintf(to, "  at %s: command ended with status %d\n",
				      d->options->at[i].when, d->at_status[i]);
	}
}

void report_print(const struct drive *d, FILE *to)
{
	const struct run *r = d->run;
	int32_t zone_s = zone_offset_s(r->exo->scenario->zone, r->from_ms);
	char from[32], until[32];
	struct column c;

	if (!r->has_row) {
		(void)fprintf(to, "nothing was simulated: %s\n", d->fault.text);
		return;
	}
	for (int i = 0; i < N_RUN_POLICIES; i++)
		c.r[i] = score_result(&r->score[i]);
	(void)fprintf(to, "%s, %s to %s, step %lld min, seed %llu\n", r->exo->scenario->plant.site,
		      num_format_time(from, sizeof(from), r->from_ms, zone_s, false),
		      num_format_time(until, sizeof(until), run_now(r), zone_s, false),
		      (long long)(r->step_ms / MS_PER_MIN), (unsigned long long)r->exo->seed);
	table(to, &c, series_is_set(&r->exo->carbon));
	(void)fprintf(to,
		      "  %llu plans, %llu decisions (%llu applied, %llu rejected), %llu leases "
		      "ended, %llu samples, %llu forecasts\n",
		      (unsigned long long)d->counts.plans, (unsigned long long)d->counts.decisions,
		      (unsigned long long)d->counts.applied, (unsigned long long)d->counts.rejected,
		      (unsigned long long)d->counts.lapsed, (unsigned long long)d->counts.samples,
		      (unsigned long long)d->counts.curves);
	list_commands(d, to);
	list_breaches(r, to);
	if (d->fault.code)
		(void)fprintf(to, "  ENDED EARLY: %s\n", d->fault.text);
}

bool report_is_good(const struct drive *d)
{
	if (d->fault.code || score_result(&d->run->score[RUN_OBEY]).hard_breach ||
	    d->next_at < d->options->n_at)
		return false;
	for (int i = 0; i < d->next_at; i++)
		if (d->at_status[i] != 0)
			return false;
	return true;
}
