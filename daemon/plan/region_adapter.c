/* Sites planned one by one: what they share is not looked at. */
#include "plan/region.h"

#include <string.h>

#include "plan/plan.h"

#define MAGIC UINT32_C(0x47525053)

int region_make(const struct plan_region *in, const struct solve_ctl *ctl, struct arena *a,
		struct plan **ret_plans, struct fault *f)
{
	int64_t sum = 0;
	int rc = 0;

	for (int i = 0; rc == 0 && i < in->n_sites; i++) {
		rc = plan_make(in->sites[i], ctl, a, &ret_plans[i], f);
		if (rc == 0)
			sum += ret_plans[i]->objective_e4;
	}
	for (int i = 0; rc == 0 && i < in->n_sites; i++) {
		ret_plans[i]->objective_e4 = sum;
		plan_hash_compute(ret_plans[i], ret_plans[i]->plan_hash);
	}
	return rc;
}

int region_evaluate(const struct plan_region *in, const struct plan *const *p,
		    int64_t *ret_objective_e4)
{
	int64_t sum = 0, one;
	int rc = 0;

	for (int i = 0; rc == 0 && i < in->n_sites; i++) {
		rc = plan_evaluate(in->sites[i], p[i], &one);
		sum += rc ? 0 : one;
	}
	if (rc == 0)
		*ret_objective_e4 = sum;
	return rc;
}

static int put_u32(struct buf *out, uint32_t x)
{
	uint8_t b[4] = {(uint8_t)x, (uint8_t)(x >> 8), (uint8_t)(x >> 16), (uint8_t)(x >> 24)};

	return buf_append(out, b, 4);
}

static uint32_t get_u32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

int plan_region_encode(const struct plan_region *in, struct buf *out)
{
	int rc = put_u32(out, MAGIC);

	rc = rc ? rc : put_u32(out, (uint32_t)in->n_sites);
	for (int i = 0; rc == 0 && i < in->n_sites; i++) {
		struct buf one;

		buf_init(&one, 0);
		rc = plan_input_encode(in->sites[i], &one);
		rc = rc ? rc : put_u32(out, (uint32_t)buf_avail(&one));
		rc = rc ? rc : buf_append(out, buf_peek(&one), buf_avail(&one));
		buf_fini(&one);
	}
	return rc;
}

int plan_region_decode(const uint8_t *p, size_t n, struct arena *a, struct plan_region **ret)
{
	struct plan_region *r = ARENA_NEW(a, struct plan_region);
	size_t at = 8;

	if (!r)
		return -ENOMEM;
	if (n < 8 || get_u32(p) != MAGIC || get_u32(p + 4) > REGION_MAX_SITES)
		return ERR_MALFORMED;
	r->n_sites = (int)get_u32(p + 4);
	r->sites = ARENA_ARRAY(a, (size_t)r->n_sites, struct plan_input *);
	for (int i = 0; i < r->n_sites; i++) {
		size_t len;
		int rc;

		if (n - at < 4)
			return ERR_MALFORMED;
		len = get_u32(p + at);
		at += 4;
		if (len > n - at)
			return ERR_MALFORMED;
		rc = plan_input_decode(p + at, len, a, &r->sites[i]);
		if (rc)
			return rc;
		at += len;
	}
	*ret = r;
	return 0;
}
