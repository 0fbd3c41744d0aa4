#include "ctl/cmd.h"

#include <string.h>

#include "ctl/ctl.h"
#include "ctl/describe.h"
#include "ctl/message.h"
#include "ctl/table.h"

static void add_asset(struct table *t, const struct zone *zone, const Suandian__V1__AssetInfo *a)
{
	table_cell(t, STYLE_BOLD, "%s", a->id);
	table_cell(t, STYLE_PLAIN, "%s", describe_kind(a->kind));
	table_cell(t, STYLE_PLAIN, "%s", format_power(a->power_min_w).s);
	table_cell(t, STYLE_PLAIN, "%s", format_power(a->power_max_w).s);
	table_cell(t, STYLE_PLAIN, "%s", a->energy_wh ? format_energy(a->energy_wh).s : "");
	if (!a->out_of_service)
		table_cell(t, STYLE_PLAIN, "%s", "");
	else if (a->out_until_ms && zone)
		table_cell(t, STYLE_WARN, "out of service until %s: %s (%s)",
			   format_hour(zone, a->out_until_ms).s, a->out_reason, a->out_by);
	else
		table_cell(t, STYLE_WARN, "out of service");
}

static void print_assets(const struct ctl *c, const Suandian__V1__SiteInfo *site)
{
	struct table t;

	table_init(&t);
	table_column(&t, ALIGN_LEFT, "asset");
	table_column(&t, ALIGN_LEFT, "kind");
	table_column(&t, ALIGN_RIGHT, "least");
	table_column(&t, ALIGN_RIGHT, "most");
	table_column(&t, ALIGN_RIGHT, "energy");
	table_column(&t, ALIGN_LEFT, "%s", "");
	for (size_t i = 0; i < site->n_assets; i++)
		add_asset(&t, c->zone, site->assets[i]);
	table_print(&t, &c->out, 2);
	table_fini(&t);
}

static void print_site(const struct ctl *c, const Suandian__V1__SiteInfo *site)
{
	out_part(&c->out, STYLE_BOLD, "%s", site->id);
	out_line(&c->out, STYLE_PLAIN, "  %s%s%s%s  %s", site->name, *site->status ? " (" : "",
		 site->status, *site->status ? ")" : "", site->zone);
	out_part(&c->out, STYLE_PLAIN, "  PCC 关口: import at most %s, ",
		 format_power(site->import_max_w).s);
	out_part(&c->out, STYLE_PLAIN, "export at most %s, ", format_power(site->export_max_w).s);
	if (site->contracted_demand_w)
		out_line(&c->out, STYLE_PLAIN, "contracted demand %s",
			 format_power(site->contracted_demand_w).s);
	else
		out_line(&c->out, STYLE_PLAIN, "no contracted demand");
	out_line(&c->out, STYLE_PLAIN, "  tariff %s%s%s", site->tariff,
		 *site->tariff_document ? ", " : "", site->tariff_document);
	if (*site->mode && strcmp(site->mode, "auto") != 0)
		out_line(&c->out, STYLE_WARN, "  mode %s: %s (%s)", site->mode, site->mode_reason,
			 site->mode_by);
	print_assets(c, site);
}

int cmd_sites(struct ctl *c)
{
	int r = ctl_connect(c, NULL);

	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, message_json(&c->sites->base));
	if (c->sites->n_sites == 0)
		out_line(&c->out, STYLE_PLAIN, "no site is configured");
	for (size_t i = 0; i < c->sites->n_sites; i++) {
		if (i)
			out_end(&c->out);
		print_site(c, c->sites->sites[i]);
	}
	return CTL_OK;
}
