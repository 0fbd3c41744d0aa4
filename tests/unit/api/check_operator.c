/* What operators say: in, to the engine, and back. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "fake_engine.h"
#include "proto/codec.h"
#include "rig.h"
#include "testlib/run.h"

static struct rig rig;
static struct peer_end p;
static const Suandian__V1__Envelope *answer;

static void setup(void)
{
	rig_start(&rig);
	peer_enter(&rig, SERVER_CONTROL, "operate", "t", &p);
}

static void teardown(void)
{
	peer_close(&p);
	rig_stop(&rig);
}

static void complete(void)
{
	rig_turn(&rig);
	fake_complete(0);
}

START_TEST(an_override_gets_a_number_and_is_listed)
{
	{
		ASK(PUT_OVERRIDE, put_override, Suandian__V1__PutOverride,
		    SUANDIAN__V1__PUT_OVERRIDE__INIT);
		body.asset = "hongyuan/bess";
		body.value_case = SUANDIAN__V1__PUT_OVERRIDE__VALUE_POWER_W;
		body.power_w = -1500000;
		body.until_ms = fake.now_ms + MS_PER_H;
		peer_send(&p, 2, &env);
		ck_assert_refused(&p, "INVALID"); /* no reason */
		body.reason = "test";
		peer_send(&p, 3, &env);
		complete();
		ck_assert_answer(answer, &p, OK);
		ck_assert_uint_eq(answer->ok->number, 12);
		ck_assert_str_eq(answer->ok->text, "");
		ck_assert_int_eq(fake.instruction.what, OVERRIDE_POWER);
		ck_assert_str_ne(fake.instruction.who, "");
		fake.instruct_rc = ERR_INVALID;
		peer_send(&p, 4, &env);
		ck_assert_refused(&p, "INVALID");
		body.value_case = SUANDIAN__V1__PUT_OVERRIDE__VALUE__NOT_SET;
		peer_send(&p, 5, &env);
		ck_assert_refused(&p, "INVALID");
	}
	ASK(LIST_OVERRIDES, list_overrides, Suandian__V1__ListOverrides,
	    SUANDIAN__V1__LIST_OVERRIDES__INIT);
	body.asset = "hongyuan/*";
	peer_send(&p, 6, &env);
	ck_assert_answer(answer, &p, OVERRIDE_LIST);
	ck_assert_uint_eq(answer->override_list->n_overrides, 1);
	ck_assert_int_eq(answer->override_list->overrides[0]->power_w, -1500000);
	ck_assert_str_eq(answer->override_list->overrides[0]->say, "power -1.500 MW");
	body.asset = "other/*";
	peer_send(&p, 7, &env);
	ck_assert_answer(answer, &p, OVERRIDE_LIST);
	ck_assert_uint_eq(answer->override_list->n_overrides, 0);
}
END_TEST

START_TEST(an_override_is_cancelled_by_number_or_asset)
{
	ASK(CANCEL_OVERRIDE, cancel_override, Suandian__V1__CancelOverride,
	    SUANDIAN__V1__CANCEL_OVERRIDE__INIT);

	fake.instruction = (struct instruction){
		.id = 9, .kind = INSTRUCTION_OVERRIDE, .target = "hongyuan/bess"};
	body.number = 9;
	peer_send(&p, 2, &env);
	complete();
	ck_assert_answer(answer, &p, OK);
	ck_assert_uint_eq(fake.last_cancelled, 9);
	body.number = 0;
	body.asset = "hongyuan/bess";
	peer_send(&p, 3, &env);
	complete();
	ck_assert_answer(answer, &p, OK);
	body.asset = "hongyuan/ups";
	peer_send(&p, 4, &env);
	ck_assert_refused(&p, "NOT_FOUND");
}
END_TEST

