/* What prometheus.yaml says: sources that are asked, and which of their numbers are which points. Plain data. */
#pragma once

#include "common/endpoint.h"
#include "common/pointspec.h"
#include "config/faults.h"
#include "prometheus/selector.h"

#define MAPPING_SOURCES_MAX 64
#define MAPPING_POINTS_MAX 4096
#define MAPPING_QUERY_B 2048
#define MAPPING_SELECTOR_B 1024
#define MAPPING_PATH_B 512
#define MAPPING_ID_B 64

enum mapping_kind {
	MAPPING_PROMQL, /* a Prometheus server, asked by queries */
	MAPPING_SCRAPE, /* an exporter, whose page of metrics is read */
};

/* Several series match the selector of a scraped metric. */
enum mapping_aggregate {
	MAPPING_ONE, /* is a fault: there must be one */
	MAPPING_SUM,
	MAPPING_MIN,
	MAPPING_MAX,
	MAPPING_MEAN,
};

struct mapping_source {
	char id[MAPPING_ID_B];
	enum mapping_kind kind;
	char url[ENDPOINT_TEXT_B], unix_path[ENDPOINT_UNIX_B];
	char token_file[MAPPING_PATH_B], ca_file[MAPPING_PATH_B];
	int64_t period_ms, timeout_ms, max_bytes;
	struct endpoint endpoint; /* of url */
};

struct mapping_point {
	struct pointspec spec;
	char source[MAPPING_ID_B];
	size_t source_at;
	char query[MAPPING_QUERY_B];	 /* PROMQL */
	char metric[MAPPING_SELECTOR_B]; /* SCRAPE */
	struct selector selector;	 /* of metric */
	enum mapping_aggregate aggregate;
	bool rate;	    /* of a counter, per second */
	int64_t max_age_ms; /* of what the source last saw; 0 = not asked */
};

/* A forecast for a point, as a range query into the future. */
struct mapping_curve {
	char point[POINTSPEC_NAME_B];
	size_t point_at;
	char source[MAPPING_ID_B];
	size_t source_at;
	char query[MAPPING_QUERY_B];
	int64_t horizon_ms, step_ms, every_ms;
};

struct mapping {
	char name[MAPPING_ID_B]; /* of the source of samples */
	struct mapping_source *sources;
	size_t n_sources;
	struct mapping_point *points;
	size_t n_points;
	struct mapping_curve *curves;
	size_t n_curves;
	struct arena arena;
};

extern const struct schema mapping_schema[];

/* Reads and checks the file; all that is wrong goes to faults. Asks no resolver. 0, ERR_INVALID, -errno, -ENOMEM. */
int mapping_load(const char *path, struct mapping **ret, struct fault_list *faults);
void mapping_free(struct mapping *m);
