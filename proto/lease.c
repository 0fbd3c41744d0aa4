#include "proto/lease.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define KEY_MAX 320

struct lease {
	Suandian__V1__Decision *decision; /* from malloc: it lives long and alone */
	int64_t end_ms;
	bool lapsed;
};

static void lease_free(struct lease *lease)
{
	if (!lease)
		return;
	suandian__v1__decision__free_unpacked(lease->decision, NULL);
	free(lease);
}

void leases_init(struct leases *l, size_t max)
{
	map_init_str(&l->by_asset);
	l->max = max;
	l->next_ms = INT64_MAX;
}

void leases_fini(struct leases *l)
{
	struct lease *lease;
	size_t at = 0;

	while ((lease = map_next(&l->by_asset, &at, NULL, NULL)))
		lease_free(lease);
	map_fini(&l->by_asset);
}

static uint8_t *pack(const ProtobufCMessage *m, size_t *ret_n)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	uint8_t *bytes = malloc(n + 1);

	if (bytes)
		*ret_n = protobuf_c_message_pack(m, bytes);
	return bytes;
}

/* From malloc, so that it can be kept for days beside others without a block of its own. */
static Suandian__V1__Decision *copy(const Suandian__V1__Decision *d)
{
	size_t n = 0;
	uint8_t *bytes = pack(&d->base, &n);
	Suandian__V1__Decision *ret;

	if (!bytes)
		return NULL;
	ret = suandian__v1__decision__unpack(NULL, n, bytes);
	free(bytes);
	return ret;
}

/* Encoding is deterministic, so equal bytes are equal actions. Out of memory counts as different: applying an
 * action again is harmless. */
static bool same_action(const Suandian__V1__Action *a, const Suandian__V1__Action *b)
{
	uint8_t *pa, *pb;
	size_t na = 0, nb = 0;
	bool same;

	if (!a || !b)
		return a == b;
	pa = pack(&a->base, &na);
	pb = pack(&b->base, &nb);
	same = pa && pb && na == nb && memcmp(pa, pb, na) == 0;
	free(pa);
	free(pb);
	return same;
}

/* The job that the decision is for; "" = the asset as a whole. */
static const char *job_of(const Suandian__V1__Decision *d)
{
	const Suandian__V1__Action *a = d->action;

	if (a && a->what_case == SUANDIAN__V1__ACTION__WHAT_JOB && a->job)
		return a->job->job;
	if (a && a->what_case == SUANDIAN__V1__ACTION__WHAT_MIGRATE && a->migrate)
		return a->migrate->job;
	return "";
}

static bool is_of_jobs(const Suandian__V1__Decision *d)
{
	const Suandian__V1__Action *a = d->action;

	return a && (a->what_case == SUANDIAN__V1__ACTION__WHAT_JOB ||
		     a->what_case == SUANDIAN__V1__ACTION__WHAT_MIGRATE);
}

static bool has_no_term(const Suandian__V1__Decision *d)
{
	return is_of_jobs(d) && d->valid_until_ms == 0;
}

struct lease_key {
	char s[KEY_MAX];
};

/* Ids have no newline. */
static bool key_of(const Suandian__V1__Decision *d, struct lease_key *ret)
{
	int n = is_of_jobs(d) ? snprintf(ret->s, sizeof(ret->s), "%s\n%s", d->asset, job_of(d))
			      : snprintf(ret->s, sizeof(ret->s), "%s", d->asset);

	return n >= 0 && (size_t)n < sizeof(ret->s);
}

static int64_t term_of(const Suandian__V1__Decision *d)
{
	return has_no_term(d) ? INT64_MAX : d->valid_for_ms;
}

static int64_t add_ms(int64_t t_ms, int64_t span_ms)
{
	int64_t sum;

	if (span_ms <= 0)
		return t_ms;
	return __builtin_add_overflow(t_ms, span_ms, &sum) ? INT64_MAX : sum;
}

static int take_again(struct lease *held, Suandian__V1__Decision *d, int64_t now_ms)
{
	int64_t end_ms = add_ms(now_ms, term_of(d));
	bool renewed = d->valid_until_ms > held->decision->valid_until_ms;
	bool changed = held->lapsed || !same_action(d->action, held->decision->action);

	if (held->lapsed && !renewed) {
		suandian__v1__decision__free_unpacked(d, NULL);
		return LEASE_SAME;
	}
	suandian__v1__decision__free_unpacked(held->decision, NULL);
	held->decision = d;
	held->end_ms = renewed ? end_ms : min_i64(held->end_ms, end_ms);
	held->lapsed = false;
	return changed && held->end_ms > now_ms ? LEASE_NEW : LEASE_SAME;
}

