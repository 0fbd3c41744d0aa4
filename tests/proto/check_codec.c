#include "proto/codec.h"

#include <check.h>
#include <string.h>

#include "base/err.h"
#include "made.h"
#include "proto/frame.h"
#include "testlib/heap.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static struct arena arena;
static struct buf buf;

static void setup(void)
{
	arena_init(&arena, SIZE_MAX / 2);
	buf_init(&buf, 0);
}

static void teardown(void)
{
	buf_fini(&buf);
	arena_fini(&arena);
}

static Suandian__V1__Envelope *decode(const void *p, size_t n)
{
	Suandian__V1__Envelope *env = NULL;
	struct fault fault = {0};

	ck_assert_msg(codec_decode(&arena, p, n, &env, &fault) == 0, "%s", fault.text);
	return env;
}

/* The body of the one frame in buf. */
static const uint8_t *frame_body(size_t *ret_n)
{
	struct frame f;

	ck_assert_int_eq(frame_split(buf_peek(&buf), buf_avail(&buf), &f), FRAME_READY);
	ck_assert_uint_eq(f.size, buf_avail(&buf));
	*ret_n = f.len;
	return f.body;
}

/* -- types -- */

/* A type that holds itself, and two that hold each other, as the compiler would make them. */
extern const ProtobufCMessageDescriptor self_type, ping_type, pong_type, plain_type;

static const ProtobufCFieldDescriptor number_field[] = {
	{.name = "number", .id = 1, .type = PROTOBUF_C_TYPE_UINT32}};
static const ProtobufCFieldDescriptor self_field[] = {
	{.name = "self", .id = 1, .type = PROTOBUF_C_TYPE_MESSAGE, .descriptor = &self_type}};
static const ProtobufCFieldDescriptor ping_field[] = {
	{.name = "plain", .id = 1, .type = PROTOBUF_C_TYPE_MESSAGE, .descriptor = &plain_type},
	{.name = "pong", .id = 2, .type = PROTOBUF_C_TYPE_MESSAGE, .descriptor = &pong_type}};
static const ProtobufCFieldDescriptor pong_field[] = {
	{.name = "plain", .id = 1, .type = PROTOBUF_C_TYPE_MESSAGE, .descriptor = &plain_type},
	{.name = "ping", .id = 2, .type = PROTOBUF_C_TYPE_MESSAGE, .descriptor = &ping_type}};
const ProtobufCMessageDescriptor plain_type = {
	.name = "Plain", .n_fields = 1, .fields = number_field};
const ProtobufCMessageDescriptor self_type = {.name = "Self", .n_fields = 1, .fields = self_field};
const ProtobufCMessageDescriptor ping_type = {.name = "Ping", .n_fields = 2, .fields = ping_field};
const ProtobufCMessageDescriptor pong_type = {.name = "Pong", .n_fields = 2, .fields = pong_field};

START_TEST(a_type_that_contains_itself_is_found)
{
	ck_assert_ptr_eq(codec_find_cycle(&self_type), &self_type);
	ck_assert_ptr_eq(codec_find_cycle(&ping_type), &ping_type);
	ck_assert_ptr_eq(codec_find_cycle(&pong_type), &pong_type);
	ck_assert_ptr_null(codec_find_cycle(&plain_type));
}
END_TEST

START_TEST(no_message_of_ours_contains_itself)
{
	const ProtobufCFieldDescriptor *body;
	unsigned n = 0;

	ck_assert_ptr_null(codec_find_cycle(&suandian__v1__envelope__descriptor));
	for (; (body = made_body(n)); n++)
		ck_assert_ptr_null(codec_find_cycle(body->descriptor));
	ck_assert_uint_gt(n, 40);
}
END_TEST

/* -- there and back -- */

START_TEST(every_message_comes_back_as_it_was)
{
	const ProtobufCFieldDescriptor *body;

	for (unsigned i = 0; (body = made_body(i)); i++) {
		Suandian__V1__Envelope *env;
		struct buf again;
		const uint8_t *p;
		size_t n;

		buf_reset(&buf);
		arena_reset(&arena);
		ck_assert_int_eq(codec_encode(&buf, made_envelope(&arena, body, i)), 0);
		p = frame_body(&n);
		env = decode(p, n);
		ck_assert_uint_eq(codec_body_number(env), body->id);
		ck_assert(codec_body_is_known(body->id));
		ck_assert_str_eq(codec_body_name(body->id), body->name);
		buf_init(&again, 0);
		ck_assert_int_eq(codec_encode(&again, env), 0);
		ck_assert_uint_eq(buf_avail(&again), buf_avail(&buf));
		ck_assert_mem_eq(buf_peek(&again), buf_peek(&buf), buf_avail(&buf));
		buf_fini(&again);
	}
}
END_TEST

