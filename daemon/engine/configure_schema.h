/* Inside of configure: the schema tables of suandian.yaml(5), and what one file says in their terms. Sites and tariffs
 * go straight into the model's structs; rules of access have a shape of their own on paper. */
#pragma once

#include "config/schema.h"
#include "engine/configure.h"

#define CONFIGURE_SITES_MAX 1000 /* of a file, and of a configuration */
#define CONFIGURE_TARIFFS_MAX 1000
#define CONFIGURE_RULES_MAX 1000
#define CONFIGURE_INCLUDES_MAX 64
#define CONFIGURE_CALENDARS_MAX 100

/* storage.soc_max, storage.reserve and feeders.export_max as read: "full", "none" and "same", until configure fills in
 * what that means. */
#define CONFIGURE_UNSET (-1)

struct configure_rule {
	bool self;
	char user[ID_MAX], group[ID_MAX];
	int n_roles, n_adapters;
	enum access_role roles[ROLES];
	char adapters[ACCESS_MAX_ADAPTERS][ID_MAX]; /* "any" = under any name */
};

#define CONFIGURE_ANY "any"

/* A site, and its generators by the list that they stand in. */
struct configure_site {
	struct site site; /* first: the tables count from its start */
	int n_pv, n_wind, n_hydro;
	struct generator pv[SITE_MAX_GENERATORS], wind[SITE_MAX_GENERATORS],
		hydro[SITE_MAX_GENERATORS];
};

/* One file, or all of them together. */
struct configure_file {
	struct settings settings; /* main file only */
	size_t n_includes, n_rules, n_tariffs, n_calendars, n_sites;
	char (*includes)[CONFIGURATION_PATH_B]; /* main file only */
	struct configure_rule *rules;
	struct tariff *tariffs;
	struct calendar *calendars;
	struct configure_site *sites;
	struct network network;
};

extern const struct schema configure_main_schema[];	 /* of the main file */
extern const struct schema configure_part_schema[];	 /* of included files */
extern const struct schema configure_canonical_schema[]; /* of all together: no includes */

/* Tables inside of those, by file. */
extern const struct schema configure_site_schema[];
extern const struct schema configure_tariff_schema[];
extern const struct schema configure_calendar_schema[];
extern const struct schema configure_network_schema[];
