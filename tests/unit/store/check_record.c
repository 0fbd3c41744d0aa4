#include "store/record.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/sample.h"
#include "proto/codec.h"
#include "suandian/store/v1/record.pb-c.h"
#include "testlib/run.h"
#include "gen.h"

#define ROUNDS 300

/* What came back; its memory is released with the trip. */
struct trip {
	struct arena arena;
	struct buf value;
	uint8_t key[16];
	size_t key_len;
	struct ledger_op op;
};

static void trip_there_and_back(struct trip *t, const struct ledger_op *op)
{
	arena_init(&t->arena, 64 << 20);
	buf_init(&t->value, 0);
	ck_assert_int_eq(record_encode(op, t->key, &t->key_len, &t->value), 0);
	ck_assert_uint_le(t->key_len, 16);
	struct record r = {.key = t->key,
			   .key_len = t->key_len,
			   .value = buf_peek(&t->value),
			   .len = buf_avail(&t->value)};
	ck_assert_int_eq(record_decode(op->kind, &r, &t->arena, &t->op), 0);
	ck_assert_int_eq(t->op.kind, op->kind);
}

static void trip_end(struct trip *t)
{
	arena_fini(&t->arena);
	buf_fini(&t->value);
}

START_TEST(what_operators_said_comes_back_byte_for_byte)
{
	struct event *e = malloc(sizeof(*e));
	struct rng r;
	struct trip t;

	rng_init(&r, rng_seed(1));
	for (int i = 0; i < ROUNDS; i++) {
		struct instruction in, got;
		struct day_flag f;

		gen_instruction(&r, e, &in);
		trip_there_and_back(
			&t, &(struct ledger_op){.kind = LEDGER_OVERRIDE, .instruction = &in});
		got = *t.op.instruction;
		ck_assert((got.event != NULL) == (in.event != NULL));
		if (in.event)
			ck_assert_mem_eq(got.event, in.event, sizeof(*in.event));
		got.event = in.event;
		ck_assert_mem_eq(&got, &in, sizeof(in));
		trip_end(&t);
		gen_day_flag(&r, &f);
		trip_there_and_back(&t,
				    &(struct ledger_op){.kind = LEDGER_DAYFLAG, .day_flag = &f});
		ck_assert_mem_eq(t.op.day_flag, &f, sizeof(f));
		trip_end(&t);
	}
	free(e);
}
END_TEST

START_TEST(flat_records_come_back_byte_for_byte)
{
	struct rng r;
	struct trip t;

	rng_init(&r, rng_seed(1));
	for (int i = 0; i < ROUNDS; i++) {
		struct event *e = malloc(sizeof(*e));
		struct decision d;
		struct point p;
		struct ledger_dispatch x = {.site_index = (uint32_t)rng_next(&r)};

		gen_event(&r, e);
		trip_there_and_back(&t, &(struct ledger_op){.kind = LEDGER_EVENT, .event = e});
		ck_assert_mem_eq(t.op.event, e, sizeof(*e));
		trip_end(&t);
		free(e);
		gen_decision(&r, &d);
		trip_there_and_back(&t,
				    &(struct ledger_op){.kind = LEDGER_DECISION, .decision = &d});
		ck_assert_mem_eq(t.op.decision, &d, sizeof(d));
		trip_end(&t);
		gen_point(&r, &p);
		trip_there_and_back(&t, &(struct ledger_op){.kind = LEDGER_POINT, .point = &p});
		ck_assert_mem_eq(t.op.point, &p, sizeof(p));
		trip_end(&t);
		x.slot_ms = gen_i64(&r);
		x.plan_id = rng_next(&r);
		GEN_TEXT(&r, x.site);
		trip_there_and_back(&t,
				    &(struct ledger_op){.kind = LEDGER_DISPATCH, .dispatch = &x});
		ck_assert_int_eq(t.op.dispatch->slot_ms, x.slot_ms);
		ck_assert_uint_eq(t.op.dispatch->site_index, x.site_index);
		ck_assert_uint_eq(t.op.dispatch->plan_id, x.plan_id);
		ck_assert_str_eq(t.op.dispatch->site, x.site);
		trip_end(&t);
	}
}
END_TEST