START_TEST(encoding_appends_and_refuses_what_is_too_large_or_empty)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__MetricsText text = SUANDIAN__V1__METRICS_TEXT__INIT;
	char *long_text = arena_alloc(&arena, FRAME_BODY_MAX + 1);
	size_t before;

	ck_assert_int_eq(codec_encode(&buf, &env), ERR_INVALID);
	env.id = 1;
	ck_assert_int_eq(codec_encode(&buf, &env), 0);
	before = buf_avail(&buf);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_METRICS_TEXT;
	env.metrics_text = &text;
	memset(long_text, 'x', FRAME_BODY_MAX);
	text.text = long_text;
	ck_assert_int_eq(codec_encode(&buf, &env), ERR_INVALID);
	ck_assert_uint_eq(buf_avail(&buf), before);
	ck_assert_int_eq(buf.err, 0);
	/* id 2, text 4 and its holder 5 bytes: the largest that fits */
	long_text[FRAME_BODY_MAX - 11] = '\0';
	ck_assert_int_eq(codec_encode(&buf, &env), 0);
	ck_assert_uint_eq(buf_avail(&buf), before + FRAME_MAX);
}
END_TEST

START_TEST(a_buffer_that_is_full_says_so)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct buf small;

	buf_init(&small, 4);
	env.id = 1000000;
	ck_assert_int_eq(codec_encode(&small, &env), ERR_FULL);
	buf_fini(&small);
}
END_TEST

/* -- what is no message -- */

START_TEST(bytes_that_are_no_envelope_are_refused_with_their_beginning)
{
	Suandian__V1__Envelope *env = NULL;
	struct fault fault;

	ck_assert_int_eq(codec_decode(&arena, (const uint8_t *)"\xff\xff\xff", 3, &env, &fault),
			 ERR_MALFORMED);
	ck_assert_ptr_null(env);
	ck_assert_ptr_nonnull(strstr(fault.text, "ffffff"));
	ck_assert_ptr_nonnull(strstr(fault.text, "Envelope"));
	ck_assert_int_eq(codec_decode(&arena, (const uint8_t *)"\xff\xff\xff", 3, &env, NULL),
			 ERR_MALFORMED);
}
END_TEST

START_TEST(a_message_longer_than_a_frame_is_refused_unseen)
{
	Suandian__V1__Envelope *env = NULL;
	struct fault fault;

	/* no byte of it is read */
	ck_assert_int_eq(
		codec_decode(&arena, (const uint8_t *)"", FRAME_BODY_MAX + 1, &env, &fault),
		ERR_MALFORMED);
	ck_assert_ptr_nonnull(strstr(fault.text, "1048577"));
}
END_TEST

START_TEST(an_unknown_body_is_known_by_its_number)
{
	/* id 7; field 210 (Select, laid out) and, later, 9000 as a varint */
	static const uint8_t later[] = {8, 7, 0x92, 13, 2, 8, 1, 0xc0, 0xb2, 4, 1};
	Suandian__V1__Envelope *env = decode(later, sizeof(later));

	ck_assert_uint_eq(env->id, 7);
	ck_assert_uint_eq(codec_body_number(env), 210);
	ck_assert(!codec_body_is_known(210));
	ck_assert_ptr_null(codec_body_name(210));
	ck_assert(!codec_body_is_known(1));
	ck_assert_uint_eq(codec_body_number(decode("\x08\x07", 2)), 0);
}
END_TEST

START_TEST(of_two_bodies_the_later_wins)
{
	/* health, then metrics; and the same twice */
	Suandian__V1__Envelope *env = decode("\x08\x01\xd2\x0f\x00\xe2\x0f\x00", 8);

	ck_assert_int_eq(env->body_case, SUANDIAN__V1__ENVELOPE__BODY_METRICS);
	env = decode("\x08\x01\xd2\x0f\x00\xd2\x0f\x00", 8);
	ck_assert_int_eq(env->body_case, SUANDIAN__V1__ENVELOPE__BODY_HEALTH);
}
END_TEST

/* -- bounds -- */

/* Field numbers of Envelope and below, as tag bytes of a length-delimited field. */
static size_t put_tag(uint8_t *p, uint32_t number)
{
	uint32_t tag = number << 3 | 2;
	size_t n = 0;

	for (; tag >= 0x80; tag >>= 7)
		p[n++] = (uint8_t)(tag | 0x80);
	p[n++] = (uint8_t)tag;
	return n;
}