START_TEST(outages_and_modes_show_in_the_sites)
{
	Suandian__V1__ListSites list = SUANDIAN__V1__LIST_SITES__INIT;
	Suandian__V1__Envelope sites = SUANDIAN__V1__ENVELOPE__INIT;

	sites.body_case = SUANDIAN__V1__ENVELOPE__BODY_LIST_SITES;
	sites.list_sites = &list;
	{
		ASK(SET_AVAILABILITY, set_availability, Suandian__V1__SetAvailability,
		    SUANDIAN__V1__SET_AVAILABILITY__INIT);
		body.asset = "hongyuan/bess";
		body.out = true;
		body.until_ms = fake.now_ms + MS_PER_H;
		body.reason = "test";
		peer_send(&p, 2, &env);
		complete();
		ck_assert_answer(answer, &p, OK);
	}
	peer_send(&p, 3, &sites);
	ck_assert_answer(answer, &p, SITE_LIST);
	for (size_t i = 0; i < answer->site_list->sites[0]->n_assets; i++) {
		const Suandian__V1__AssetInfo *a = answer->site_list->sites[0]->assets[i];

		ck_assert(a->out_of_service == (strcmp(a->id, "hongyuan/bess") == 0));
	}
	ASK(SET_MODE, set_mode, Suandian__V1__SetMode, SUANDIAN__V1__SET_MODE__INIT);
	body.reason = "test";
	peer_send(&p, 4, &env);
	ck_assert_refused(&p, "INVALID"); /* no mode */
	body.mode = SUANDIAN__V1__SITE_MODE__MODE_HOLD;
	peer_send(&p, 5, &env);
	complete();
	ck_assert_answer(answer, &p, OK);
	peer_send(&p, 6, &sites);
	ck_assert_answer(answer, &p, SITE_LIST);
	ck_assert_str_eq(answer->site_list->sites[0]->mode, "hold");
	ck_assert_str_eq(answer->site_list->sites[0]->mode_reason, "test");
}
END_TEST

static void set_hold(uint64_t id)
{
	ASK(SET_MODE, set_mode, Suandian__V1__SetMode, SUANDIAN__V1__SET_MODE__INIT);

	body.reason = "test";
	body.mode = SUANDIAN__V1__SITE_MODE__MODE_HOLD;
	peer_send(&p, id, &env);
	complete();
	ck_assert_answer(answer, &p, OK);
}

static void see_pending(uint64_t id)
{
	ASK(LIST_PENDING, list_pending, Suandian__V1__ListPending,
	    SUANDIAN__V1__LIST_PENDING__INIT);

	peer_send(&p, id, &env);
	ck_assert_answer(answer, &p, PENDING_LIST);
	ck_assert_uint_eq(answer->pending_list->n_pending, 1);
	ck_assert_str_eq(answer->pending_list->pending[0]->event->external_id, "e1");
}

static void see_flags(uint64_t id, char *from, size_t n)
{
	ASK(LIST_DAY_FLAGS, list_day_flags, Suandian__V1__ListDayFlags,
	    SUANDIAN__V1__LIST_DAY_FLAGS__INIT);

	body.from_date = from;
	peer_send(&p, id, &env);
	ck_assert_answer(answer, &p, DAY_FLAG_LIST);
	ck_assert_uint_eq(answer->day_flag_list->n_flags, n);
	if (n)
		ck_assert_str_eq(answer->day_flag_list->flags[0]->date, "2025-07-16");
}

START_TEST(what_waits_says_so_and_is_listed)
{
	Suandian__V1__Event event = SUANDIAN__V1__EVENT__INIT;
	ASK(PUT_EVENT, put_event, Suandian__V1__PutEvent, SUANDIAN__V1__PUT_EVENT__INIT);

	fake.needs_approval = true;
	body.event = &event;
	event.external_id = "e1";
	event.site = "hongyuan";
	event.direction = SUANDIAN__V1__DIRECTION__DIRECTION_UP;
	event.target_case = SUANDIAN__V1__EVENT__TARGET_REDUCTION_W;
	event.reduction_w = 6000000;
	event.start_ms = fake.now_ms;
	peer_send(&p, 2, &env);
	complete();
	ck_assert_answer(answer, &p, EVENT_STATE);
	ck_assert_uint_eq(answer->event_state->id, 0);
	ck_assert_ptr_nonnull(strstr(answer->event_state->text, "number 12 waits"));
	ck_assert_int_eq(answer->event_state->event->reduction_w, 6000000);
	see_pending(3);
	set_hold(4);
	ck_assert_ptr_nonnull(strstr(answer->ok->text, "second person"));
}
END_TEST

