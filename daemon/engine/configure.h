/* From configuration files to the values that the engine works with: settings, sites, tariffs, who may do what.
 *
 * Config knows YAML and no meaning, model knows meaning and no YAML; here the two meet. Everything that is wrong is
 * reported, each fault with file, line and column; nothing is half taken. A configuration is immutable once made;
 * a reload makes a new one. Loading: main thread only (zones). Reading: any thread. */
#pragma once

#include "base/sha256.h"
#include "config/faults.h"
#include "model/calendar.h"
#include "model/network.h"
#include "model/site.h"
#include "model/tariff.h"

#define CONFIGURATION_PATH_B 1024
/* limits.jobs at most: the work of all of them can be summed up. */
#define CONFIGURATION_JOBS_MAX 400000

/* What may need a second person. */
enum approval_verb {
	APPROVAL_OVERRIDE,
	APPROVAL_AVAILABILITY,
	APPROVAL_MODE,
	APPROVAL_EVENT,
	APPROVAL_VERBS
};

/* All prices 1e-4 CNY per kWh. Keys and defaults: suandian.yaml(5). */
struct settings {
	struct {
		char path[CONFIGURATION_PATH_B]; /* made relative to the main file's folder */
		int64_t retention_ms;		 /* 0 = for ever */
	} store;
	struct {
		int64_t period_ms; /* a plan is due every so often */
		/* The grid: 15-min steps for fine_ms, then 30-min ones for middle_ms, hours up to the
		 * horizon, and from there to long_ms after now steps of 3 h, for sites that need it. */
		int64_t fine_ms, middle_ms;
		int64_t horizon_ms;	    /* how far published plans look */
		int64_t long_ms;	    /* 0 = no long view */
		int64_t adopt_threshold_e4; /* money: a new plan must save more than this */
		int64_t solver_deadline_ms; /* wall clock */
		int64_t solver_iterations;  /* driven clock */
		/* the priced ladder */
		int64_t tie_break_price_e4;
		int64_t reserve_price_e4, ups_reserve_price_e4;
		int64_t overload_price_e4, unserved_price_e4;
	} plan;
	struct {
		int64_t lease_grace_ms; /* a decision outlives its slot by so much */
		int64_t resend_ms;	/* real time without an ack */
	} decision;
	struct {
		int64_t band_permille; /* where the event names none */
		int64_t penalty_price_e4, surplus_price_e4;
	} event;
	struct {
		int64_t max_ms; /* no override and no outage is asked for longer */
	} override;
	struct {
		int64_t above_w; /* what is larger than this waits for a second person … */
		int n_verbs;	 /* … if it is one of these; none: nothing ever waits */
		enum approval_verb verbs[APPROVAL_VERBS];
		int64_t term_ms; /* for so long */
	} approval;
	struct {
		int64_t dwell_ms; /* a started job is not stopped sooner for the plan's sake */
		int64_t keep_ms;  /* those that are over, for questions */
	} jobs;
	struct {
		int64_t sessions, points, jobs;
	} limits;
};

/* What a peer may do. ADMIN includes OPERATE, OPERATE includes OBSERVE. The others stand beside them, so that no
 * administrator is also the second person, or the reader of the audit chain, unless the rules say so (三权分立). */
enum access_role {
	ROLE_OBSERVE,
	ROLE_OPERATE,
	ROLE_ADMIN,
	ROLE_ADAPTER,
	ROLE_APPROVE, /* the second person of what needs two */
	ROLE_AUDIT,   /* reads and verifies the audit chain */
	ROLES
};
const char *access_role_name(enum access_role r); /* "observe" … */

#define ACCESS_MAX_ADAPTERS 16

struct access_rule {
	bool self;	    /* the daemon's own uid */
	char user[ID_MAX];  /* "" = not by user */
	char group[ID_MAX]; /* "" = not by group */
	uint32_t roles;	    /* bit n = enum access_role n */
	bool any_adapter;   /* with ROLE_ADAPTER: under any source name */
	int n_adapters;	    /* else under these */
	char adapters[ACCESS_MAX_ADAPTERS][ID_MAX];
};

struct configuration {
	char path[CONFIGURATION_PATH_B]; /* main file, as given to configure_load() */
	struct settings settings;
	size_t n_sites, n_tariffs, n_calendars, n_rules;
	struct site *sites; /* in the order of files and lines */
	struct tariff *tariffs;
	struct calendar *calendars;
	struct access_rule *rules;
	struct network network;
	char *canonical;	  /* the whole configuration, defaults included, as YAML */
	uint8_t hash[SHA256_LEN]; /* of canonical */
};

/* Reads the main file and what it includes (suandian.yaml(5)), checks all of it. 0 with *ret; or the code of the
 * worst kind of trouble (-ENOENT and the like if the main file cannot be read, else ERR_INVALID) with every fault in
 * faults, sorted; *ret untouched. */
int configure_load(const char *path, struct configuration **ret, struct fault_list *faults);
void configuration_free(struct configuration *c);

const struct site *configuration_site(const struct configuration *c, const char *id);	  /* NULL */
const struct tariff *configuration_tariff(const struct configuration *c, const char *id); /* NULL */

const struct calendar *configuration_calendar(const struct configuration *c,
					      const char *id); /* NULL */
/* Does a tariff know days of this flag ("heat35")? */
bool configuration_has_day_flag(const struct configuration *c, const char *flag);

/* A client as its socket shows it. */
struct access_peer {
	const char *user; /* resolved from the uid; NULL if it has no name */
	bool is_self;	  /* the uid is the daemon's own */
	const char *const *groups;
	size_t n_groups;
};

/* May the peer act in this role? The rules add up. source: for ROLE_ADAPTER the source name that it wants to
 * speak for; NULL asks whether it may be an adapter under some name. */
bool configuration_allows(const struct configuration *c, const struct access_peer *peer,
			  enum access_role role, const char *source);