/* An Envelope of at most `size` bytes: body `body` holding field `field` again and again, each with the same
 * content; decoded within its budget or refused. */
static void check_hostile(uint32_t body, const uint8_t *unit, size_t n_unit, size_t size)
{
	static uint8_t bytes[FRAME_BODY_MAX];
	Suandian__V1__Envelope *env = NULL;
	size_t at = 0, inner, before;
	int r;

	at += put_tag(bytes, body);
	inner = (size - at - 3) / n_unit * n_unit;
	for (size_t len = inner, i = 0; i < 3; i++, len >>= 7)
		bytes[at++] = (uint8_t)((len & 0x7f) | (i < 2 ? 0x80 : 0));
	for (size_t i = 0; i < inner; i += n_unit) {
		memcpy(bytes + at, unit, n_unit);
		at += n_unit;
	}
	arena_reset(&arena);
	before = arena.used;
	r = codec_decode(&arena, bytes, at, &env, NULL);
	/* malformed: protobuf-c cannot merge two singular messages whose oneofs are unset */
	ck_assert_msg(r == 0 || r == ERR_FULL || r == ERR_MALFORMED, "body %u: %d", body, r);
	ck_assert_msg(arena.used - before <= CODEC_BUDGET(at), "body %u: %zu bytes for %zu", body,
		      arena.used - before, at);
}

/* Is an empty length-delimited value right for this field? */
static bool takes_length(const ProtobufCMessageDescriptor *type, uint32_t field)
{
	const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field(type, field);

	return f && (f->label == PROTOBUF_C_LABEL_REPEATED || f->type == PROTOBUF_C_TYPE_STRING ||
		     f->type == PROTOBUF_C_TYPE_BYTES || f->type == PROTOBUF_C_TYPE_MESSAGE);
}

START_TEST(hostile_frames_are_bounded)
{
	static const size_t sizes[] = {100, 1000, 16000, 200000, FRAME_BODY_MAX};
	const ProtobufCFieldDescriptor *body;

	for (unsigned i = 0; (body = made_body(i)); i++) {
		const ProtobufCMessageDescriptor *type = body->descriptor;
		for (unsigned k = 0; k < ARRAY_SIZE(sizes); k++) {
			/* empty strings, messages and packed columns; and an unknown field */
			for (uint32_t field = 1; field <= 30; field++) {
				uint8_t unit[8];
				size_t n = put_tag(unit, field);
				if (field < 30 && !takes_length(type, field))
					continue;
				unit[n++] = 0;
				check_hostile(body->id, unit, n, sizes[k]);
			}
			check_hostile(body->id, (const uint8_t *)"\xf8\x01\x00", 3, sizes[k]);
		}
	}
}
END_TEST

START_TEST(an_amplifying_frame_is_refused_and_the_arena_is_of_use_again)
{
	static uint8_t bytes[FRAME_BODY_MAX];
	Suandian__V1__Envelope *env = NULL;
	struct fault fault = {0};
	size_t at = put_tag(bytes, 33); /* PointList */
	size_t inner = FRAME_BODY_MAX - at - 3;

	/* half a million empty points: 48 MiB for protobuf-c alone */
	for (size_t len = inner & ~(size_t)1, i = 0; i < 3; i++, len >>= 7)
		bytes[at++] = (uint8_t)((len & 0x7f) | (i < 2 ? 0x80 : 0));
	for (size_t i = 0; i + 1 < inner; i += 2) {
		bytes[at++] = 1 << 3 | 2;
		bytes[at++] = 0;
	}
	ck_assert_int_eq(codec_decode(&arena, bytes, at, &env, &fault), ERR_FULL);
	ck_assert_ptr_null(env);
	ck_assert_str_ne(fault.text, "");
	arena_reset(&arena);
	ck_assert_uint_eq(decode("\x08\x05", 2)->id, 5);
}
END_TEST

START_TEST(the_arenas_own_cap_holds)
{
	struct arena tiny;
	Suandian__V1__Envelope *env = NULL;

	arena_init(&tiny, 64);
	ck_assert_int_eq(
		codec_decode(&tiny, (const uint8_t *)"\x08\x05\xd2\x0f\x00", 5, &env, NULL),
		ERR_FULL);
	arena_fini(&tiny);
}
END_TEST

