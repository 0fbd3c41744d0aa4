/* A site and its assets as configured: everything static the planner, dispatcher and operator need. Pure. */
#pragma once

#include "base/slot.h"
#include "model/point.h"
#include "model/tariff.h"

#define SITE_MAX_PV 8
#define SITE_MAX_STORAGE 8
#define SITE_MAX_QUEUES 8
#define SITE_MAX_BINDINGS 64

/* Same numbers as on the wire (suandian.v1.AssetKind). */
enum asset_kind {
	ASSET_NONE,
	ASSET_PV,
	ASSET_BATTERY,
	ASSET_UPS,
	ASSET_LOAD,
	ASSET_QUEUE,
	ASSET_PCC,
};
const char *asset_kind_name(enum asset_kind k); /* "pv", "battery", "ups", "load", "queue", "pcc" */

struct pv {
	char id[ID_MAX];
	int64_t capacity_w;
	bool curtailable;
	int64_t curtail_price_e4; /* per kWh not used; 0 = free */
};

struct storage {
	char id[ID_MAX];
	enum asset_kind kind;		       /* BATTERY or UPS */
	int64_t energy_wh;		       /* usable capacity = the scale of soc_… */
	int64_t charge_max_w, discharge_max_w; /* at the grid side */
	int64_t eta_charge_ppm, eta_discharge_ppm;
	int64_t retention_ppm_per_h; /* self-discharge: share kept per hour; 1e6 = none */
	int64_t soc_min_wh, soc_max_wh;
	int64_t reserve_wh;    /* priced floor above soc_min (黑启动/备用); ≥ soc_min_wh */
	int64_t wear_price_e4; /* per kWh discharged, never 0 (negative prices would burn energy) */
	int64_t terminal_price_e4; /* value per kWh left at the end of the horizon; −1 = mean buy price × eta_d */
};

/* IT load that is not deferrable, as measured or forecast in IT watts. */
struct it_load {
	char id[ID_MAX];
	int64_t capacity_w; /* IT capacity: load + queues stay below */
	int64_t floor_w;    /* 保安负荷: never crossed by anything */
	int64_t pue_ppm;    /* overhead factor ×1e6: PCC power = PUE × IT power */
};

/* One class of deferrable computing work. */
struct queue {
	char id[ID_MAX];
	int64_t devices; /* reference devices it may use */
	int64_t device_power_w; /* IT watts of one device at full speed: power–throughput is linear in this version */
	int64_t power_min_w;   /* floor while there is backlog */
	int64_t slack_ms;      /* work that arrives at t is due at t + slack */
	int64_t late_price_e4; /* per kWh-equivalent of work and hour late */
};

struct pcc {
	int64_t import_max_w, export_max_w; /* physical */
	int64_t contracted_demand_w;	    /* 0 = none */
	int64_t over_demand_price_e4;	    /* per kWh above it */
};

/* role → point name. Roles: pcc.power, pv[ID].power, storage[ID].soc, storage[ID].power, load.power (IT),
 * queue[ID].backlog, queue[ID].power, queue[ID].arrivals, queue[ID].due, price.buy, price.sell, temperature. */
struct binding {
	char role[ID_MAX * 2];
	char point[NAME_MAX_B];
	uint32_t rank; /* of the source, 0 best; for equal (point, t) */
};

struct site {
	char id[ID_MAX];
	char name[TEXT_MAX_B];
	char status[ID_MAX]; /* "illustrative" … */
	char zone_name[ID_MAX];
	const struct zone *zone;
	char tariff_id[ID_MAX];
	const struct tariff *tariff;
	struct pcc pcc;
	struct it_load load;
	int n_pv, n_storage, n_queues, n_bindings;
	struct pv pv[SITE_MAX_PV];
	struct storage storage[SITE_MAX_STORAGE];
	struct queue queues[SITE_MAX_QUEUES];
	struct binding bindings[SITE_MAX_BINDINGS];
};

/* Reports every fault through cb with a path like "storage[1].soc_min"; returns how many. The path's names are the
 * keys of the site's YAML. Zone and tariff may be NULL: whoever resolves them reports that. */
int site_check(const struct site *s, check_cb cb, void *arg);

/* The point bound to role (printf pattern), or NULL. */
const char *site_bound_point(const struct site *s, const char *role_fmt, ...) PRINTF_LIKE(2, 3);

/* What a role is about: the kind of asset (storage of either kind is BATTERY; NONE for prices and temperature), its
 * id as written between the brackets ("" without), and the unit that a point bound to the role must have.
 * 0, or ERR_INVALID for a text that is no role. Whether the site has such an asset is site_check()'s business. */
struct site_role {
	enum asset_kind kind;
	enum unit unit;
	char asset[ID_MAX];
};
int site_role_parse(const char *role, struct site_role *ret);

/* "site/asset" into out; returns out. */
char *asset_path(char *out, size_t n, const struct site *s, const char *asset_id);
