#include "sim/report.h"

#include <math.h>

#include "base/num.h"

static const char *const titles[N_RUN_POLICIES] = {"suandian", "do nothing", "threshold",
						   "perfect EDF"};

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
MONEY(purchase_e4)
MONEY(demand_e4)
MONEY(demand_share_e4)
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

static double lost_h(const struct score_result *r)
{
	return (double)r->lost_ds / 3600;
}
static double jobs_late(const struct score_result *r)
{
	return (double)r->jobs_late;
}
static double cooling_mwh(const struct score_result *r)
{
	return (double)r->cooling_wh / 1e6;
}

/* Lines that would be all zero are left out, but for those that a reader looks for. */
static void line_if(FILE *to, const char *name, const struct column *c,
		    double (*of)(const struct score_result *), const char *unit)
{
	for (int i = 0; i < N_RUN_POLICIES; i++)
		if (of(&c->r[i]) != 0) {
			line(to, name, c, of, unit);
			return;
		}
}

static void head(FILE *to)
{
	(void)fprintf(to, "  %-22s", "");
	for (int i = 0; i < N_RUN_POLICIES; i++)
		(void)fprintf(to, " %14s", titles[i]);
	(void)fputc('\n', to);
}

static void table(FILE *to, const struct column *c, bool peak)
{
	head(to);
	line(to, "energy", c, energy_e4, "CNY");
	line_if(to, "bought behind the meter", c, purchase_e4, "CNY");
	line_if(to, "demand charge, share", c, demand_share_e4,
		"CNY (of the month's below, by days of 30)");
	line(to, "over contract", c, over_e4, "CNY");
	line(to, "battery wear", c, wear_e4, "CNY");
	line(to, "late work", c, late_e4, "CNY");
	line(to, "stored beyond start", c, left_e4, "CNY (worth, at the mean price)");
	line(to, "work still waiting", c, backlog_value_e4, "CNY (its energy, at the mean price)");
	line(to, "total", c, total_e4, "CNY");
	line_if(to, "demand charge of month", c, demand_e4,
		"CNY (if no higher quarter hour comes)");
	line(to, "bought", c, import_mwh, "MWh");
	line(to, "sold", c, export_mwh, "MWh");
	line(to, "sun not used", c, curtailed_mwh, "MWh (and wind, and water)");
	line_if(to, "cooling", c, cooling_mwh, "MWh");
	if (peak)
		line(to, "highest quarter hour", c, peak_mw, "MW");
	line(to, "work done", c, done_h, "device-hours");
	line(to, "work late", c, late_h, "device-hours");
	line_if(to, "jobs late", c, jobs_late, "");
	line_if(to, "done again after pauses", c, lost_h, "device-hours");
	line_if(to, "CO2 of what was bought", c, carbon_t, "t");
}

static const char *at_text(const struct run *r, int64_t t_ms, char *text, size_t n)
{
	return num_format_time(text, n, t_ms, zone_offset_s(run_scenario(r, 0)->zone, t_ms), false);
}

