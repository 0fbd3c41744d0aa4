/* Answers in parts, subscriptions, and peers that do not read. */
#include <check.h>
#include <string.h>

#include "api/limits.h"
#include "ask.h"
#include "fake_engine.h"
#include "rig.h"
#include "testlib/run.h"

static struct rig rig;
static const Suandian__V1__Envelope *answer;
static struct peer_end peer;

static void setup(void)
{
	rig_start(&rig);
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &peer);
}

static void teardown(void)
{
	peer_close(&peer);
	rig_stop(&rig);
}

/* ---- Ranges ------------------------------------------------------------------------------------ */

static void ask_range(uint64_t id, int64_t from_ms, int64_t to_ms, uint64_t max)
{
	ASK(QUERY_RANGE, query_range, Suandian__V1__QueryRange, SUANDIAN__V1__QUERY_RANGE__INIT);

	body.point = 4;
	body.from_ms = from_ms;
	body.to_ms = to_ms;
	body.max_samples = max;
	peer_send(&peer, id, &env);
}

/* Samples first, first + 1 … as the fake makes them. */
static void check_chunk(const Suandian__V1__RangeChunk *c, uint64_t first)
{
	int64_t t_ms = c->base_ms;
	size_t q = 0, wrong = 0;

	ck_assert_uint_eq(c->point, 4);
	ck_assert_uint_eq(c->n_dt_ms, c->n_value);
	/* counted, for an assertion costs some microseconds */
	for (size_t i = 0; i < c->n_value; i++) {
		bool bad = (first + i) % 7 == 0;

		t_ms += c->dt_ms[i];
		wrong += t_ms != (int64_t)(first + i) * 1000 || c->value[i] != (double)(first + i);
		if (bad)
			wrong += q >= c->n_q_index || c->q_index[q] != i ||
				 c->q_value[q] != SUANDIAN__V1__QUALITY__QUALITY_BAD;
		q += bad;
	}
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(c->n_q_index, q);
}

/* Reads a whole range, checking each sample; how many. *ret_chunks of it. */
static uint64_t read_range(uint64_t id, uint64_t first, int *ret_chunks)
{
	uint64_t n = 0;
	bool last = false;

	*ret_chunks = 0;
	while (!last) {
		ck_assert_answer(answer, &peer, RANGE_CHUNK);
		ck_assert_uint_eq(answer->id, id);
		check_chunk(answer->range_chunk, first + n);
		n += answer->range_chunk->n_value;
		last = answer->range_chunk->last;
		(*ret_chunks)++;
	}
	return n;
}

START_TEST(a_range_comes_in_chunks_each_sample_once)
{
	int chunks;

	fake.range_samples = 20000;
	ask_range(2, 0, 0, 0);
	ck_assert_uint_eq(read_range(2, 0, &chunks), 20000);
	ck_assert_int_eq(chunks, 5);
	ask_range(3, 5000, 10000, 0);
	ck_assert_uint_eq(read_range(3, 5, &chunks), 5);
	ask_range(4, 0, 0, 5000);
	ck_assert_uint_eq(read_range(4, 0, &chunks), 5000);
	ask_range(5, 0, 0, RANGE_CHUNK);
	ck_assert_uint_eq(read_range(5, 0, &chunks), RANGE_CHUNK);
	ck_assert_int_eq(chunks, 1);
}
END_TEST

START_TEST(an_empty_range_is_one_empty_last_chunk)
{
	int chunks;

	ask_range(2, 0, 0, 0);
	ck_assert_uint_eq(read_range(2, 0, &chunks), 0);
	ck_assert_int_eq(chunks, 1);
}
END_TEST

START_TEST(a_range_of_no_point_or_no_time_is_refused)
{
	fake.n_points = 3;
	ask_range(2, 0, 0, 0);
	ck_assert_refused(&peer, "NOT_FOUND");
	fake.n_points = 10;
	ask_range(3, 7, 5, 0);
	ck_assert_refused(&peer, "INVALID");
}
END_TEST