START_TEST(meta_audit_and_blobs_come_back)
{
	struct rng r;
	struct trip t;

	rng_init(&r, rng_seed(2));
	for (int i = 0; i < ROUNDS; i++) {
		struct ledger_meta m = {gen_i64(&r),  rng_next(&r), rng_next(&r), rng_next(&r),
					rng_next(&r), {0},	    rng_next(&r), rng_next(&r)};
		uint8_t body[2000];
		size_t n = rng_below(&r, sizeof(body));
		struct ledger_audit audit = {.seq = rng_next(&r), .body = body, .len = n};
		struct ledger_blob blob = {rng_next(&r), body, n};

		gen_hash(&r, m.audit_head);
		trip_there_and_back(&t, &(struct ledger_op){.kind = LEDGER_META, .meta = &m});
		ck_assert_mem_eq(t.op.meta, &m, sizeof(m));
		trip_end(&t);
		for (size_t k = 0; k < n; k++)
			body[k] = (uint8_t)rng_below(&r, 7);
		gen_hash(&r, audit.hash);
		trip_there_and_back(&t, &(struct ledger_op){.kind = LEDGER_AUDIT, .audit = &audit});
		ck_assert_uint_eq(t.op.audit->seq, audit.seq);
		ck_assert_uint_eq(t.op.audit->len, n);
		ck_assert_mem_eq(t.op.audit->hash, audit.hash, 32);
		ck_assert(n == 0 || memcmp(t.op.audit->body, body, n) == 0);
		trip_end(&t);
		for (int kind = LEDGER_SNAPSHOT; kind <= LEDGER_CONFIG;
		     kind += LEDGER_CONFIG - LEDGER_SNAPSHOT) {
			trip_there_and_back(&t, &(struct ledger_op){.kind = (enum ledger_kind)kind,
								    .blob = &blob});
			ck_assert_uint_eq(t.op.blob->key, blob.key);
			ck_assert_uint_eq(t.op.blob->len, n);
			ck_assert(n == 0 || memcmp(t.op.blob->data, body, n) == 0);
			if (kind == LEDGER_SNAPSHOT && n > 500)
				ck_assert_uint_lt(buf_avail(&t.value), n);
			trip_end(&t);
		}
	}
}
END_TEST

START_TEST(jobs_come_back_and_may_be_erased)
{
	struct rng r;
	struct trip t;
	struct compute_job j;
	struct buf v;
	uint8_t key[16];
	size_t n;

	rng_init(&r, rng_seed(11));
	for (int i = 0; i < ROUNDS; i++) {
		gen_job(&r, &j);
		trip_there_and_back(&t, &(struct ledger_op){.kind = LEDGER_JOB, .job = &j});
		ck_assert_mem_eq(t.op.job, &j, sizeof(j));
		ck_assert(!record_is_erasure(LEDGER_JOB, buf_avail(&t.value)));
		trip_end(&t);
	}
	j.state = JOB_NONE;
	buf_init(&v, 0);
	ck_assert_int_eq(
		record_encode(&(struct ledger_op){.kind = LEDGER_JOB, .job = &j}, key, &n, &v), 0);
	ck_assert(record_is_erasure(LEDGER_JOB, buf_avail(&v)));
	ck_assert(!record_is_erasure(LEDGER_META, 0));
	buf_fini(&v);
}
END_TEST