START_TEST(an_event_that_waits_is_cancelled_by_its_name)
{
	ASK(CANCEL_EVENT, cancel_event, Suandian__V1__CancelEvent,
	    SUANDIAN__V1__CANCEL_EVENT__INIT);

	fake.last_event = (struct event){.source = "grid", .external_id = "e1", .site = "hongyuan"};
	fake.instruction = (struct instruction){.id = 12,
						.kind = INSTRUCTION_EVENT,
						.state = INSTRUCTION_PENDING,
						.event = &fake.last_event};
	fake.event.id = 0;
	body.source = "grid";
	body.external_id = "e1";
	peer_send(&p, 2, &env);
	complete();
	ck_assert_answer(answer, &p, EVENT_STATE);
	ck_assert_uint_eq(answer->event_state->id, 0);
	ck_assert_int_eq(answer->event_state->phase, SUANDIAN__V1__EVENT_PHASE__EVENT_CANCELLED);
	ck_assert_ptr_nonnull(strstr(answer->event_state->text, "nothing was issued"));
}
END_TEST

START_TEST(the_second_person_decides)
{
	struct peer_end second;
	ASK(APPROVE, approve, Suandian__V1__Approve, SUANDIAN__V1__APPROVE__INIT);

	peer_enter(&rig, SERVER_CONTROL, "approve", "t", &second);
	body.number = 12;
	body.refuse = true;
	peer_send(&second, 2, &env);
	complete();
	ck_assert_answer(answer, &second, OK);
	ck_assert_uint_eq(fake.last_verdict.id, 12);
	ck_assert(fake.last_verdict.refuse);
	fake.approve_rc = ERR_DENIED;
	peer_send(&second, 3, &env);
	ck_assert_refused(&second, "DENIED");
	ck_assert_str_eq(fake.last_refusal, "approve");
	peer_close(&second);
}
END_TEST

START_TEST(flags_of_days_are_taken_with_their_dates)
{
	char *dates[] = {"2025-07-15", "2025-07-16"};
	ASK(PUSH_DAY_FLAGS, push_day_flags, Suandian__V1__PushDayFlags,
	    SUANDIAN__V1__PUSH_DAY_FLAGS__INIT);

	body.flag = "heat35";
	peer_send(&p, 2, &env);
	ck_assert_refused(&p, "INVALID");
	body.date = dates;
	body.n_date = 2;
	body.scope = "Asia/Shanghai";
	peer_send(&p, 3, &env);
	complete();
	ck_assert_answer(answer, &p, OK);
	ck_assert_uint_eq(fake.day_flags, 2);
	ck_assert_int_eq(fake.last_day_flag.day, 20285);
	ck_assert(fake.last_day_flag.set);
	ck_assert_int_eq(fake.last_day_flag.issue_ms, fake.now_ms);
	dates[1] = "2025-02-30";
	peer_send(&p, 4, &env);
	ck_assert_refused(&p, "INVALID");
	ck_assert_uint_eq(fake.day_flags, 2); /* all or none */
	see_flags(5, "", 1);
	see_flags(6, "2025-07-17", 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("api_operator");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, an_override_gets_a_number_and_is_listed);
	tcase_add_test(t, an_override_is_cancelled_by_number_or_asset);
	tcase_add_test(t, outages_and_modes_show_in_the_sites);
	tcase_add_test(t, what_waits_says_so_and_is_listed);
	tcase_add_test(t, an_event_that_waits_is_cancelled_by_its_name);
	tcase_add_test(t, the_second_person_decides);
	tcase_add_test(t, flags_of_days_are_taken_with_their_dates);
	suite_add_tcase(s, t);
	return run_suite(s);
}