START_TEST(two_ranges_at_a_time_share_the_connection)
{
	uint64_t got[2] = {0};
	int last = 0;

	fake.range_samples = 50000;
	ask_range(2, 0, 0, 0);
	ask_range(3, 0, 0, 0);
	while (last < 2) {
		ck_assert_answer(answer, &peer, RANGE_CHUNK);
		got[answer->id - 2] += answer->range_chunk->n_value;
		/* neither is served to its end before the other begins */
		if (!last && answer->range_chunk->last)
			ck_assert_uint_gt(got[3 - answer->id], 0);
		last += answer->range_chunk->last;
	}
	ck_assert_uint_eq(got[0], 50000);
	ck_assert_uint_eq(got[1], 50000);
}
END_TEST

/* Nothing is produced for a peer that does not read, beyond what its queue may hold. */
START_TEST(a_slow_reader_holds_no_more_than_its_queue)
{
	uint32_t calls;
	int chunks;

	fake.range_samples = 2000000;
	ask_range(2, 0, 0, 0);
	for (int i = 0; i < 2000; i++)
		(void)loop_step(rig.loop, false);
	calls = fake.range_calls;
	/* 1 MiB and the socket's buffer, at some 10 bytes a sample */
	ck_assert_uint_lt(calls, 100);
	for (int i = 0; i < 500; i++)
		(void)loop_step(rig.loop, false);
	ck_assert_uint_eq(fake.range_calls, calls);
	ck_assert_uint_eq(read_range(2, 0, &chunks), 2000000);
}
END_TEST

static void unsubscribe(uint64_t id, uint64_t which)
{
	ASK(UNSUBSCRIBE, unsubscribe, Suandian__V1__Unsubscribe, SUANDIAN__V1__UNSUBSCRIBE__INIT);

	body.request_id = which;
	peer_send(&peer, id, &env);
}

START_TEST(a_stream_can_be_ended)
{
	fake.range_samples = 100000000;
	ask_range(2, 0, 0, 0);
	ck_assert_answer(answer, &peer, RANGE_CHUNK);
	unsubscribe(3, 2);
	do
		answer = peer_next(&peer);
	while (answer->body_case == SUANDIAN__V1__ENVELOPE__BODY_RANGE_CHUNK);
	ck_assert_int_eq(answer->body_case, SUANDIAN__V1__ENVELOPE__BODY_OK);
	ck_assert_uint_eq(answer->id, 3);
	ck_assert(peer_is_silent(&peer));
	unsubscribe(4, 2);
	ck_assert_refused(&peer, "NOT_FOUND");
}
END_TEST

START_TEST(streams_are_bounded_and_their_numbers_unique)
{
	int errors = 0;

	fake.range_samples = 2000000;
	for (uint64_t i = 0; i < TASKS_MAX; i++)
		ask_range(i + 2, 0, 0, 0);
	ask_range(2, 0, 0, 0);
	ask_range(100, 0, 0, 0);
	while (errors < 2) {
		answer = peer_next(&peer);
		if (answer->body_case == SUANDIAN__V1__ENVELOPE__BODY_RANGE_CHUNK)
			continue;
		ck_assert_int_eq(answer->body_case, SUANDIAN__V1__ENVELOPE__BODY_ERROR);
		ck_assert_str_eq(answer->error->code, errors++ == 0 ? "EXISTS" : "FULL");
	}
}
END_TEST

/* ---- Audit ------------------------------------------------------------------------------------- */

static uint64_t read_audit(uint64_t id, uint64_t from, uint32_t limit)
{
	ASK(READ_AUDIT, read_audit, Suandian__V1__ReadAudit, SUANDIAN__V1__READ_AUDIT__INIT);
	uint64_t n = 0;
	bool last = false;

	body.from_seq = from;
	body.limit = limit;
	peer_send(&peer, id, &env);
	while (!last) {
		ck_assert_answer(answer, &peer, AUDIT_CHUNK);
		for (size_t i = 0; i < answer->audit_chunk->n_records; i++, n++) {
			const Suandian__V1__AuditRecord *r = answer->audit_chunk->records[i];

			ck_assert_uint_eq(r->seq, (from ? from : 1) + n);
			ck_assert_uint_eq(r->body.len, 2);
			ck_assert_uint_eq(r->hash.len, 32);
		}
		last = answer->audit_chunk->last;
	}
	return n;
}

