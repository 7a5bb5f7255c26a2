//! What reminders say.

use text::texts;

texts! {
    // letter
    reminder_subject(time) = "予約のお知らせ：{time}", "Reminder of your appointment: {time}";
    step_missing_subject(time) = "手続きが残っています：{time}の予約", "Something is left to do: {time}";
    ALL_IS_READY =
        "予約の日時が近づきました。手続きは済んでいます。時間になったら、次のページを開いてお待ちください。",
        "Your appointment is coming up, and everything is ready. When it is time, open this page and wait.";
    ALL_IS_READY_AND_IT_IS_SOON =
        "まもなく予約の時間です。手続きは済んでいます。次のページを開いてお待ちください。",
        "Your appointment begins soon, and everything is ready. Open this page and wait.";
    PROCEDURE_HAS_NOT_BEGUN =
        "予約の日時が近づきましたが、必要な手続きがまだ済んでいません。次のページから、手続きをしてください。",
        "Your appointment is coming up, and a step is still needed from you. Please do it from this page.";
    YOU_HAVE_NOT_RETURNED =
        "予約の日時が近づきましたが、手続きが途中のままです。次のページから、続きをしてください。",
        "Your appointment is coming up, and you have begun a step but not finished it. Please go on from this page.";
    PROCEDURE_WAS_REQUESTED =
        "予約の日時が近づきましたが、お願いした手続きがまだ済んでいません。次のページから、手続きをしてください。",
        "Your appointment is coming up, and the step that you were asked for is still missing. Please do it from this page.";
    PICTURE_WAS_REQUESTED =
        "予約の日時が近づきましたが、お願いした画像がまだ届いていません。次のページから、画像を送ってください。",
        "Your appointment is coming up, and the picture that you were asked for has not arrived. Please send it from this page.";
    SENT_COULD_NOT_BE_CONFIRMED =
        "予約の日時が近づきましたが、お送りいただいた内容を確認できていません。理由と、できることを次のページでご確認ください。",
        "Your appointment is coming up, and what you sent could not be confirmed. This page says why, and what you can do.";
    YOU_MAY_BE_TELEPHONED =
        "このままの場合は、予約先からお電話することがあります。",
        "Otherwise you may get a telephone call about it.";
    REMINDERS_CAN_BE_SWITCHED_OFF =
        "予約前のお知らせは、登録情報で止められます。",
        "You can switch reminders off under Your details.";
}