/* The oldest word about a job that binds nobody any more makes room. */
static void forget_job(struct leases *l)
{
	const char *key, *oldest = NULL;
	struct lease *lease;
	uint64_t id = UINT64_MAX;
	size_t at = 0;

	while ((lease = map_next(&l->by_asset, &at, NULL, &key))) {
		const Suandian__V1__Decision *d = lease->decision;

		if (!is_of_jobs(d) || (!lease->lapsed && !has_no_term(d)) || d->id >= id)
			continue;
		id = d->id;
		oldest = key;
	}
	if (oldest)
		lease_free(map_take_str(&l->by_asset, oldest));
}

static int take_first(struct leases *l, const char *key, Suandian__V1__Decision *d, int64_t now_ms)
{
	struct lease *lease, *old = NULL;

	lease = malloc(sizeof(*lease));
	if (!lease)
		return -ENOMEM;
	*lease = (struct lease){.decision = d, .end_ms = add_ms(now_ms, term_of(d))};
	if (map_put_str(&l->by_asset, key, lease, (void **)&old) < 0) {
		free(lease);
		return -ENOMEM;
	}
	lease_free(old);
	return lease->end_ms > now_ms ? LEASE_NEW : LEASE_SAME;
}

int leases_take(struct leases *l, const Suandian__V1__Decision *d, int64_t now_ms,
		const Suandian__V1__Decision **ret_held)
{
	struct lease_key key;
	Suandian__V1__Decision *mine;
	struct lease *held;
	int news;

	if (!key_of(d, &key))
		return ERR_INVALID;
	held = map_get_str(&l->by_asset, key.s);

	if (held &&
	    (d->id < held->decision->id ||
	     (d->id == held->decision->id && d->valid_until_ms < held->decision->valid_until_ms)))
		return LEASE_STALE;
	if (!held && map_count(&l->by_asset) >= l->max)
		forget_job(l);
	if (!held && map_count(&l->by_asset) >= l->max)
		return ERR_FULL;
	mine = copy(d);
	if (!mine)
		return -ENOMEM;
	if (held && d->id == held->decision->id)
		news = take_again(held, mine, now_ms);
	else
		news = take_first(l, key.s, mine, now_ms);
	if (news < 0)
		suandian__v1__decision__free_unpacked(mine, NULL);
	else
		l->next_ms = min_i64(l->next_ms, add_ms(now_ms, term_of(d)));
	if (news == LEASE_NEW)
		*ret_held = mine;
	return news;
}

const Suandian__V1__Decision *leases_end(struct leases *l, int64_t now_ms)
{
	struct lease *lease;
	int64_t next_ms = INT64_MAX;
	size_t at = 0;

	if (now_ms < l->next_ms)
		return NULL;
	while ((lease = map_next(&l->by_asset, &at, NULL, NULL))) {
		if (lease->lapsed || has_no_term(lease->decision))
			continue;
		if (lease->end_ms <= now_ms) {
			lease->lapsed = true;
			return lease->decision;
		}
		next_ms = min_i64(next_ms, lease->end_ms);
	}
	l->next_ms = next_ms;
	return NULL;
}

int64_t leases_next_ms(const struct leases *l)
{
	return l->next_ms;
}

uint64_t leases_first_id(const struct leases *l)
{
	const struct lease *lease;
	uint64_t first = 0;
	size_t at = 0;

	while ((lease = map_next(&l->by_asset, &at, NULL, NULL)))
		if (first == 0 || lease->decision->id < first)
			first = lease->decision->id;
	return first;
}

void leases_shift(struct leases *l, int64_t by_ms)
{
	struct lease *lease;
	size_t at = 0;

	while ((lease = map_next(&l->by_asset, &at, NULL, NULL)))
		if (__builtin_add_overflow(lease->end_ms, by_ms, &lease->end_ms))
			lease->end_ms = INT64_MAX;
	l->next_ms = INT64_MIN;
}

const Suandian__V1__Decision *leases_peek(const struct leases *l, const char *asset,
					  int64_t *ret_end_ms)
{
	const struct lease *lease = map_get_str(&l->by_asset, asset);

	if (!lease)
		return NULL;
	*ret_end_ms = lease->lapsed ? INT64_MIN : lease->end_ms;
	return lease->decision;
}