static void check_same_notes(const struct plan *a, const struct plan *b)
{
	ck_assert_uint_eq(a->n_relaxations, b->n_relaxations);
	for (uint32_t i = 0; i < a->n_relaxations; i++) {
		ck_assert_str_eq(a->relaxations[i].limit, b->relaxations[i].limit);
		ck_assert_str_eq(a->relaxations[i].unit, b->relaxations[i].unit);
		ck_assert_int_eq(a->relaxations[i].start_ms, b->relaxations[i].start_ms);
		ck_assert_int_eq(a->relaxations[i].amount, b->relaxations[i].amount);
		ck_assert_int_eq(a->relaxations[i].cost_e4, b->relaxations[i].cost_e4);
	}
	ck_assert_uint_eq(a->n_sources, b->n_sources);
	for (uint32_t i = 0; i < a->n_sources; i++) {
		ck_assert_str_eq(a->sources[i].input, b->sources[i].input);
		ck_assert_str_eq(a->sources[i].source, b->sources[i].source);
		ck_assert_int_eq(a->sources[i].quality, b->sources[i].quality);
	}
	ck_assert_uint_eq(a->n_bindings, b->n_bindings);
	for (uint32_t i = 0; i < a->n_bindings; i++) {
		ck_assert_uint_eq(a->bindings[i].slot, b->bindings[i].slot);
		ck_assert_str_eq(a->bindings[i].limit, b->bindings[i].limit);
		ck_assert_str_eq(a->bindings[i].unit, b->bindings[i].unit);
		ck_assert_int_eq(a->bindings[i].value, b->bindings[i].value);
		ck_assert_int_eq(a->bindings[i].shadow_price_e4, b->bindings[i].shadow_price_e4);
	}
	ck_assert_uint_eq(a->n_events, b->n_events);
	for (uint32_t i = 0; i < a->n_events; i++)
		ck_assert_str_eq(a->events[i], b->events[i]);
	ck_assert_uint_eq(a->n_moves, b->n_moves);
	for (uint32_t i = 0; i < a->n_moves; i++) {
		ck_assert_uint_eq(a->moves[i].slot, b->moves[i].slot);
		ck_assert_str_eq(a->moves[i].link, b->moves[i].link);
		ck_assert_str_eq(a->moves[i].queue, b->moves[i].queue);
		ck_assert_str_eq(a->moves[i].other, b->moves[i].other);
		ck_assert_int_eq(a->moves[i].out, b->moves[i].out);
		ck_assert_int_eq(a->moves[i].work_ds, b->moves[i].work_ds);
	}
}

static void check_same_column(const int64_t *a, const int64_t *b, size_t n)
{
	ck_assert(n == 0 || (a == NULL) == (b == NULL));
	ck_assert(!a || n == 0 || memcmp(a, b, n * sizeof(*a)) == 0);
}

static void check_same_plan(const struct plan *a, const struct plan *b)
{
	ck_assert_uint_eq(a->id, b->id);
	ck_assert_str_eq(a->site, b->site);
	ck_assert_str_eq(a->solver, b->solver);
	ck_assert_int_eq(a->created_ms, b->created_ms);
	ck_assert_int_eq(a->status, b->status);
	ck_assert_mem_eq(a->snapshot_hash, b->snapshot_hash, SHA256_LEN);
	ck_assert_mem_eq(a->plan_hash, b->plan_hash, SHA256_LEN);
	ck_assert_int_eq(a->cost_e4, b->cost_e4);
	ck_assert_int_eq(a->objective_e4, b->objective_e4);
	ck_assert(a->gap == b->gap && a->residual == b->residual);
	ck_assert_uint_eq(a->iterations, b->iterations);
	ck_assert_uint_eq(a->n, b->n);
	check_same_column(a->start_ms, b->start_ms, a->n);
	check_same_column(a->duration_ms, b->duration_ms, a->n);
	check_same_column(a->pcc_w, b->pcc_w, a->n);
	check_same_column(a->load_w, b->load_w, a->n);
	check_same_column(a->unserved_w, b->unserved_w, a->n);
	check_same_column(a->price_buy_e4, b->price_buy_e4, a->n);
	check_same_column(a->price_sell_e4, b->price_sell_e4, a->n);
	check_same_column(a->marginal_price_e4, b->marginal_price_e4, a->n);
	check_same_column((int64_t *)a->slot_plan_id, (int64_t *)b->slot_plan_id, a->n);
	ck_assert_int_eq(a->co2_g, b->co2_g);
	ck_assert_uint_eq(a->region_id, b->region_id);
	check_same_column(a->carbon_g, b->carbon_g, a->n);
	ck_assert_uint_eq(a->n_assets, b->n_assets);
	for (uint32_t i = 0; i < a->n_assets; i++) {
		ck_assert_str_eq(a->assets[i].asset, b->assets[i].asset);
		ck_assert_int_eq(a->assets[i].kind, b->assets[i].kind);
		check_same_column(a->assets[i].power_w, b->assets[i].power_w, a->n);
		check_same_column(a->assets[i].level, b->assets[i].level, a->n);
		check_same_column(a->assets[i].available_w, b->assets[i].available_w, a->n);
	}
	check_same_notes(a, b);
}

