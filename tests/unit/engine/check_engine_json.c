/* Canonical JSON: the bytes of the audit chain. */
#include "engine/json.h"

#include <check.h>
#include <signal.h>

#include "testlib/run.h"

static struct buf out;
static struct json j;

static void begin(void)
{
	buf_init(&out, 0);
	json_begin(&j, &out);
}

static void end(void)
{
	buf_fini(&out);
}

START_TEST(a_body_has_no_blanks_and_its_keys_in_order)
{
	json_open_array(&j, "a");
	json_item_u64(&j, 1);
	json_item_text(&j, "two");
	json_close(&j);
	json_bool(&j, "b", false);
	json_open_object(&j, "c");
	json_i64(&j, "x", INT64_MIN);
	json_close(&j);
	json_hex(&j, "d", (const uint8_t *)"\x00\xff", 2);
	json_u64(&j, "e", UINT64_MAX);
	json_end(&j);
	ck_assert_str_eq(buf_str(&out),
			 "{\"a\":[1,\"two\"],\"b\":false,\"c\":{\"x\":-9223372036854775808},"
			 "\"d\":\"00ff\",\"e\":18446744073709551615}");
}
END_TEST

START_TEST(texts_are_escaped_as_json_demands_and_no_further)
{
	json_text(&j, "t", "a\"b\\c\n\x01/\u7b97\u7535\x7f");
	json_end(&j);
	ck_assert_str_eq(buf_str(&out), "{\"t\":\"a\\\"b\\\\c\\u000a\\u0001/\u7b97\u7535\x7f\"}");
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_replaced_one_by_one)
{
	json_text(&j, "a", "x\xff\xe7\xae");
	json_text(&j, "b", "\xed\xa0\x80");
	json_text(&j, "c", "\xc0\x80");
	json_text(&j, "d", NULL);
	json_end(&j);
	ck_assert_str_eq(buf_str(&out),
			 "{\"a\":\"x\ufffd\ufffd\ufffd\",\"b\":\"\ufffd\ufffd\ufffd\","
			 "\"c\":\"\ufffd\ufffd\",\"d\":\"\"}");
}
END_TEST

START_TEST(an_empty_object_is_two_bytes)
{
	json_end(&j);
	ck_assert_str_eq(buf_str(&out), "{}");
}
END_TEST

START_TEST(keys_out_of_order_abort)
{
	json_i64(&j, "b", 1);
	json_i64(&j, "a", 2);
}
END_TEST

START_TEST(the_same_key_twice_aborts)
{
	json_i64(&j, "a", 1);
	json_i64(&j, "a", 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_body_has_no_blanks_and_its_keys_in_order);
	tcase_add_test(t, texts_are_escaped_as_json_demands_and_no_further);
	tcase_add_test(t, bytes_that_are_no_utf8_are_replaced_one_by_one);
	tcase_add_test(t, an_empty_object_is_two_bytes);
	tcase_add_test_raise_signal(t, keys_out_of_order_abort, SIGABRT);
	tcase_add_test_raise_signal(t, the_same_key_twice_aborts, SIGABRT);
	suite_add_tcase(s, t);
	return run_suite(s);
}