/* Honest messages of every kind and size pass: rows, columns, texts. */
START_TEST(honest_frames_fit_their_budget)
{
	const ProtobufCFieldDescriptor *body;
	double worst = 0;

	for (unsigned i = 0; (body = made_body(i)); i++) {
		for (uint32_t n = 1;; n *= 2) {
			const uint8_t *p;
			size_t len, before;

			made_n_repeated = n;
			arena_reset(&arena);
			buf_reset(&buf);
			/* until it fills a frame, or repeats nothing; so many gaps at once are
			 * no honest answer */
			if (codec_encode(&buf, made_envelope(&arena, body, 0)) < 0 || n > 100000 ||
			    (body->id == SUANDIAN__V1__ENVELOPE__BODY_SAMPLES_ACK && n > 2048))
				break;
			p = frame_body(&len);
			before = arena.used;
			(void)decode(p, len);
			if (len > 100000 && (double)(arena.used - before) / (double)len > worst)
				worst = (double)(arena.used - before) / (double)len;
		}
	}
	ck_assert_double_gt(worst, 1);
	ck_assert_double_lt(worst, 9);
}
END_TEST

START_TEST(damaged_frames_decode_or_are_refused_within_their_budget)
{
	const ProtobufCFieldDescriptor *body;
	uint64_t seed = rng_seed(0xc0dec);
	struct rng r;

	rng_init(&r, seed);
	for (unsigned i = 0; (body = made_body(i)); i++) {
		for (int round = 0; round < 300; round++) {
			Suandian__V1__Envelope *env;
			static uint8_t bytes[1 << 16];
			size_t n;

			arena_reset(&arena);
			buf_reset(&buf);
			ck_assert_int_eq(codec_encode(&buf, made_envelope(&arena, body, 0)), 0);
			const uint8_t *p = frame_body(&n);
			ck_assert_uint_le(n, sizeof(bytes));
			memcpy(bytes, p, n);
			for (uint64_t k = rng_below(&r, 4); k > 0; k--)
				bytes[rng_below(&r, n)] = (uint8_t)rng_next(&r);
			n -= rng_below(&r, 2) ? rng_below(&r, n) : 0;
			arena_reset(&arena);
			int err = codec_decode(&arena, bytes, n, &env, NULL);
			ck_assert_msg(err == 0 || err == ERR_MALFORMED || err == ERR_FULL,
				      "seed %#llx: %d", (unsigned long long)seed, err);
			ck_assert_uint_le(arena.used, CODEC_BUDGET(n));
		}
	}
}
END_TEST

START_TEST(memory_that_runs_out_is_an_error)
{
	Suandian__V1__Envelope *env = NULL;
	static const uint8_t bytes[] = {8, 5, 0xd2, 0x0f, 0};
	int r;

	for (long k = 1;; k++) {
		arena_fini(&arena);
		heap_fail_at(k);
		r = codec_decode(&arena, bytes, sizeof(bytes), &env, NULL);
		if (!heap_stop())
			break;
		ck_assert_int_eq(r, ERR_FULL);
	}
	ck_assert_int_eq(r, 0);
}
END_TEST

START_TEST(codes_of_errors_are_known_by_their_names)
{
	ck_assert_int_eq(codec_error_code("INVALID"), ERR_INVALID);
	ck_assert_int_eq(codec_error_code("NOT_FOUND"), ERR_NOTFOUND);
	ck_assert_int_eq(codec_error_code("UNIMPLEMENTED"), ERR_UNIMPLEMENTED);
	ck_assert_int_eq(codec_error_code("ENOENT"), -EPROTO);
	ck_assert_int_eq(codec_error_code(""), -EPROTO);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("codec");
	TCase *t = tcase_create("codec");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_type_that_contains_itself_is_found);
	tcase_add_test(t, no_message_of_ours_contains_itself);
	tcase_add_test(t, every_message_comes_back_as_it_was);
	tcase_add_test(t, encoding_appends_and_refuses_what_is_too_large_or_empty);
	tcase_add_test(t, a_buffer_that_is_full_says_so);
	tcase_add_test(t, bytes_that_are_no_envelope_are_refused_with_their_beginning);
	tcase_add_test(t, a_message_longer_than_a_frame_is_refused_unseen);
	tcase_add_test(t, an_unknown_body_is_known_by_its_number);
	tcase_add_test(t, of_two_bodies_the_later_wins);
	tcase_add_test(t, hostile_frames_are_bounded);
	tcase_add_test(t, an_amplifying_frame_is_refused_and_the_arena_is_of_use_again);
	tcase_add_test(t, the_arenas_own_cap_holds);
	tcase_add_test(t, honest_frames_fit_their_budget);
	tcase_add_test(t, damaged_frames_decode_or_are_refused_within_their_budget);
	tcase_add_test(t, memory_that_runs_out_is_an_error);
	tcase_add_test(t, codes_of_errors_are_known_by_their_names);
	suite_add_tcase(s, t);
	return run_suite(s);
}