START_TEST(a_plan_comes_back)
{
	struct rng r;
	struct trip t;
	struct arena a;

	rng_init(&r, rng_seed(3));
	for (int i = 0; i < ROUNDS; i++) {
		struct plan p;

		arena_init(&a, 64 << 20);
		gen_plan(&r, &a, &p);
		trip_there_and_back(&t, &(struct ledger_op){.kind = LEDGER_PLAN, .plan = &p});
		check_same_plan(&p, t.op.plan);
		trip_end(&t);
		arena_fini(&a);
	}
}
END_TEST

START_TEST(a_curve_comes_back_with_its_gaps)
{
	double value[3] = {1.5, NAN, -0.0}, p10[3] = {1, 2, 3};
	struct curve c = {.point = 7,
			  .source = "s",
			  .issue_ms = 5,
			  .start_ms = -9,
			  .step_ms = 900000,
			  .n = 3,
			  .value = value,
			  .p10 = p10};
	struct trip t;

	trip_there_and_back(&t, &(struct ledger_op){.kind = LEDGER_CURVE, .curve = &c});
	ck_assert_uint_eq(t.op.curve->point, 7);
	ck_assert_str_eq(t.op.curve->source, "s");
	ck_assert_int_eq(t.op.curve->issue_ms, 5);
	ck_assert_int_eq(t.op.curve->start_ms, -9);
	ck_assert_int_eq(t.op.curve->step_ms, 900000);
	ck_assert_uint_eq(t.op.curve->n, 3);
	ck_assert_mem_eq(t.op.curve->value, value, sizeof(value));
	ck_assert_mem_eq(t.op.curve->p10, p10, sizeof(p10));
	ck_assert_ptr_null(t.op.curve->p90);
	trip_end(&t);
}
END_TEST

START_TEST(a_batch_comes_back_to_the_bit)
{
	struct rng r;
	struct arena a;

	rng_init(&r, rng_seed(4));
	for (int i = 0; i < ROUNDS; i++) {
		struct sample_batch b, back;
		struct buf out;

		arena_init(&a, 64 << 20);
		buf_init(&out, 0);
		gen_batch(&r, &a, &b);
		ck_assert_int_eq(record_encode_batch(&b, &out), 0);
		ck_assert_int_eq(record_decode_batch(buf_peek(&out), buf_avail(&out), &a, &back),
				 0);
		ck_assert_str_eq(b.source, back.source);
		ck_assert_uint_eq(b.epoch, back.epoch);
		ck_assert_uint_eq(b.seq, back.seq);
		ck_assert_int_eq(b.correction, back.correction);
		ck_assert_uint_eq(b.n, back.n);
		if (b.n) {
			ck_assert_mem_eq(b.point, back.point, b.n * sizeof(*b.point));
			ck_assert_mem_eq(b.t_ms, back.t_ms, b.n * sizeof(*b.t_ms));
			ck_assert_mem_eq(b.value, back.value, b.n * sizeof(*b.value));
			ck_assert_mem_eq(b.quality, back.quality, b.n);
		}
		buf_fini(&out);
		arena_fini(&a);
	}
}
END_TEST

START_TEST(a_batch_in_rounds_names_its_points_once)
{
	uint32_t point[900];
	int64_t t[900];
	double value[900];
	uint8_t quality[900] = {0};
	struct buf rounds, mixed;
	struct sample_batch b = {.source = "s",
				 .n = 900,
				 .point = point,
				 .t_ms = t,
				 .value = value,
				 .quality = quality};

	for (uint32_t i = 0; i < 900; i++) {
		point[i] = 1 + i % 9;
		t[i] = 1000 * (int64_t)(i / 9);
		value[i] = i;
	}
	buf_init(&rounds, 0);
	buf_init(&mixed, 0);
	ck_assert_int_eq(record_encode_batch(&b, &rounds), 0);
	point[899] = 77;
	ck_assert_int_eq(record_encode_batch(&b, &mixed), 0);
	ck_assert_uint_lt(buf_avail(&rounds) + 850, buf_avail(&mixed));
	buf_fini(&rounds);
	buf_fini(&mixed);
}
END_TEST

/* Keys of one kind in the order of their numbers. */
static int compare_keys(const struct ledger_op *a, const struct ledger_op *b)
{
	uint8_t ka[16], kb[16];
	size_t na, nb;
	struct buf v;

	buf_init(&v, 0);
	ck_assert_int_eq(record_encode(a, ka, &na, &v), 0);
	ck_assert_int_eq(record_encode(b, kb, &nb, &v), 0);
	buf_fini(&v);
	ck_assert_uint_eq(na, nb);
	return memcmp(ka, kb, na);
}