START_TEST(the_chain_is_read_in_chunks)
{
	fake.audit_records = 1000;
	ck_assert_uint_eq(read_audit(2, 0, 0), 1000);
	ck_assert_uint_eq(read_audit(3, 900, 0), 101);
	ck_assert_uint_eq(read_audit(4, 1, 300), 300);
	ck_assert_uint_eq(read_audit(5, 2000, 0), 0);
}
END_TEST

static const Suandian__V1__AuditVerdict *verify(uint64_t id)
{
	ASK(VERIFY_AUDIT, verify_audit, Suandian__V1__VerifyAudit,
	    SUANDIAN__V1__VERIFY_AUDIT__INIT);

	peer_send(&peer, id, &env);
	ck_assert_answer(answer, &peer, AUDIT_VERDICT);
	return answer->audit_verdict;
}

START_TEST(a_whole_chain_verifies)
{
	const Suandian__V1__AuditVerdict *v = verify(2);

	ck_assert(v->ok && v->records == 0);
	fake.audit_records = 3 * VERIFY_SLICE;
	fake.audit_calls = 0;
	v = verify(3);
	ck_assert(v->ok);
	ck_assert_uint_eq(v->records, 3 * VERIFY_SLICE);
	ck_assert_uint_eq(v->head.len, 32);
	/* in slices, each within a tick */
	ck_assert_uint_eq(fake.audit_calls, 4);
}
END_TEST

START_TEST(a_broken_chain_is_found_where_it_breaks)
{
	const Suandian__V1__AuditVerdict *v;

	fake.audit_records = 2 * VERIFY_SLICE;
	fake.audit_broken = VERIFY_SLICE + 5;
	v = verify(2);
	ck_assert(!v->ok);
	ck_assert_uint_eq(v->bad_seq, VERIFY_SLICE + 5);
	ck_assert_uint_eq(v->records, VERIFY_SLICE + 4);
}
END_TEST

START_TEST(a_chain_that_was_cut_is_not_whole)
{
	const Suandian__V1__AuditVerdict *v;

	fake.audit_records = VERIFY_SLICE;
	fake.audit_cut = 3;
	v = verify(2);
	ck_assert(!v->ok);
	ck_assert_uint_eq(v->bad_seq, VERIFY_SLICE + 1);
	ck_assert_uint_eq(v->records, VERIFY_SLICE);
	ck_assert_ptr_nonnull(strstr(v->text, "cut"));
}
END_TEST

/* ---- Decisions --------------------------------------------------------------------------------- */

static void subscribe(uint64_t id, char *pattern)
{
	char *list[] = {pattern};
	ASK(SUBSCRIBE_DECISIONS, subscribe_decisions, Suandian__V1__SubscribeDecisions,
	    SUANDIAN__V1__SUBSCRIBE_DECISIONS__INIT);

	body.asset = list;
	body.n_asset = pattern ? 1 : 0;
	peer_send(&peer, id, &env);
	rig_turn(&rig);
}

static void enter_adapter(void)
{
	peer_close(&peer);
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &peer);
}

static const struct decision a_decision = {
	.id = 9,
	.asset = "hongyuan/bess",
	.action = {.kind = ACTION_CAP, .value = 5},
	.reason = {.code = REASON_EVENT, .event = "corr", .limit = "import_max"},
};

