#include "proto/request.h"

#include <check.h>
#include <stdlib.h>

#include "base/err.h"
#include "testlib/heap.h"
#include "testlib/run.h"

static struct requests requests;

static void setup(void)
{
	requests_init(&requests);
}

static void teardown(void)
{
	requests_fini(&requests);
}

static void add(uint64_t id, int64_t due_ms, bool keep, bool own)
{
	static const uint8_t frame[] = "frame";
	struct request head = {.id = id, .due_ms = due_ms, .how = {.keep = keep}, .own = own};

	head.size = keep ? sizeof(frame) : 0;
	ck_assert_int_eq(requests_add(&requests, &head, frame), 0);
}

static uint64_t drop(struct request *req)
{
	uint64_t id = req ? req->id : 0;

	free(req);
	return id;
}

START_TEST(requests_are_found_by_id_and_counted_by_kind)
{
	add(1, 100, false, false);
	add(2, INT64_MAX, true, false);
	add(3, INT64_MAX, false, true);
	ck_assert_uint_eq(requests.n_user, 1);
	ck_assert_uint_eq(requests.n_kept, 1);
	ck_assert_uint_eq(requests_get(&requests, 2)->id, 2);
	ck_assert_str_eq((const char *)requests_get(&requests, 2)->frame, "frame");
	ck_assert_ptr_null(requests_get(&requests, 9));
	ck_assert_uint_eq(drop(requests_take(&requests, 1)), 1);
	ck_assert_uint_eq(drop(requests_take(&requests, 2)), 2);
	ck_assert_uint_eq(drop(requests_take(&requests, 3)), 3);
	ck_assert_ptr_null(requests_take(&requests, 1));
	ck_assert(requests.n_user == 0 && requests.n_kept == 0);
}
END_TEST

START_TEST(those_that_are_due_come_out_and_no_later_ones)
{
	add(1, 300, false, false);
	add(2, 100, false, false);
	add(3, 200, false, false);
	add(9, 100, false, false);
	ck_assert_int_eq(requests_next_ms(&requests), 100);
	ck_assert_ptr_null(requests_take_due(&requests, 9, 99));
	ck_assert_uint_eq(drop(requests_take_due(&requests, 9, 200)), 2);
	ck_assert_uint_eq(drop(requests_take_due(&requests, 9, 200)), 3);
	ck_assert_ptr_null(requests_take_due(&requests, 9, 200));
	ck_assert_uint_eq(drop(requests_take_due(&requests, 10, 200)), 9);
	ck_assert_int_eq(requests_next_ms(&requests), 300);
	ck_assert_uint_eq(drop(requests_take(&requests, 1)), 1);
	ck_assert_int_eq(requests_next_ms(&requests), INT64_MAX);
}
END_TEST

START_TEST(a_lost_connection_ends_what_is_not_kept)
{
	add(1, 100, false, false);
	add(2, 100, true, false);
	add(3, 100, false, true);
	ck_assert_uint_eq(drop(requests_take_lost(&requests, 9)), 1);
	ck_assert_uint_eq(drop(requests_take_lost(&requests, 9)), 3);
	ck_assert_ptr_null(requests_take_lost(&requests, 9));
	ck_assert_uint_eq(requests.n_kept, 1);
}
END_TEST

START_TEST(streams_end_when_they_say_so)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__RangeChunk range = SUANDIAN__V1__RANGE_CHUNK__INIT;
	Suandian__V1__AuditChunk audit = SUANDIAN__V1__AUDIT_CHUNK__INIT;
	Suandian__V1__Ok ok = SUANDIAN__V1__OK__INIT;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_RANGE_CHUNK;
	env.range_chunk = &range;
	ck_assert(!request_ends(&env));
	range.last = true;
	ck_assert(request_ends(&env));
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_AUDIT_CHUNK;
	env.audit_chunk = &audit;
	ck_assert(!request_ends(&env));
	audit.last = true;
	ck_assert(request_ends(&env));
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_DECISION;
	ck_assert(!request_ends(&env));
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_OK;
	env.ok = &ok;
	ck_assert(request_ends(&env));
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY__NOT_SET;
	ck_assert(request_ends(&env));
}
END_TEST

START_TEST(memory_that_runs_out_is_an_error)
{
	struct request head = {.id = 1};
	int r;

	for (long k = 1;; k++) {
		heap_fail_at(k);
		r = requests_add(&requests, &head, NULL);
		if (!heap_stop())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_uint_eq(requests.n_user, 0);
		ck_assert_ptr_null(requests_get(&requests, 1));
	}
	ck_assert_int_eq(r, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("request");
	TCase *t = tcase_create("request");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, requests_are_found_by_id_and_counted_by_kind);
	tcase_add_test(t, those_that_are_due_come_out_and_no_later_ones);
	tcase_add_test(t, a_lost_connection_ends_what_is_not_kept);
	tcase_add_test(t, streams_end_when_they_say_so);
	tcase_add_test(t, memory_that_runs_out_is_an_error);
	suite_add_tcase(s, t);
	return run_suite(s);
}