START_TEST(order_of_keys_is_order_of_things)
{
	struct rng r;

	rng_init(&r, rng_seed(5));
	for (int i = 0; i < 2000; i++) {
		struct ledger_dispatch a = {.slot_ms = gen_i64(&r),
					    .site_index = (uint32_t)rng_next(&r)};
		struct ledger_dispatch b = {.slot_ms = rng_below(&r, 2) ? a.slot_ms : gen_i64(&r),
					    .site_index = (uint32_t)rng_next(&r)};
		struct ledger_blob x = {.key = rng_next(&r) >> rng_below(&r, 64),
					.data = (uint8_t *)""};
		struct ledger_blob y = {.key = rng_next(&r) >> rng_below(&r, 64),
					.data = (uint8_t *)""};
		int want = a.slot_ms != b.slot_ms	 ? (a.slot_ms < b.slot_ms ? -1 : 1)
			   : a.site_index < b.site_index ? -1
							 : a.site_index > b.site_index;
		int got =
			compare_keys(&(struct ledger_op){.kind = LEDGER_DISPATCH, .dispatch = &a},
				     &(struct ledger_op){.kind = LEDGER_DISPATCH, .dispatch = &b});

		ck_assert_int_eq((got > 0) - (got < 0), want);
		got = compare_keys(&(struct ledger_op){.kind = LEDGER_CONFIG, .blob = &x},
				   &(struct ledger_op){.kind = LEDGER_CONFIG, .blob = &y});
		ck_assert_int_eq((got > 0) - (got < 0), (x.key > y.key) - (x.key < y.key));
	}
}
END_TEST

START_TEST(a_scan_starts_at_its_key)
{
	uint8_t from[16], key[16];
	size_t n, key_len;
	struct buf v;
	struct point p = {.id = UINT32_MAX};
	struct ledger_dispatch d = {.slot_ms = 1000};

	buf_init(&v, 0);
	ck_assert_int_eq(record_encode(&(struct ledger_op){.kind = LEDGER_POINT, .point = &p}, key,
				       &key_len, &v),
			 0);
	n = record_scan_key(LEDGER_POINT, UINT32_MAX, from);
	ck_assert(n == key_len && memcmp(from, key, n) == 0);
	n = record_scan_key(LEDGER_POINT, (uint64_t)UINT32_MAX + 1, from);
	ck_assert(memcmp(from, key, n < key_len ? n : key_len) == 0 && n > key_len);
	ck_assert_int_eq(record_encode(&(struct ledger_op){.kind = LEDGER_DISPATCH, .dispatch = &d},
				       key, &key_len, &v),
			 0);
	n = record_scan_key(LEDGER_DISPATCH, 1000, from);
	ck_assert(n == 8 && memcmp(from, key, n) == 0);
	n = record_scan_key(LEDGER_DISPATCH, 1001, from);
	ck_assert(memcmp(from, key, n) > 0);
	d.slot_ms = -1;
	ck_assert_int_eq(record_encode(&(struct ledger_op){.kind = LEDGER_DISPATCH, .dispatch = &d},
				       key, &key_len, &v),
			 0);
	n = record_scan_key(LEDGER_DISPATCH, 0, from);
	ck_assert(memcmp(from, key, n) < 0);
	buf_fini(&v);
}
END_TEST

/* Whatever a damaged file holds: an error or a record that can be written again. */
START_TEST(damaged_records_are_refused_or_read)
{
	struct rng r;
	struct arena a, b;
	int refused = 0;

	rng_init(&r, rng_seed(6));
	for (int i = 0; i < 3000; i++) {
		struct buf v;
		struct plan p;
		struct event *e = malloc(sizeof(*e));
		struct ledger_op op = {.kind = LEDGER_PLAN, .plan = &p}, back;
		uint8_t key[16];
		size_t key_len;

		arena_init(&a, 64 << 20);
		arena_init(&b, 64 << 20);
		buf_init(&v, 0);
		gen_plan(&r, &a, &p);
		gen_event(&r, e);
		if (i % 2)
			op = (struct ledger_op){.kind = LEDGER_EVENT, .event = e};
		ck_assert_int_eq(record_encode(&op, key, &key_len, &v), 0);
		size_t len = buf_avail(&v);
		if (rng_below(&r, 2))
			v.data[rng_below(&r, len)] ^= (uint8_t)(1 << rng_below(&r, 8));
		else
			len = rng_below(&r, len);
		struct record rec = {.key = key, .key_len = key_len, .value = v.data, .len = len};
		int rc = record_decode(op.kind, &rec, &b, &back);
		ck_assert(rc == 0 || rc == ERR_CORRUPT);
		refused += rc != 0;
		free(e);
		buf_fini(&v);
		arena_fini(&a);
		arena_fini(&b);
	}
	ck_assert_int_gt(refused, 100);
}
END_TEST

