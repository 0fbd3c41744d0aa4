#include "store/block.h"

#include "base/err.h"
#include "base/require.h"
#include "store/decimal.h"

/* flags: bits 0–3 kind of value, 4–5 shape, 6 quality follows, 7 more than one claim */
enum shape { SHAPE_RANGE, SHAPE_DELTA, SHAPE_RUNS };
#define FLAG_QUALITY 0x40
#define FLAG_CLAIMS 0x80

/* Heads, and the worst that the lists and the bits of one row can take. */
#define HEAD_MAX 192
#define ROW_MAX 64

/* ---- A straight line and what is left of it: x[i] = first + slope·i + least + rest[i] ------------------------ */

struct line {
	uint64_t first, slope, least;
	unsigned width; /* bits of each rest */
};

/* All of it wraps, so that any numbers come back. */
static uint64_t line_at(const struct line *l, size_t i)
{
	return l->first + l->slope * i + l->least;
}

static bool is_even(const uint64_t *x, size_t n)
{
	for (size_t i = 2; i < n; i++) {
		if (x[i] - x[i - 1] != x[1] - x[0])
			return false;
	}
	return true;
}

/* The mean step, or a whole multiple of `grain` near it: what is polled each second jitters around the second. */
static uint64_t find_slope(const uint64_t *x, size_t n, int64_t grain)
{
	if (n < 2)
		return 0;
	if (is_even(x, n))
		return x[1] - x[0];
	int64_t step = (int64_t)(x[n - 1] - x[0]) / (int64_t)(n - 1);
	if (step >= grain && step < INT64_MAX - grain) {
		int64_t round = (step + grain / 2) / grain * grain;
		int64_t off = round > step ? round - step : step - round;

		if (off * (int64_t)n < 4 * grain)
			return (uint64_t)round;
	}
	return (uint64_t)step;
}

static struct line find_line(const uint64_t *x, size_t n, int64_t grain)
{
	struct line l = {.first = x[0], .slope = find_slope(x, n, grain)};
	int64_t least = 0, most = 0;

	for (size_t i = 1; i < n; i++) {
		int64_t rest = (int64_t)(x[i] - line_at(&l, i));

		least = rest < least ? rest : least;
		most = rest > most ? rest : most;
	}
	l.width = bit_width((uint64_t)most - (uint64_t)least);
	l.least = l.width ? (uint64_t)least : 0;
	return l;
}

static uint8_t *line_put(const struct line *l, uint64_t base, uint8_t *p)
{
	p = varint_put(p, zigzag(l->first - base));
	p = varint_put(p, zigzag(l->slope));
	*p++ = (uint8_t)l->width;
	return l->width ? varint_put(p, zigzag(l->least)) : p;
}

static struct line line_get(struct reader *r, uint64_t base)
{
	struct line l = {.first = unzigzag(varint_get(r)) + base, .slope = unzigzag(varint_get(r))};

	l.width = byte_get(r);
	r->bad |= l.width > 64;
	l.least = l.width ? unzigzag(varint_get(r)) : 0;
	return l;
}

/* ---- Values ------------------------------------------------------------------------------------ */

struct values {
	int kind;
	enum shape shape;
	uint64_t first, least; /* first: DELTA and RUNS */
	unsigned width;	       /* bits of each value or difference */
	size_t n_runs;	       /* RUNS: changes of the value */
	size_t n_exceptions;
	uint16_t exception[BLOCK_MAX];
	int64_t x[BLOCK_MAX];
};

static void find_shape(struct values *v, size_t n)
{
	int64_t least = v->x[0], most = v->x[0], least_step = INT64_MAX, most_step = INT64_MIN;

	v->n_runs = 0;
	for (size_t i = 1; i < n; i++) {
		int64_t step = (int64_t)((uint64_t)v->x[i] - (uint64_t)v->x[i - 1]);

		least = v->x[i] < least ? v->x[i] : least;
		most = v->x[i] > most ? v->x[i] : most;
		least_step = step < least_step ? step : least_step;
		most_step = step > most_step ? step : most_step;
		v->n_runs += step != 0;
	}
	unsigned range = bit_width((uint64_t)most - (uint64_t)least);
	unsigned steps = n > 1 ? bit_width((uint64_t)most_step - (uint64_t)least_step) : 0;
	v->first = (uint64_t)v->x[0];
	v->shape = steps < range ? SHAPE_DELTA : SHAPE_RANGE;
	v->width = steps < range ? steps : range;
	v->least = (uint64_t)(steps < range ? least_step : least);
	if (v->n_runs * (bit_width(n) + range) < (size_t)v->width * n && range) {
		v->shape = SHAPE_RUNS;
		v->width = range;
		v->least = (uint64_t)least;
	}
}

static uint8_t *values_put_head(const struct values *v, uint8_t *p)
{
	*p++ = (uint8_t)v->width;
	p = varint_put(p, zigzag(v->least));
	if (v->shape != SHAPE_RANGE)
		p = varint_put(p, zigzag(v->first));
	if (v->shape == SHAPE_RUNS)
		p = varint_put(p, v->n_runs);
	return p;
}

