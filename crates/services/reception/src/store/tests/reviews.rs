//! 同意照会・更新 and すべての同意を取消す.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_and_changes_her_own_for_ten_minutes_in_the_browser_where_her_card_was_read() {
    for world in worlds().await {
        world
            .register_procedure(&world.departure(SERVICE, tomorrow(), "hers"), holder(1), request_context("hers"))
            .await;
        world.register_procedure(&world.departure(SERVICE, today(), "his"), holder(2), request_context("his")).await;
        assert_eq!(refusal_code(world.store.list_receptions(request_context("hers")).await), "reception.review.over");
        world.begin_review(1, request_context("hers")).await;
        let receptions = world.store.list_receptions(request_context("hers")).await.unwrap();
        assert_eq!(receptions.len(), 1, "{}", world.engine);
        assert_eq!(
            (receptions[0].visit_date, receptions[0].choices),
            (Some(tomorrow()), ConsentChoices::all(ConsentChoice::Agree))
        );

        let declined = ConsentChoices::all(ConsentChoice::Decline);
        world.store.change_choices(receptions[0].number, declined, request_context("hers")).await.unwrap();
        assert_eq!(world.store.list_receptions(request_context("hers")).await.unwrap()[0].choices, declined);
        // Another person's reception is unknown.
        world.begin_review(2, request_context("his")).await;
        let other_number = world.store.list_receptions(request_context("his")).await.unwrap()[0].number;
        assert_eq!(
            refusal_code(world.store.change_choices(other_number, declined, request_context("hers")).await),
            "eligibility.reception.unknown"
        );

        let outcome = world.store.list_receptions(request_context("another")).await;
        assert_eq!(refusal_code(outcome), "reception.review.over");
        let ten_minutes = request_context_at("hers", after_span(Span::from_mins(10)));
        assert_eq!(refusal_code(world.store.list_receptions(ten_minutes).await), "reception.review.over");
        assert_eq!(refusal_code(world.store.withdraw_all(ten_minutes).await), "reception.review.over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawing_takes_all_of_hers_and_nothing_of_anybody_else() {
    for world in worlds().await {
        for (reference, day) in [("first", today()), ("second", tomorrow())] {
            world
                .register_procedure(&world.departure(SERVICE, day, reference), holder(1), request_context("hers"))
                .await;
        }
        world.register_procedure(&world.departure(SERVICE, today(), "his"), holder(2), request_context("his")).await;
        world.begin_review(1, request_context("hers")).await;
        assert_eq!(world.store.list_receptions(request_context("hers")).await.unwrap().len(), 2);
        world.store.withdraw_all(request_context("hers")).await.unwrap();
        assert_eq!(world.store.list_receptions(request_context("hers")).await.unwrap().len(), 0, "{}", world.engine);
        world.store.withdraw_all(request_context("hers")).await.unwrap();
        world.begin_review(2, request_context("his")).await;
        assert_eq!(world.store.list_receptions(request_context("his")).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_done_looking_has_to_read_the_card_again() {
    for world in worlds().await {
        world.begin_review(1, request_context("hers")).await;
        world.store.end_review(request_context("hers")).await.unwrap();
        assert_eq!(
            refusal_code(world.store.list_receptions(request_context("hers")).await),
            "reception.review.over",
            "{}",
            world.engine
        );
        // A newer card in the same browser shows its own holder's receptions.
        world.register_procedure(&world.departure(SERVICE, today(), "his"), holder(2), request_context("his")).await;
        world.begin_review(1, request_context("shared")).await;
        world.begin_review(2, request_context("shared")).await;
        assert_eq!(world.store.list_receptions(request_context("shared")).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_card_was_read_for_is_where_she_lands() {
    for world in worlds().await {
        let ticket = world.secret();
        let new = world.new_authentication(&ticket);
        world
            .store
            .begin_review_authentication(new, app_auth::Purpose::Withdraw, request_context("hers"))
            .await
            .unwrap();
        let code = world.verify_with_code(&ticket, holder(1), now()).await;
        for _ in 0..2 {
            let outcome = world.return_with_code(&code, request_context("hers")).await.unwrap();
            assert!(matches!(outcome, ReturnOutcome::Review(app_auth::Purpose::Withdraw)), "{}", world.engine);
        }
        // Nothing is withdrawn by reading the card alone, and only in this browser can it be.
        assert!(world.store.list_receptions(request_context("hers")).await.is_ok());
        let outcome = world.store.list_receptions(request_context("another")).await;
        assert_eq!(refusal_code(outcome), "reception.review.over");
    }
}