START_TEST(a_text_too_long_or_an_unknown_number_is_corrupt)
{
	char longer[ID_MAX + 1];
	Suandian__Store__V1__Dispatch m = SUANDIAN__STORE__V1__DISPATCH__INIT;
	Suandian__Store__V1__Decision d = SUANDIAN__STORE__V1__DECISION__INIT;
	uint8_t packed[256], key[12] = {0};
	struct record r = {.key = key, .key_len = 12, .value = packed};
	struct ledger_op op;
	struct arena a;

	arena_init(&a, 1 << 20);
	memset(longer, 'x', ID_MAX);
	longer[ID_MAX] = '\0';
	m.site = longer;
	r.len = protobuf_c_message_pack(&m.base, packed);
	ck_assert_int_eq(record_decode(LEDGER_DISPATCH, &r, &a, &op), ERR_CORRUPT);
	longer[ID_MAX - 1] = '\0';
	r.len = protobuf_c_message_pack(&m.base, packed);
	ck_assert_int_eq(record_decode(LEDGER_DISPATCH, &r, &a, &op), 0);
	r.key_len = 11;
	ck_assert_int_eq(record_decode(LEDGER_DISPATCH, &r, &a, &op), ERR_CORRUPT);
	d.state = DECISION_EXPIRED + 1;
	r.len = protobuf_c_message_pack(&d.base, packed);
	r.key_len = 8;
	ck_assert_int_eq(record_decode(LEDGER_DECISION, &r, &a, &op), ERR_CORRUPT);
	arena_fini(&a);
}
END_TEST

START_TEST(no_record_type_contains_itself)
{
	const ProtobufCMessageDescriptor *const types[] = {
		&suandian__store__v1__meta__descriptor,
		&suandian__store__v1__point__descriptor,
		&suandian__store__v1__curve__descriptor,
		&suandian__store__v1__event__descriptor,
		&suandian__store__v1__plan__descriptor,
		&suandian__store__v1__snapshot__descriptor,
		&suandian__store__v1__dispatch__descriptor,
		&suandian__store__v1__decision__descriptor,
		&suandian__store__v1__audit__descriptor,
		&suandian__store__v1__config__descriptor,
		&suandian__store__v1__batch__descriptor,
		&suandian__store__v1__cursor__descriptor,
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		ck_assert_ptr_null(codec_find_cycle(types[i]));
}
END_TEST

START_TEST(every_kind_has_its_own_name)
{
	for (int i = 0; i < LEDGER_KINDS; i++) {
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(record_kind_name((enum ledger_kind)i),
					 record_kind_name((enum ledger_kind)k));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("record");
	TCase *tc = tcase_create("records");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, flat_records_come_back_byte_for_byte);
	tcase_add_test(tc, jobs_come_back_and_may_be_erased);
	tcase_add_test(tc, what_operators_said_comes_back_byte_for_byte);
	tcase_add_test(tc, meta_audit_and_blobs_come_back);
	tcase_add_test(tc, a_plan_comes_back);
	tcase_add_test(tc, a_curve_comes_back_with_its_gaps);
	tcase_add_test(tc, a_batch_comes_back_to_the_bit);
	tcase_add_test(tc, a_batch_in_rounds_names_its_points_once);
	tcase_add_test(tc, order_of_keys_is_order_of_things);
	tcase_add_test(tc, a_scan_starts_at_its_key);
	tcase_add_test(tc, damaged_records_are_refused_or_read);
	tcase_add_test(tc, a_text_too_long_or_an_unknown_number_is_corrupt);
	tcase_add_test(tc, no_record_type_contains_itself);
	tcase_add_test(tc, every_kind_has_its_own_name);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