static void list_breaches(const struct run *r, int site, FILE *to)
{
	const struct score *s = &r->site[site].score[RUN_OBEY];

	if (s->n_breaches == 0)
		(void)fputs("  limits: all held in the plant's own truth (storage levels, grid "
			    "connection, contract, load)\n",
			    to);
	for (int i = 0; i < s->n_breaches; i++) {
		const struct score_breach *b = &s->breaches[i];
		char from[32], until[32];

		(void)fprintf(to, "  LIMIT BROKEN: %s by %lld %s from %s to %s%s\n", b->limit,
			      (long long)b->amount, b->unit,
			      at_text(r, b->from_ms, from, sizeof(from)),
			      at_text(r, b->to_ms, until, sizeof(until)), b->hard ? " (hard)" : "");
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

/* ---- The region -------------------------------------------------------------------------------------------- */

struct score_result report_region(const struct run *r, enum run_policy policy)
{
	struct score_result sum = {0};

	for (int i = 0; i < r->n_sites; i++) {
		struct score_result s = score_result(&r->site[i].score[policy]);

		sum.energy_e4 += s.energy_e4;
		sum.purchase_e4 += s.purchase_e4;
		sum.demand_e4 += s.demand_e4;
		sum.demand_share_e4 += s.demand_share_e4;
		sum.over_e4 += s.over_e4;
		sum.wear_e4 += s.wear_e4;
		sum.late_e4 += s.late_e4;
		sum.soc_value_e4 += s.soc_value_e4;
		sum.backlog_value_e4 += s.backlog_value_e4;
		sum.total_e4 += s.total_e4;
		sum.import_wh += s.import_wh;
		sum.export_wh += s.export_wh;
		sum.curtailed_wh += s.curtailed_wh;
		sum.cooling_wh += s.cooling_wh;
		sum.done_ds += s.done_ds;
		sum.late_ds += s.late_ds;
		sum.lost_ds += s.lost_ds;
		sum.backlog_ds += s.backlog_ds;
		sum.jobs_late += s.jobs_late;
		sum.soc_wh += s.soc_wh;
		sum.carbon_kg += s.carbon_kg;
		sum.hard_breach = sum.hard_breach || s.hard_breach;
	}
	sum.total_e4 += report_over_e4(r, policy) + (policy == RUN_OBEY ? report_moved_e4(r) : 0);
	return sum;
}

int64_t report_over_e4(const struct run *r, enum run_policy policy)
{
	int64_t sum = 0;

	for (int i = 0; i < r->set->n_sections; i++) {
		const struct scenario_section *s = &r->set->sections[i];

		sum += section_result(&r->section[i][policy], s->import_max_w).over_wh *
		       s->over_price_e4 / 1000;
	}
	return sum;
}

int64_t report_moved_e4(const struct run *r)
{
	int64_t sum = 0;

	for (int i = 0; i < r->set->n_links; i++)
		sum += r->moved[i].price_e4;
	return sum;
}

static void print_section(const struct run *r, int i, FILE *to)
{
	const struct scenario_section *s = &r->set->sections[i];

	for (int p = 0; p < N_RUN_POLICIES; p++) {
		struct section_result res = section_result(&r->section[i][p], s->import_max_w);
		char when[32];

		(void)fprintf(to, "  section %s (%.1f MW) with %-11s highest %7.2f MW at %s; %s",
			      s->id, (double)s->import_max_w / 1e6, titles[p],
			      (double)res.peak_w / 1e6, at_text(r, res.peak_ms, when, sizeof(when)),
			      res.over_slots ? "OVER by up to " : "held");
		if (res.over_slots)
			(void)fprintf(to, "%.2f MW in %d quarter hours, %.2f MWh",
				      (double)res.over_w / 1e6, res.over_slots,
				      (double)res.over_wh / 1e6);
		(void)fprintf(to, ", at the limit in %d\n", res.bound_slots);
	}
}

/* How loaded the first section is over the run, a character a quarter hour (at most 96). */
static void plot_section(const struct run *r, int i, FILE *to)
{
	static const char *const block[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	const struct section_score *s = &r->section[i][RUN_OBEY];
	size_t per = s->n / 96 + (s->n % 96 != 0);

	(void)fputs("  load of the section, others included: ", to);
	for (size_t k = 0; per && k + per <= s->n; k += per) {
		double most = 0;

		for (size_t j = k; j < k + per; j++)
			most = fmax(most, (double)(s->slots[j].sites_wms + s->slots[j].others_wms) /
						  (double)s->slots[j].covered_ms);
		most /= (double)r->set->sections[i].import_max_w;
		(void)fputs(block[most <= 0 ? 0 : most >= 1 ? 8 : (int)(most * 8 + 0.5)], to);
	}
	(void)fputc('\n', to);
}

static void print_region(const struct drive *d, FILE *to)
{
	const struct run *r = d->run;
	struct column c;

	for (int i = 0; i < N_RUN_POLICIES; i++)
		c.r[i] = report_region(r, (enum run_policy)i);
	(void)fprintf(to, "\nthe region, all %d sites\n", r->n_sites);
	table(to, &c, false);
	(void)fprintf(to, "  %-22s %14.2f  CNY (in the total)\n", "moving work",
		      (double)report_moved_e4(r) / 1e4);
	(void)fprintf(to, "  %-22s", "sections overloaded");
	for (int i = 0; i < N_RUN_POLICIES; i++)
		(void)fprintf(to, " %14.2f", (double)report_over_e4(r, (enum run_policy)i) / 1e4);
	(void)fputs("  CNY (in the total, at the price of the plan; nobody pays it)\n", to);
	for (int i = 0; i < r->set->n_sections; i++) {
		print_section(r, i, to);
		plot_section(r, i, to);
	}
	for (int i = 0; i < r->set->n_links; i++)
		(void)fprintf(to, "  link %s: %lld journeys, %.0f device-hours of work, %.1f GB\n",
			      r->set->links[i].id, (long long)r->moved[i].n,
			      (double)r->moved[i].work_dms / 3.6e6,
			      (double)r->moved[i].bytes / 1e9);
}

/* ---- The page ----------------------------------------------------------------------------------------------- */

static void print_site(const struct drive *d, int i, FILE *to)
{
	const struct run *r = d->run;
	char from[32], until[32];
	struct column c;

	for (int p = 0; p < N_RUN_POLICIES; p++)
		c.r[p] = score_result(&r->site[i].score[p]);
	(void)fprintf(to, "%s%s, %s to %s, step %lld min, seed %llu\n", i ? "\n" : "",
		      run_scenario(r, i)->plant.site, at_text(r, r->from_ms, from, sizeof(from)),
		      at_text(r, run_now(r), until, sizeof(until)),
		      (long long)(r->step_ms / MS_PER_MIN), (unsigned long long)d->options->seed);
	table(to, &c, true);
	list_breaches(r, i, to);
	if (d->site[i].deaths)
		(void)fprintf(
			to,
			"  its adapter died %llu time(s): the plant fell back as its leases ended\n",
			(unsigned long long)d->site[i].deaths);
}

void report_print(const struct drive *d, FILE *to)
{
	const struct run *r = d->run;
	const struct drive_counts *n = &d->counts;

	if (!r->has_row) {
		(void)fprintf(to, "nothing was simulated: %s\n", d->fault.text);
		return;
	}
	for (int i = 0; i < r->n_sites; i++)
		print_site(d, i, to);
	if (r->n_sites > 1 || r->set->n_sections)
		print_region(d, to);
	(void)fprintf(to,
		      "\n  %llu plans, %llu decisions (%llu applied, %llu rejected), %llu leases "
		      "ended, %llu samples, %llu forecasts\n",
		      (unsigned long long)n->plans, (unsigned long long)n->decisions,
		      (unsigned long long)n->applied, (unsigned long long)n->rejected,
		      (unsigned long long)n->lapsed, (unsigned long long)n->samples,
		      (unsigned long long)n->curves);
	if (n->jobs)
		(void)fprintf(
			to,
			"  %llu jobs, %llu times news of them; %llu decisions for one job, %llu journeys\n",
			(unsigned long long)n->jobs, (unsigned long long)n->job_events,
			(unsigned long long)n->job_decisions, (unsigned long long)n->journeys);
	list_commands(d, to);
	if (d->fault.code)
		(void)fprintf(to, "  ENDED EARLY: %s\n", d->fault.text);
}

bool report_is_good(const struct drive *d)
{
	if (d->fault.code || report_region(d->run, RUN_OBEY).hard_breach ||
	    d->next_at < d->options->n_at)
		return false;
	for (int i = 0; i < d->next_at; i++)
		if (d->at_status[i] != 0)
			return false;
	return true;
}