START_TEST(a_subscriber_gets_decisions_under_its_request)
{
	enter_adapter();
	subscribe(33, "hongyuan/*");
	ck_assert_uint_eq(fake.subscribes, 1);
	ck_assert_int_eq(server_send(rig.server, fake.subscriber, &a_decision), 0);
	ck_assert_answer(answer, &peer, DECISION);
	ck_assert_uint_eq(answer->id, 33);
	ck_assert_int_eq(answer->decision->action->cap_w, 5);
	ck_assert_ptr_null(answer->decision->fallback);
	ck_assert_str_eq(answer->decision->reason->limit, "import_max");
	unsubscribe(34, 33);
	ck_assert_answer(answer, &peer, OK);
	ck_assert_uint_eq(fake.unsubscribes, 1);
	ck_assert_int_eq(server_send(rig.server, fake.subscriber, &a_decision), ERR_CLOSED);
}
END_TEST

START_TEST(subscriptions_are_refused_for_bad_patterns_and_too_many)
{
	static char *const bad[] = {"*", "hongyuan", "/x", "a/b/*/c", "Hong/*", "a/\xff"};

	enter_adapter();
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		subscribe(i + 2, bad[i]);
		ck_assert_refused(&peer, "INVALID");
	}
	for (uint64_t i = 0; i < SUBSCRIPTIONS_MAX; i++)
		subscribe(100 + i, NULL);
	subscribe(100, NULL);
	ck_assert_refused(&peer, "EXISTS");
	subscribe(200, NULL);
	ck_assert_refused(&peer, "FULL");
	fake.subscribe_rc = ERR_FULL;
	unsubscribe(201, 100);
	ck_assert_answer(answer, &peer, OK);
	subscribe(202, NULL);
	ck_assert_refused(&peer, "FULL");
}
END_TEST

START_TEST(an_ended_session_is_unsubscribed)
{
	enter_adapter();
	subscribe(2, NULL);
	enter_adapter();
	ck_assert_uint_eq(fake.unsubscribes, 1);
	ck_assert_int_eq(server_send(rig.server, fake.subscriber, &a_decision), ERR_CLOSED);
}
END_TEST

START_TEST(a_full_queue_is_told_and_so_is_its_draining)
{
	int sent = 0;

	enter_adapter();
	subscribe(2, NULL);
	while (server_send(rig.server, fake.subscriber, &a_decision) == 0) {
		ck_assert_int_lt(sent++, 1000000);
		(void)loop_step(rig.loop, false);
	}
	ck_assert_int_eq(server_send(rig.server, fake.subscriber, &a_decision), -EAGAIN);
	ck_assert_uint_eq(fake.ready, 0);
	for (int i = 0; i < sent; i++)
		ck_assert_answer(answer, &peer, DECISION);
	ck_assert_uint_ge(fake.ready, 1);
	ck_assert_int_eq(server_send(rig.server, fake.subscriber, &a_decision), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("api streams");
	TCase *t = tcase_create("streams");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_range_comes_in_chunks_each_sample_once);
	tcase_add_test(t, an_empty_range_is_one_empty_last_chunk);
	tcase_add_test(t, a_range_of_no_point_or_no_time_is_refused);
	tcase_add_test(t, two_ranges_at_a_time_share_the_connection);
	tcase_add_test(t, a_slow_reader_holds_no_more_than_its_queue);
	tcase_add_test(t, a_stream_can_be_ended);
	tcase_add_test(t, streams_are_bounded_and_their_numbers_unique);
	tcase_add_test(t, the_chain_is_read_in_chunks);
	tcase_add_test(t, a_whole_chain_verifies);
	tcase_add_test(t, a_broken_chain_is_found_where_it_breaks);
	tcase_add_test(t, a_chain_that_was_cut_is_not_whole);
	tcase_add_test(t, a_subscriber_gets_decisions_under_its_request);
	tcase_add_test(t, subscriptions_are_refused_for_bad_patterns_and_too_many);
	tcase_add_test(t, an_ended_session_is_unsubscribed);
	tcase_add_test(t, a_full_queue_is_told_and_so_is_its_draining);
	suite_add_tcase(s, t);
	return run_suite(s);
}
