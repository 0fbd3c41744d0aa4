/* Which series of a metric is meant, written as in PromQL: node_cpu_seconds_total{cpu="0",mode!="idle"}. Pure. */
#pragma once

#include "prometheus/exposition.h"

#define SELECTOR_LABELS_MAX 16
#define SELECTOR_LABEL_B 64
#define SELECTOR_VALUE_B 256

struct selector {
	char name[EXPOSITION_NAME_B];
	size_t n;
	struct {
		char name[SELECTOR_LABEL_B], value[SELECTOR_VALUE_B];
		bool negated;
	} label[SELECTOR_LABELS_MAX];
};

/* Only = and !=, no regular expressions. ERR_MALFORMED, ERR_FULL with the reason. */
int selector_parse(const char *text, struct selector *ret, struct fault *f);

/* A label that a series has not is "", as in PromQL. */
bool selector_matches(const struct selector *s, const struct exposition_sample *sample);