static void values_put_bits(const struct values *v, size_t n, struct bit_writer *w)
{
	for (size_t i = 0; v->shape == SHAPE_RANGE && i < n; i++)
		bits_put(w, (uint64_t)v->x[i] - v->least, v->width);
	for (size_t i = 1; v->shape == SHAPE_DELTA && i < n; i++)
		bits_put(w, (uint64_t)v->x[i] - (uint64_t)v->x[i - 1] - v->least, v->width);
	for (size_t i = 1; v->shape == SHAPE_RUNS && i < n; i++) {
		if (v->x[i] == v->x[i - 1])
			continue;
		bits_put(w, i, bit_width(n));
		bits_put(w, (uint64_t)v->x[i] - v->least, v->width);
	}
}

static void values_get_head(struct reader *r, uint8_t flags, struct values *v)
{
	v->kind = flags & 15;
	v->shape = (enum shape)(flags >> 4 & 3);
	v->width = byte_get(r);
	v->least = unzigzag(varint_get(r));
	v->first = v->shape != SHAPE_RANGE ? unzigzag(varint_get(r)) : 0;
	v->n_runs = v->shape == SHAPE_RUNS ? varint_get(r) : 0;
	r->bad |= v->kind >= VALUE_KINDS || v->shape > SHAPE_RUNS || v->width > 64 ||
		  v->n_runs > BLOCK_MAX;
}

static size_t values_bits(const struct values *v, size_t n)
{
	switch (v->shape) {
	case SHAPE_RANGE:
		return n * v->width;
	case SHAPE_DELTA:
		return (n - 1) * v->width;
	default:
		return v->n_runs * (v->width + bit_width(n));
	}
}

static bool runs_get(struct values *v, size_t n, struct bit_reader *r)
{
	uint64_t now = v->first;
	size_t at = 0;

	for (size_t k = 0; k < v->n_runs; k++) {
		uint64_t next = bits_get(r, bit_width(n));

		if (next <= at || next >= n)
			return false;
		for (; at < next; at++)
			v->x[at] = (int64_t)now;
		now = bits_get(r, v->width) + v->least;
	}
	for (; at < n; at++)
		v->x[at] = (int64_t)now;
	return true;
}

static bool values_get_bits(struct values *v, size_t n, struct bit_reader *r)
{
	if (v->shape == SHAPE_RUNS)
		return runs_get(v, n, r);
	if (v->shape == SHAPE_DELTA) {
		uint64_t x = v->first;

		v->x[0] = (int64_t)x;
		for (size_t i = 1; i < n; i++) {
			x += bits_get(r, v->width) + v->least;
			v->x[i] = (int64_t)x;
		}
		return true;
	}
	for (size_t i = 0; i < n; i++)
		v->x[i] = (int64_t)(bits_get(r, v->width) + v->least);
	return true;
}

/* ---- What is seldom ------------------------------------------------------------------------------ */

static uint8_t *exceptions_put(const struct values *v, const struct block_row *rows, uint8_t *p)
{
	size_t last = 0;

	p = varint_put(p, v->n_exceptions);
	for (size_t k = 0; k < v->n_exceptions; k++) {
		size_t i = v->exception[k];

		p = varint_put(p, i - last);
		memcpy(p, &rows[i].value, 8);
		p += 8;
		last = i;
	}
	return p;
}

static void exceptions_get(struct reader *r, struct block_row *rows, size_t n)
{
	uint64_t count = varint_get(r);
	size_t at = 0;

	r->bad |= count > n;
	for (size_t k = 0; !r->bad && k < count; k++) {
		uint64_t step = varint_get(r);

		if (step >= n - at || r->end - r->p < 8) {
			r->bad = true;
			return;
		}
		at += step;
		memcpy(&rows[at].value, r->p, 8);
		r->p += 8;
	}
}

static uint8_t *quality_put(const struct block_row *rows, size_t n, uint8_t *p)
{
	size_t count = 0, last = 0;

	for (size_t i = 0; i < n; i++)
		count += rows[i].quality != 0;
	p = varint_put(p, count);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].quality == 0)
			continue;
		p = varint_put(p, i - last);
		*p++ = rows[i].quality;
		last = i;
	}
	return p;
}

static void quality_get(struct reader *r, struct block_row *rows, size_t n)
{
	uint64_t count = varint_get(r);
	size_t at = 0;

	r->bad |= count > n;
	for (size_t k = 0; !r->bad && k < count; k++) {
		uint64_t step = varint_get(r);

		if (step >= n - at) {
			r->bad = true;
			return;
		}
		at += step;
		rows[at].quality = byte_get(r);
	}
}

/* Runs: length, claim. */
static uint8_t *claims_put(const struct block_row *rows, size_t n, uint8_t *p)
{
	for (size_t i = 0, run; i < n; i += run) {
		for (run = 1; i + run < n && rows[i + run].claim == rows[i].claim; run++)
			;
		p = varint_put(p, run);
		p = varint_put(p, rows[i].claim);
	}
	return p;
}

