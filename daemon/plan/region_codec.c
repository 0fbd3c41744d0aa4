/* A region in bytes. One walk over it serves both ways, as for a single input. A region of one site that shares nothing
 * is that site's input, byte for byte, so that there is one encoding for one problem. */
#include <string.h>

#include "plan/coder.h"
#include "plan/region_order.h"

#define MAGIC UINT32_C(0x47525053) /* "SPRG" */
#define SITE_MIN_B 16
#define LIMIT_MIN_B 32
#define LINK_MIN_B 48

/* n elements of which each takes least_b bytes at least; NULL after a failure. */
static void *room(struct coder *c, int n, size_t size, size_t least_b)
{
	void *p = NULL;

	if (c->err)
		return NULL;
	if (c->n / least_b < (size_t)n)
		coder_fail(c, ERR_MALFORMED);
	else if (!(p = arena_array(c->a, (size_t)n, size)))
		coder_fail(c, -ENOMEM);
	return p;
}

/* A site's own encoding, with its length in front. */
static void write_site(struct coder *c, const struct plan_input *in)
{
	struct buf b;
	uint64_t len;

	buf_init(&b, 0);
	coder_fail(c, plan_input_encode(in, &b));
	len = buf_avail(&b);
	coder_word(c, &len, 4);
	if (!c->err)
		coder_fail(c, buf_append(c->out, buf_peek(&b), (size_t)len));
	buf_fini(&b);
}

static void read_site(struct coder *c, struct plan_input **ret)
{
	uint64_t len = 0;

	coder_word(c, &len, 4);
	if (!c->err && len > c->n)
		coder_fail(c, ERR_MALFORMED);
	if (c->err)
		return;
	coder_fail(c, plan_input_decode(c->p, (size_t)len, c->a, ret));
	c->p += len;
	c->n -= (size_t)len;
}

static void code_sites(struct coder *c, struct plan_region *in)
{
	coder_int(c, &in->n_sites, REGION_MAX_SITES);
	if (!c->out)
		in->sites = room(c, in->n_sites, sizeof(struct plan_input *), SITE_MIN_B);
	for (int i = 0; !c->err && i < in->n_sites; i++) {
		if (c->out)
			write_site(c, in->sites[i]);
		else
			read_site(c, &in->sites[i]);
	}
}

static void code_limit(struct coder *c, struct region_limit *l, uint32_t n)
{
	coder_text(c, l->id, sizeof(l->id));
	coder_text(c, l->kind, sizeof(l->kind));
	coder_i64(c, &l->import_max_w);
	coder_i64(c, &l->export_max_w);
	coder_i64(c, &l->overload_price_e4);
	coder_int(c, &l->n_sites, REGION_MAX_SITES);
	if (!c->out)
		l->sites = room(c, l->n_sites, sizeof(int), 4);
	for (int i = 0; !c->err && i < l->n_sites; i++)
		coder_int(c, &l->sites[i], REGION_MAX_SITES);
	coder_series(c, &l->background_w, n);
}

static void code_link(struct coder *c, struct region_link *l)
{
	coder_text(c, l->id, sizeof(l->id));
	coder_int(c, &l->from, REGION_MAX_SITES);
	coder_int(c, &l->from_queue, SITE_MAX_QUEUES);
	coder_int(c, &l->to, REGION_MAX_SITES);
	coder_int(c, &l->to_queue, SITE_MAX_QUEUES);
	coder_i64(c, &l->work_max_ds_per_h);
	coder_i64(c, &l->delay_ms);
	coder_i64(c, &l->price_e4_per_kds);
	coder_i64(c, &l->energy_wh_per_kds);
}

static void code_region(struct coder *c, struct plan_region *in)
{
	uint64_t magic = MAGIC, version = PLAN_REGION_VERSION;

	coder_word(c, &magic, 4);
	coder_word(c, &version, 4);
	if (magic != MAGIC)
		coder_fail(c, ERR_MALFORMED);
	else if (version != PLAN_REGION_VERSION)
		coder_fail(c, ERR_VERSION);
	code_sites(c, in);
	if (!c->err && in->n_sites < 1)
		coder_fail(c, ERR_MALFORMED);
	coder_int(c, &in->n_limits, REGION_MAX_LIMITS);
	if (!c->out)
		in->limits = room(c, in->n_limits, sizeof(*in->limits), LIMIT_MIN_B);
	for (int i = 0; !c->err && i < in->n_limits; i++)
		code_limit(c, &in->limits[i], in->sites[0]->n);
	coder_int(c, &in->n_links, REGION_MAX_LINKS);
	if (!c->out)
		in->links = room(c, in->n_links, sizeof(*in->links), LINK_MIN_B);
	for (int i = 0; !c->err && i < in->n_links; i++)
		code_link(c, &in->links[i]);
}

static bool is_alone(const struct plan_region *in)
{
	return in->n_sites == 1 && in->n_limits == 0 && in->n_links == 0;
}

int plan_region_encode(const struct plan_region *in, struct buf *out)
{
	struct coder c = {.out = out};
	struct plan_region *ordered = NULL;
	struct arena a;
	int *index, r;

	if (is_alone(in))
		return plan_input_encode(in->sites[0], out);
	arena_init(&a, REGION_ARENA_CAP);
	r = region_order(in, &a, &ordered, &index, NULL);
	if (!r) {
		code_region(&c, ordered);
		r = c.err;
	}
	arena_fini(&a);
	return r;
}

static int decode_alone(const uint8_t *p, size_t n, struct arena *a, struct plan_region *to)
{
	to->sites = ARENA_ARRAY(a, 1, struct plan_input *);
	if (!to->sites)
		return -ENOMEM;
	to->n_sites = 1;
	return plan_input_decode(p, n, a, &to->sites[0]);
}

int plan_region_decode(const uint8_t *p, size_t n, struct arena *a, struct plan_region **ret)
{
	struct coder c = {.p = p, .n = n, .a = a};
	struct plan_region *in = ARENA_NEW(a, struct plan_region);
	const uint8_t magic[4] = {'S', 'P', 'R', 'G'};

	if (!in)
		return -ENOMEM;
	if (n < sizeof(magic) || memcmp(p, magic, sizeof(magic)) != 0) {
		c.err = decode_alone(p, n, a, in);
	} else {
		code_region(&c, in);
		if (!c.err && (c.n > 0 || is_alone(in) || !region_is_ordered(in, NULL)))
			coder_fail(&c, ERR_MALFORMED);
	}
	if (!c.err)
		*ret = in;
	return c.err;
}
