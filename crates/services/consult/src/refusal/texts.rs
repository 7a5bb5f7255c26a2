//! What the error pages of the refusals say.

use text::texts;

texts! {
    // page
    PAGE_NOT_FOUND = "ページが見つかりません", "Page not found";
    ADDRESS_MAY_BE_WRONG =
        "アドレスが間違っているか、予約したご本人だけがご覧になれるページです。予約は失われていません。",
        "The address may be wrong, or you don’t have access to this page. Your appointments are not lost.";
    SOMEBODY_ELSE_BOOKED_THIS_TIME_FIRST = "先にほかの方の予約が入りました", "Somebody else booked this time first";
    NOTHING_WAS_BOOKED_OR_CHARGED =
        "予約はまだできていません。料金はかかりません。ほかの時間をお選びください。",
        "Nothing was booked and nothing is charged. Please choose another time.";
    THIS_TIME_CANNOT_BE_BOOKED = "この時間は予約できません", "This time cannot be booked";
    TIME_HAS_PASSED_OR_CLINIC_IS_CLOSED =
        "時間が過ぎたか、医療機関が受け付けていない時間です。何も変更されていません。ほかの時間を選んでください。",
        "The time has passed, or the clinic does not receive patients then. Nothing was changed. Please choose another time.";
    APPOINTMENT_CAN_NO_LONGER_BE_CHANGED =
        "この予約は、もう変更できません",
        "This appointment can no longer be changed";
    VISIT_HAS_PASSED_OR_WAS_CANCELLED =
        "診察の時間が過ぎたか、キャンセル済みの予約です。何も変更されていません。",
        "The time of the visit has passed, or the appointment was cancelled. Nothing was changed.";
    IT_WAS_CHANGED_IN_ANOTHER_WINDOW = "別の画面で変更されていました", "It was changed in another window";
    WHAT_YOU_JUST_DID_WAS_NOT_APPLIED =
        "今の操作は反映されていません。最新の内容を確認して、もう一度お試しください。",
        "What you just did was not applied. Look at the latest state and try again.";
    IT_IS_TOO_EARLY_FOR_THIS = "まだこの操作はできません", "It is too early for this";
    TRY_AGAIN_WHEN_THE_VISIT_BEGINS =
        "何も変更されていません。診察の時間になってから、もう一度お試しください。",
        "Nothing was changed. Please try again when the time of the visit has come.";
    THIS_CAN_NO_LONGER_BE_UNDONE = "取り消せる時間が過ぎました", "This can no longer be undone";
    UNDO_WITHIN_TEN_MINUTES =
        "操作は10分以内であれば取り消せます。何も変更されていません。",
        "An action can be undone within ten minutes. Nothing was changed.";
    WE_HAVE_SENT_SEVERAL_CODES_ALREADY = "確認コードを何度もお送りしました", "We have sent several codes already";
    WAIT_15_MINUTES_AND_TRY_AGAIN =
        "15分ほど待ってから、もう一度お試しください。届いている最新のコードは、有効期限内であれば使えます。",
        "Please wait about 15 minutes and try again. The newest code that has arrived still works while it is valid.";
    WE_CANNOT_SEND_CODE_JUST_NOW = "いま確認コードを送れません", "We cannot send a code just now";
    MANY_CODES_ARE_BEING_SENT_TO_OTHERS =
        "多くの方に確認コードをお送りしているところです。コードはまだ送っていません。予約は失われていません。1分ほど待ってから、もう一度お試しください。",
        "Many codes are being sent to others. Yours was not sent. Your appointments are not lost. Please wait about a minute and try again.";
    MANY_PEOPLE_ARE_SIGNING_IN = "ログインが混み合っています", "Many people are signing in";
    YOUR_PASSWORD_WAS_NOT_CHECKED =
        "パスワードはまだ確認していません。何も変更されていません。10秒ほど待ってから、もう一度お試しください。",
        "Your password was not checked and nothing was changed. Please wait about ten seconds and try again.";
    THIS_IS_NOT_POSSIBLE_WITH_THIS_CLINIC =
        "この医療機関では、この手続きはできません",
        "This is not possible with this clinic";
    FOLLOW_THE_APPOINTMENTS_PAGE =
        "何も変更されていません。予約詳細の案内にそって、手続きをしてください。",
        "Nothing was changed. Please follow what the appointment's page says.";
    PROCEDURE_ENDED_IN_ANOTHER_BROWSER = "別のブラウザで手続きが終わりました", "The procedure ended in another browser";
    NOT_THE_BROWSER_YOU_BEGAN_IN =
        "手続きを始めたブラウザと違うため、結果を受け取れませんでした。登録した内容は失われていません。始めたブラウザで予約詳細を開き、続きから進めてください。",
        "This is not the browser in which you began, so we could not take the outcome. What you registered is not lost. Open the appointment in the browser in which you began and go on from there.";
    OUTCOME_COULD_NOT_BE_CHECKED = "手続きの結果を確認できませんでした", "The outcome could not be checked";
    ADDRESS_MAY_HAVE_BEEN_CHANGED =
        "アドレスが途中で変わったか、古い画面から戻ってきた可能性があります。予約は失われていません。予約詳細から状況を確認してください。",
        "The address may have been changed on the way, or you came back from an old page. Your appointment is not lost. See on its page where it stands.";
    YOUR_PICTURE_STOPPED_ARRIVING = "画像の送信が途中で止まりました", "Your picture stopped arriving";
    CONNECTION_SEEMS_TO_HAVE_BEEN_LOST =
        "通信が途切れたようです。画像は届いていません。予約は失われていません。電波のよい場所で、もう一度お送りください。",
        "The connection seems to have been lost. No picture has arrived. Your appointment is not lost. Please send it again where your signal is good.";
    VISIT_AT_THIS_CLINIC_AT_SAME_TIME =
        "同じ時間に、この医療機関の予約があります",
        "You have a visit at this clinic at the same time";
    NOTHING_BOOKED_CHOOSE_ANOTHER_TIME =
        "新しい予約や変更はできていません。今の予約はそのままです。ほかの時間をお選びください。",
        "Nothing was booked or moved, and the visit you have stands. Please choose another time.";
    ANOTHER_VISIT_AT_THE_SAME_TIME = "同じ時間に別の予約があります", "You have another visit at the same time";
    GO_BACK_TO_ACCEPT_THE_OVERLAP =
        "新しい予約や変更はできていません。今の予約はそのままです。前の画面に戻ると、重なったまま続けるかを選べます。",
        "Nothing was booked or moved, and the visit you have stands. Go back to choose whether you want both.";
    ANOTHER_VISIT_ON_THE_SAME_DAY =
        "同じ日に、この医療機関の別の予約があります",
        "You have another visit at this clinic on the same day";
    GO_BACK_TO_ACCEPT_THE_SAME_DAY =
        "新しい予約や変更はできていません。今の予約はそのままです。前の画面に戻ると、両方とも予約するかを選べます。",
        "Nothing was booked or moved, and the visit you have stands. Go back to choose whether you want both.";
    YOU_CANNOT_BOOK_MORE_VISITS_THAT_DAY =
        "この医療機関の、その日の予約はこれ以上できません",
        "You cannot book more visits at this clinic on that day";
    YOU_CANNOT_BOOK_MORE_VISITS_TODAY = "今日はこれ以上予約できません", "You cannot book more visits today";
    YOU_CANNOT_MOVE_VISITS_AGAIN_TODAY = "今日はこれ以上日時を変更できません", "You cannot move visits again today";
    YOU_CANNOT_CANCEL_MORE_VISITS_TODAY = "今日はこれ以上キャンセルできません", "You cannot cancel more visits today";
    AS_MANY_APPOINTMENTS_AS_POSSIBLE = "予約の数が上限に達しています", "You have as many appointments as one can have";
    THE_RECEPTION_CANNOT_BE_REACHED = "マイナ在宅受付Webにつながりません", "The reception cannot be reached";
    YOUR_APPOINTMENT_IS_NOT_LOST =
        "予約は失われていません。少し待ってからもう一度お試しいただくか、保険証画像をアップロードしてください。",
        "Your appointment is not lost. Wait a little and try again, or upload a picture of your insurance document.";
    CANNOT_TELL_WHETHER_YOU_ARE_REGISTERED = "登録状況を確認できません", "We cannot tell whether you are registered";
    RECEPTION_DID_NOT_GIVE_US_OUTCOME =
        "マイナ在宅受付Webから結果を受け取れませんでした。登録した内容も予約も失われていません。予約詳細から、続きを進めてください。",
        "The reception did not give us the outcome. Neither your registration nor your appointment is lost. Go on from the appointment's page.";
    MANY_PEOPLE_ARE_SENDING_PICTURES = "画像の送信が混み合っています", "Many people are sending pictures just now";
    YOUR_PICTURE_HAS_NOT_ARRIVED =
        "画像は届いていません。予約は失われていません。30秒ほど待ってから、もう一度お送りください。",
        "Your picture has not arrived. Your appointment is not lost. Please wait about 30 seconds and send it again.";
    PICTURES_CANNOT_BE_RECEIVED_JUST_NOW = "いま画像を受け付けられません", "Pictures cannot be received just now";
    FAULT_IS_OURS_OR_MANY_ARE_SENDING =
        "こちらの不具合か、混み合っています。画像は保存されていません。予約は失われていません。少し待ってから、もう一度お送りください。",
        "The fault is ours, or many are sending. The picture was not kept. Your appointments are not lost. Please wait a little and send it again.";
    THIS_COULD_NOT_BE_COMPLETED = "処理を完了できませんでした", "This could not be completed";
    FAULT_IS_OURS =
        "こちらの不具合です。予約や手続きは失われていません。少し待ってから、もう一度お試しください。",
        "The fault is ours. Your appointments are not lost. Please wait a little and try again.";
    FIND_A_CLINIC = "医療機関をさがす", "Find a clinic";
    SEE_YOUR_APPOINTMENTS = "予約一覧を見る", "See your appointments";
    BACK_TO_THE_APPOINTMENT = "予約詳細に戻る", "Back to the appointment";
    UPLOAD_PICTURE_OF_INSURANCE_DOCUMENT = "保険証画像をアップロードする", "Upload a picture of the insurance document";
    BACK_TO_THE_VISIT = "予約に戻る", "Back to the visit";
    SEE_THAT_APPOINTMENT = "その予約を見る", "See that appointment";
    ENTER_THE_CODE_THAT_ARRIVED = "届いたコードを入力する", "Enter the code that arrived";
    TRY_AGAIN = "もう一度試す", "Try again";
    BACK_TO_THE_DESKS_SIGN_IN = "受付ログインに戻る", "Back to the desk's sign-in";

    NO_MORE_CAN_BE_ADDED = "これ以上は追加できません", "No more can be added";
    nothing_was_added(most) as Text =
        "登録できるのは{most}件までです。追加されていません。使わなくなったものを書き換えてお使いください。",
        "There can be {most} of them. Nothing was added. Change one that is no longer used.";
    BACK_TO_THE_CLINIC_SETTINGS = "診療の設定に戻る", "Back to the clinic's settings";
    VISIT_CAN_NO_LONGER_BE_MOVED = "この予約は、もう変更できません", "This visit can no longer be moved";
    VISIT_STANDS_CALL_THE_CLINIC =
        "変更できる時刻を過ぎました。予約はそのままです。都合が悪いときは、キャンセルするか、医療機関に電話でご相談ください。",
        "The time until which it could be moved has passed. Your visit stands. Cancel it, or call the clinic.";
    CANCELLING_COSTS_A_FEE_NOW = "いまキャンセルすると、キャンセル料がかかります", "Cancelling costs a fee now";
    NOTHING_CANCELLED_SEE_THE_FEE =
        "予約はそのままです。予約詳細で、キャンセル料を確認してください。",
        "Your visit stands. See the fee on the appointment's page.";

    // limits
    visits_at_a_clinic_on_one_day(most) as Text =
        "1つの医療機関で1日に予約できるのは{most}件までです。新しい予約や変更はできていません。別の日を選ぶか、医療機関に電話でご相談ください。",
        "One can book {most} visits at a clinic on one day. Nothing was booked or moved. Choose another day, or call the clinic.";
    bookings_on_one_day(most) as Text =
        "1日に予約の操作ができるのは{most}回までです。新しい予約はできていません。今ある予約はそのままです。明日もう一度お試しいただくか、医療機関に電話でご相談ください。",
        "One can book {most} times a day. Nothing was booked, and the visits you have stand. Try again tomorrow, or call the clinic.";
    moves_on_one_day(most) as Text =
        "1日に日時を変更できるのは{most}回までです。今の予約はそのままです。明日もう一度お試しいただくか、医療機関に電話でご相談ください。",
        "One can move visits {most} times a day. Your visit stands as it was. Try again tomorrow, or call the clinic.";
    cancellations_on_one_day(most) as Text =
        "1日にキャンセルできるのは{most}回までです。今の予約はそのままです。受診できないときは、医療機関に電話でお知らせください。",
        "One can cancel {most} visits a day. Your visit stands. If you cannot attend, please call the clinic.";
    visits_to_come(most) as Text =
        "これからの予約は{most}件までです。新しい予約はできていません。不要な予約をキャンセルしてから、もう一度お試しください。",
        "One can have {most} visits to come. Nothing was booked. Cancel one that you do not need, then try again.";
}