static void claims_get(struct reader *r, bool several, struct block_row *rows, size_t n)
{
	for (size_t i = 0; !r->bad && i < n;) {
		uint64_t run = several ? varint_get(r) : n, claim = varint_get(r);

		if (run == 0 || run > n - i || claim > UINT32_MAX) {
			r->bad = true;
			return;
		}
		for (uint64_t k = 0; k < run; k++)
			rows[i++].claim = (uint32_t)claim;
	}
}

/* ---- A block ----------------------------------------------------------------------------------- */

static uint8_t find_flags(const struct block_row *rows, size_t n)
{
	uint8_t flags = 0;

	for (size_t i = 0; i < n; i++) {
		if (rows[i].quality)
			flags |= FLAG_QUALITY;
		if (rows[i].claim != rows[0].claim)
			flags |= FLAG_CLAIMS;
	}
	return flags;
}

int block_encode(const struct block_row *rows, size_t n, int64_t base_ms, struct buf *out)
{
	uint64_t t[BLOCK_MAX], seq[BLOCK_MAX];
	double value[BLOCK_MAX];
	struct values v;

	REQUIRE(n > 0 && n <= BLOCK_MAX);
	for (size_t i = 0; i < n; i++) {
		t[i] = (uint64_t)rows[i].t_ms;
		seq[i] = rows[i].seq;
		value[i] = rows[i].value;
	}
	v.kind = value_to_integers(value, n, v.x, v.exception, &v.n_exceptions);
	find_shape(&v, n);
	struct line times = find_line(t, n, 1000), seqs = find_line(seq, n, 1);
	uint8_t flags = (uint8_t)((unsigned)v.kind | (unsigned)v.shape << 4 | find_flags(rows, n));

	uint8_t *start = buf_reserve(out, HEAD_MAX + n * ROW_MAX), *p = start;
	if (!p)
		return -ENOMEM;
	p = varint_put(p, n);
	*p++ = flags;
	p = line_put(&times, (uint64_t)base_ms, p);
	p = line_put(&seqs, 0, p);
	p = values_put_head(&v, p);
	if (v.kind < VALUE_DECIMALS)
		p = exceptions_put(&v, rows, p);
	if (flags & FLAG_QUALITY)
		p = quality_put(rows, n, p);
	p = flags & FLAG_CLAIMS ? claims_put(rows, n, p) : varint_put(p, rows[0].claim);

	struct bit_writer w = {.p = p};
	for (size_t i = 0; i < n; i++)
		bits_put(&w, t[i] - line_at(&times, i), times.width);
	for (size_t i = 0; i < n; i++)
		bits_put(&w, seq[i] - line_at(&seqs, i), seqs.width);
	values_put_bits(&v, n, &w);
	buf_commit(out, (size_t)(bits_end(&w) - start));
	return 0;
}

struct heads {
	struct line times, seqs;
	struct values values;
	size_t n;
};

/* Values of the bits, after which the exceptions can be put in their places. */
static int bits_get_rows(struct reader *r, struct heads *h, struct block_row *rows)
{
	size_t n = h->n;
	size_t bits = n * (h->times.width + h->seqs.width) + values_bits(&h->values, n);
	struct bit_reader in = {.p = r->p, .end = r->end};

	if ((size_t)(r->end - r->p) < (bits + 7) / 8)
		return ERR_CORRUPT;
	for (size_t i = 0; i < n; i++)
		rows[i].t_ms = (int64_t)(line_at(&h->times, i) + bits_get(&in, h->times.width));
	for (size_t i = 0; i < n; i++)
		rows[i].seq = line_at(&h->seqs, i) + bits_get(&in, h->seqs.width);
	if (!values_get_bits(&h->values, n, &in))
		return ERR_CORRUPT;
	for (size_t i = 0; i < n; i++)
		rows[i].value = value_of_integer(h->values.kind, h->values.x[i]);
	r->p += (bits + 7) / 8;
	return 0;
}

int block_decode(struct reader *r, int64_t base_ms, struct block_row *rows, size_t *ret_n)
{
	struct heads h;
	uint64_t n = varint_get(r);
	uint8_t flags = byte_get(r);

	if (r->bad || n == 0 || n > BLOCK_MAX)
		return ERR_CORRUPT;
	h.n = n;
	h.times = line_get(r, (uint64_t)base_ms);
	h.seqs = line_get(r, 0);
	values_get_head(r, flags, &h.values);
	if (r->bad)
		return ERR_CORRUPT;
	memset(rows, 0, n * sizeof(*rows));
	struct reader exceptions = *r;
	if (h.values.kind < VALUE_DECIMALS)
		exceptions_get(r, rows, n);
	if (flags & FLAG_QUALITY)
		quality_get(r, rows, n);
	claims_get(r, flags & FLAG_CLAIMS, rows, n);
	if (r->bad || bits_get_rows(r, &h, rows) != 0)
		return ERR_CORRUPT;
	if (h.values.kind < VALUE_DECIMALS)
		exceptions_get(&exceptions, rows, n);
	*ret_n = n;
	return 0;
}
