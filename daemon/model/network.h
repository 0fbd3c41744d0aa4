/* What joins sites: limits that they share and links that carry computing work between them. Sites that are joined,
 * directly or through others, are planned together; all others each by itself. As configured. Pure. */
#pragma once

#include "model/site.h"

#define NETWORK_MAX_LIMITS 16
#define NETWORK_MAX_LINKS 16
#define LIMIT_MAX_SITES 16

enum limit_kind {
	LIMIT_FEEDER, /* a transformer or line of one network that supplies several sites */
	LIMIT_SECTION, /* a transmission section (断面): distant sites load it together with others */
	LIMIT_VPP      /* what an aggregator undertook for its sites together */
};
const char *limit_kind_name(enum limit_kind k); /* "feeder", "section", "vpp" */

/* Σ over its sites of (import − export) + background stays within [−export_max, import_max]. Plans keep margin away from
 * both ends: what a slot brings is not known to the last kilowatt. */
struct shared_limit {
	char id[ID_MAX];
	enum limit_kind kind;
	int64_t import_max_w, export_max_w; /* export_max_w INT64_MAX = none */
	int64_t margin_w;		    /* below import_max_w */
	int64_t overload_price_e4;	    /* per kWh beyond; 0 = the ladder's */
	int n_sites;
	char sites[LIMIT_MAX_SITES][ID_MAX];
	/* Point with the load of all others on it, W; "" = they have none. Unknown: assumed_w. */
	char background_point[NAME_MAX_B];
	int64_t background_assumed_w;
};

/* A wide-area link between the queues of one pool at two sites; one direction. */
struct link {
	char id[ID_MAX];
	char from[ID_MAX], to[ID_MAX]; /* sites */
	int64_t bits_per_s;
	int64_t delay_ms;	  /* set-up, checkpoint and restart of what moves */
	int64_t price_e4_per_gb;  /* of transfer, 1e9 bytes */
	int64_t energy_wh_per_gb; /* used by the transfer, charged at the sending site */
};

struct network {
	int n_limits, n_links;
	struct shared_limit limits[NETWORK_MAX_LIMITS];
	struct link links[NETWORK_MAX_LINKS];
};

/* What plans keep within: the limit less its margin, 0 at least; INT64_MAX = none. */
int64_t shared_limit_import_w(const struct shared_limit *l);
int64_t shared_limit_export_w(const struct shared_limit *l);

/* Reports every fault ("limits[0].sites[1]"; names are the keys of the YAML); sites are those of the configuration. */
int network_check(const struct network *n, const struct site *sites, size_t n_sites, check_cb cb,
		  void *arg);

/* Which group of joined sites each of the n_sites belongs to: ret_group[i] = index of the first site of its group. */
void network_groups(const struct network *n, const struct site *sites, size_t n_sites,
		    size_t *ret_group);
