/* A site and its assets as configured: everything static the planner, dispatcher and operator need. Pure. */
#pragma once

#include "base/slot.h"
#include "model/point.h"
#include "model/tariff.h"

#define SITE_MAX_GENERATORS 8
#define SITE_MAX_STORAGE 8
#define SITE_MAX_QUEUES 8
#define SITE_MAX_COOLING 4
#define SITE_MAX_FEEDERS 8
#define SITE_MAX_RATIONS 8
#define SITE_MAX_BINDINGS 96
#define SITE_MAX_TARIFFS 8
#define FEEDER_MAX_ASSETS 16
#define QUEUE_MAX_SEGMENTS 4

/* Same numbers as on the wire (suandian.v1.AssetKind). */
enum asset_kind {
	ASSET_NONE,
	ASSET_PV,
	ASSET_BATTERY,
	ASSET_UPS,
	ASSET_LOAD,
	ASSET_QUEUE,
	ASSET_PCC,
	ASSET_WIND,
	ASSET_HYDRO,
	ASSET_COOLING,
};
/* "pv", "battery", "ups", "load", "queue", "pcc", "wind", "hydro", "cooling" */
const char *asset_kind_name(enum asset_kind k);
/* PV, WIND or HYDRO: a struct generator. */
bool asset_kind_is_generator(enum asset_kind k);
struct generator;
/* What a generator is; one that does not say is PV. */
enum asset_kind generator_kind(const struct generator *g);

/* A source of the site: photovoltaics, wind, or hydro power (own, or bought under a contract behind the meter). */
struct generator {
	char id[ID_MAX];
	enum asset_kind kind; /* PV, WIND or HYDRO; NONE is taken as PV */
	int64_t capacity_w;
	bool curtailable;
	int64_t curtail_price_e4; /* per kWh not used; 0 = free */
	int64_t price_e4;	  /* paid per kWh used: a purchase; 0 = own */
	/* Share of the capacity that can be had in each month, January first, where nothing better is known
	 * (丰平枯 of hydro); all 0 = not stated. */
	int64_t month_ppm[12];
};

/* Cooling with thermal inertia: the heat of all IT power warms room and water, cooling power moves it out. Where a
 * site has cooling, PUE covers only what is not cooling. Energy balance of a lumped capacity:
 *   heat_wh_per_k · dT = (IT power − COP(outdoor) · cooling power) · dt,  COP = cop − slope · max(0, outdoor − 20 °C). */
struct cooling {
	char id[ID_MAX];
	int64_t power_max_w; /* electric */
	int64_t cop_ppm;     /* heat moved per electric energy at 20 °C outdoors and below */
	int64_t cop_slope_ppm_per_k;
	int64_t heat_wh_per_k;		  /* thermal capacity */
	int64_t temp_min_mc, temp_max_mc; /* band of the supply temperature, 1/1000 °C */
	int64_t over_temp_price_e4;	  /* per K above the band and hour */
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

/* How much a tier may be slowed down: F0 0, F1 10 %, F2 25 %, F3 50 % (Phoenix field demonstration, arXiv 2507.00909).
 * Deferral within the deadline is allowed to all but F0, which runs as it comes. */
enum flex_tier { FLEX_F0, FLEX_F1, FLEX_F2, FLEX_F3 };

/* One class of deferrable computing work: equal tier, power–throughput curve and hardware. */
struct queue {
	char id[ID_MAX];
	enum flex_tier tier;
	int64_t devices;	/* reference devices it may use */
	int64_t device_power_w; /* IT watts of one device at full speed */
	/* Concave power–throughput curve from (0, 0): n_segments points of power and throughput as shares of full
	 * speed, ascending, the last (1, 1). 0 = linear. Fewer watts then do more than their share of work. */
	int n_segments;
	int64_t segment_power_ppm[QUEUE_MAX_SEGMENTS], segment_work_ppm[QUEUE_MAX_SEGMENTS];
	int64_t power_min_w;   /* floor while there is backlog */
	int64_t slack_ms;      /* work that arrives at t is due at t + slack */
	int64_t late_price_e4; /* per kWh-equivalent of work and hour late */
	/* Queues of different sites with the same pool may exchange work over links (network.h); "" = stays. */
	char pool[ID_MAX];
	int64_t transfer_bytes_per_ds; /* data that moves with a device-second of work */
};

/* A cable or transformer inside the site: what its assets and the feeders below it draw together is limited. */
struct feeder {
	char id[ID_MAX];
	char parent[ID_MAX]; /* feeder it hangs on; "" = the PCC */
	int64_t import_max_w, export_max_w;
	int n_assets;
	char assets[FEEDER_MAX_ASSETS]
		   [ID_MAX]; /* ids of generators, storage, queues, cooling, load */
};

/* Energy that may be drawn at the PCC per local day while it holds (日电量上限). */
struct ration {
	int64_t from_ms, to_ms;
	int64_t daily_wh;
};

/* What carbon counts for in the objective. The factor serves where no point or curve tells a better one. */
struct carbon {
	int64_t price_e4_per_kg; /* 0 = reported, not priced */
	int64_t factor_g_per_kwh;
};

struct pcc {
	int64_t import_max_w, export_max_w; /* physical */
	int64_t contracted_demand_w;	    /* 0 = none */
	int64_t over_demand_price_e4;	    /* per kWh above it */
};

/* role → point name. Roles: pcc.power, pv[ID].power, wind[ID].power, hydro[ID].power, storage[ID].soc, storage[ID].power, load.power (IT),
 * queue[ID].backlog, queue[ID].power, queue[ID].arrivals, queue[ID].due, price.buy, price.sell, temperature, carbon, cooling[ID].power, cooling[ID].temperature. */
struct binding {
	char role[ID_MAX * 2];
	char point[NAME_MAX_B];
	uint32_t rank; /* of the source, 0 best; for equal (point, t) */
};

struct calendar;

struct site {
	char id[ID_MAX];
	char name[TEXT_MAX_B];
	char status[ID_MAX]; /* "illustrative" … */
	char zone_name[ID_MAX];
	const struct zone *zone;
	/* Tariffs that follow one another: site_tariff_at() says which one holds. As configured; at least one. */
	int n_tariffs;
	char tariff_ids[SITE_MAX_TARIFFS][ID_MAX];
	const struct tariff *tariffs[SITE_MAX_TARIFFS]; /* NULL: not resolved */
	char calendar_id[ID_MAX];			/* "" = weekends only */
	const struct calendar *calendar;
	struct pcc pcc;
	struct it_load load;
	struct carbon carbon;
	int n_generators, n_storage, n_queues, n_bindings;
	int n_cooling, n_feeders, n_rations;
	struct generator generators[SITE_MAX_GENERATORS];
	struct storage storage[SITE_MAX_STORAGE];
	struct queue queues[SITE_MAX_QUEUES];
	struct cooling cooling[SITE_MAX_COOLING];
	struct feeder feeders[SITE_MAX_FEEDERS];
	struct ration rations[SITE_MAX_RATIONS];
	struct binding bindings[SITE_MAX_BINDINGS];
};

/* The tariff that holds at t: of those that are valid then the one whose validity began last. NULL: none. */
const struct tariff *site_tariff_at(const struct site *s, int64_t t_ms);

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
