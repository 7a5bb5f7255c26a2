//! 同意照会・更新 and すべての同意を取消す.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_and_changes_her_own_for_ten_minutes_in_the_browser_where_her_card_was_read() {
    for world in worlds().await {
        world.registered(&world.departure(SERVICE, tomorrow(), "hers"), holder(1), browser("hers")).await;
        world.registered(&world.departure(SERVICE, today(), "his"), holder(2), browser("his")).await;
        assert_eq!(refused(world.store.receptions(browser("hers")).await), "reception.review.over");
        world.reviews(1, browser("hers")).await;
        let seen = world.store.receptions(browser("hers")).await.unwrap();
        assert_eq!(seen.len(), 1, "{}", world.engine);
        assert_eq!((seen[0].visit_date, seen[0].choices), (Some(tomorrow()), Choices::all(Choice::Agree)));

        let declined = Choices::all(Choice::Decline);
        world.store.change(seen[0].number, declined, browser("hers")).await.unwrap();
        assert_eq!(world.store.receptions(browser("hers")).await.unwrap()[0].choices, declined);
        // Another's is not there for her.
        world.reviews(2, browser("his")).await;
        let his = world.store.receptions(browser("his")).await.unwrap()[0].number;
        assert_eq!(refused(world.store.change(his, declined, browser("hers")).await), "eligibility.reception.unknown");

        let stranger = world.store.receptions(browser("another")).await;
        assert_eq!(refused(stranger), "reception.review.over");
        let ten_minutes = browser_at("hers", later(Span::from_mins(10)));
        assert_eq!(refused(world.store.receptions(ten_minutes).await), "reception.review.over");
        assert_eq!(refused(world.store.withdraw_all(ten_minutes).await), "reception.review.over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawing_takes_all_of_hers_and_nothing_of_anybody_else() {
    for world in worlds().await {
        for (reference, day) in [("first", today()), ("second", tomorrow())] {
            world.registered(&world.departure(SERVICE, day, reference), holder(1), browser("hers")).await;
        }
        world.registered(&world.departure(SERVICE, today(), "his"), holder(2), browser("his")).await;
        world.reviews(1, browser("hers")).await;
        assert_eq!(world.store.receptions(browser("hers")).await.unwrap().len(), 2);
        world.store.withdraw_all(browser("hers")).await.unwrap();
        assert_eq!(world.store.receptions(browser("hers")).await.unwrap().len(), 0, "{}", world.engine);
        world.store.withdraw_all(browser("hers")).await.unwrap();
        world.reviews(2, browser("his")).await;
        assert_eq!(world.store.receptions(browser("his")).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_done_looking_has_to_read_the_card_again() {
    for world in worlds().await {
        world.reviews(1, browser("hers")).await;
        world.store.end_review(browser("hers")).await.unwrap();
        assert_eq!(refused(world.store.receptions(browser("hers")).await), "reception.review.over", "{}", world.engine);
        // A newer card in the same browser shows its own holder's.
        world.registered(&world.departure(SERVICE, today(), "his"), holder(2), browser("his")).await;
        world.reviews(1, browser("shared")).await;
        world.reviews(2, browser("shared")).await;
        assert_eq!(world.store.receptions(browser("shared")).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_card_was_read_for_is_where_she_lands() {
    for world in worlds().await {
        let ticket = world.secret();
        let new = world.new_errand(&ticket);
        world.store.begin_review(new, errand::Purpose::Withdraw, browser("hers")).await.unwrap();
        let code = world.answered(&ticket, holder(1), now()).await;
        for _ in 0..2 {
            let landing = world.come_back(&code, browser("hers")).await.unwrap();
            assert!(matches!(landing, Landing::Review(errand::Purpose::Withdraw)), "{}", world.engine);
        }
        // Nothing is withdrawn by reading the card alone, and nobody else's card is asked for.
        assert!(world.store.receptions(browser("hers")).await.is_ok());
        let nobody = world.store.receptions(browser("another")).await;
        assert_eq!(refused(nobody), "reception.review.over");
    }
}
