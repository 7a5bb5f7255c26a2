//! What patient and desk are told of the proof of insurance.

use text::texts;

texts! {
    // letter
    A_STEP_IS_NEEDED_AGAIN = "手続きがもう一度必要です", "A step is needed again";
    PROCEDURE_WAS_WITHDRAWN_DO_IT_AGAIN =
        "済ませていただいた手続きが取り消されました。予約の日時までに、次のページからもう一度手続きをしてください。",
        "The step that you had completed was withdrawn. Please do it again from this page before your appointment.";
    PROCEDURE_HAS_EXPIRED_DO_IT_AGAIN =
        "済ませていただいた手続きの期限が切れました。予約の日時までに、次のページからもう一度手続きをしてください。",
        "The step that you had completed has expired. Please do it again from this page before your appointment.";

    // ledgers
    NOTHING_HAS_ARRIVED_YET =
        "保険を確認できるものが、まだ届いていません。",
        "Nothing to check your insurance by has arrived yet.";
    CLINIC_FOUND_NO_REGISTERED_CONSENT =
        "医療機関で、診察日の同意登録が見つかりませんでした。",
        "The clinic found no registered consent for the visit day.";
    PICTURE_IS_BLURRED = "画像がぼやけていて読めませんでした。", "The picture is blurred and cannot be read.";
    PART_OF_DOCUMENT_IS_OUTSIDE_PICTURE =
        "書類の一部が画像に入っていませんでした。",
        "A part of the document is outside the picture.";
    REFLECTED_LIGHT_HIDES_PART_OF_DOCUMENT =
        "光が反射して読めないところがありました。",
        "Reflected light hides a part of the document.";
    PICTURE_DOES_NOT_SHOW_INSURANCE_DOCUMENT =
        "保険の書類ではない画像でした。",
        "The picture does not show an insurance document.";
    ONLY_ONE_SIDE_OF_DOCUMENT_ARRIVED = "書類の片面だけが届いています。", "Only one side of the document arrived.";
    DOCUMENT_IS_PAST_ITS_DATE = "書類の有効期限が過ぎていました。", "The document is past its date.";
    DOCUMENT_BELONGS_TO_SOMEBODY_ELSE =
        "予約した方とは別の方の書類でした。",
        "The document belongs to somebody other than the patient.";
    PLEASE_READ_WHAT_CLINIC_WROTE = "医療機関からの説明をご確認ください。", "Please read what the clinic wrote.";
    NOT_CONFIRMED_AS_VALID_INSURANCE =
        "診察日に有効な保険として確認できませんでした。",
        "It could not be confirmed as insurance that is valid on the visit day.";
    INSURANCE_OF_SOMEBODY_ELSE =
        "予約した方とは別の方の保険でした。",
        "It is the insurance of somebody other than the patient.";
    DOCUMENT_CANNOT_BE_ACCEPTED =
        "お送りいただいた書類では、保険を確認できませんでした。",
        "The document that you sent cannot be accepted as proof of insurance.";

    // next_steps
    THIS_APPOINTMENT_IS_CANCELLED = "この予約はキャンセル済みです。", "This appointment is cancelled.";
    CANCELLED = "キャンセル済みです。", "Cancelled.";
    YOU_WERE_NOT_THERE =
        "予約の時刻にお会いできなかったため、診察はありませんでした。必要なときは、もう一度ご予約ください。",
        "The visit did not take place, because we did not meet you at its time. Please book again when you need it.";
    THE_PATIENT_WAS_NOT_THERE = "患者は来ませんでした。", "The patient was not there.";
    VISIT_IS_OVER_PAYMENT_FOLLOWS =
        "診察が終わりました。お会計は医療機関からご案内します。",
        "The visit is over. The clinic will tell you about the payment.";
    THE_VISIT_WAS_HELD = "診察済みです。", "The visit was held.";
    YOU_PAY_FOR_THIS_VISIT_YOURSELF =
        "自費診療のため、保険の確認は必要ありません。",
        "You pay for this visit yourself, so no insurance is needed.";
    SELF_PAY_NO_INSURANCE_TO_CHECK = "自費診療です。保険の確認は必要ありません。", "Self-pay. No insurance to check.";
    YOUR_VISIT_DAY_AND_CONSENT_ARE_OVER =
        "診察日が終わりました。この予約のための同意は、もう有効ではありません。診察を受けていないときは、医療機関にお問い合わせください。",
        "The visit day is over. Your consent for this appointment is no longer valid. If you were not seen, please ask the clinic.";
    VISIT_DAY_AND_CONSENT_ARE_OVER =
        "診察日が終わり、同意は有効ではありません。",
        "The visit day is over and consent is no longer valid.";
    VISIT_DAY_IS_OVER_ASK_THE_CLINIC =
        "診察日が終わりました。診察を受けていないときは、医療機関にお問い合わせください。",
        "The visit day is over. If you were not seen, please ask the clinic.";
    THE_VISIT_DAY_IS_OVER = "診察日が終わりました。", "The visit day is over.";
    CLINIC_HAS_CONFIRMED_YOUR_INSURANCE = "医療機関が保険を確認しました。", "The clinic has confirmed your insurance.";
    CANNOT_TELL_WHETHER_YOU_HAVE_FINISHED =
        "手続きが終わったか、まだ確認できていません。「手続きの続きへ」を押すと、止まったところから進めます。時間がたっているときは、はじめからになります。",
        "We cannot tell yet whether you have finished. Press \"Continue\" to go on from where you stopped. After a long time you start again.";
    YOUR_CARD_IS_SET_UP = "マイナ保険証の利用のための手続きは完了しています。", "Your card is set up for this visit.";
    YOU_TOLD_US_THAT_YOU_FINISHED =
        "「手続きを終えました」とのご連絡を受け付けました。登録は医療機関が確認します。",
        "You told us that you finished. The clinic will check the registration.";
    YOUR_PICTURE_HAS_ARRIVED =
        "保険証画像を受け付けました。医療機関が確認します。",
        "Your picture has arrived. The clinic will look at it.";
    CLINIC_DOES_NOT_ACCEPT_THE_CARD =
        "この医療機関はマイナ保険証に対応していないため、資格確認書などの画像で確認します。",
        "This clinic does not accept the My Number Card, so please send a picture of your insurance document.";
    USE_YOUR_CARD_OR_A_PICTURE =
        "マイナ保険証か、資格確認書などの画像のどちらかで確認します。",
        "Use your My Number Card, or send a picture of your insurance document.";
    NO_CONSENT_WAS_REGISTERED_TRY_AGAIN =
        "同意は登録されていません。もう一度手続きするか、保険証画像をアップロードしてください。",
        "No consent was registered. Try again, or upload a picture of your insurance document.";
    ERASED_PICTURE_UPLOAD_AGAIN =
        "画像を消したため、保険を確認できる書類がそろっていません。保険証画像をもう一度アップロードしてください。",
        "You erased a picture, so your insurance cannot be checked. Please upload a picture of your insurance document again.";
    ERASED_PICTURE_USE_CARD_OR_UPLOAD =
        "画像を消したため、保険を確認できる書類がそろっていません。マイナ保険証を利用するか、保険証画像をもう一度アップロードしてください。",
        "You erased a picture, so your insurance cannot be checked. Use your card, or upload a picture of your insurance document again.";
    YOUR_CONSENT_WAS_TAKEN_BACK =
        "同意が取り消されました。受診するには、もう一度同意を登録するか、保険証画像をアップロードしてください。",
        "Your consent was taken back. To be seen, register it again or upload a picture of your insurance document.";
    YOUR_CONSENT_IS_OVER =
        "同意の有効期限が切れました。もう一度同意を登録するか、保険証画像をアップロードしてください。",
        "Your consent is over. Register it again or upload a picture of your insurance document.";
    INSURANCE_CONFIRMED_AT_THE_TERMINAL = "端末で保険を確認しました。", "Insurance confirmed at the terminal.";
    INSURANCE_CONFIRMED_BY_THE_PICTURE = "画像で保険を確認しました。", "Insurance confirmed by the picture.";
    INSURANCE_CONFIRMED_BY_DOCUMENT_ON_SCREEN =
        "画面で書類を見て保険を確認しました。",
        "Insurance confirmed by the document on the screen.";
    CONSENT_WAS_ASKED_FOR = "同意登録をお願いしています。", "Consent was asked for.";
    A_PICTURE_WAS_ASKED_FOR = "保険証画像をお願いしています。", "A picture was asked for.";
    PATIENT_WAS_TOLD_OF_THE_REFUSAL =
        "保険を確認できないことを患者さんに知らせました。患者さんの手続きを待っています。",
        "The patient was told that the insurance could not be confirmed.";
    NOTHING_CAME_YET = "保険の手続きはまだです。", "Nothing came yet.";
    VISIT_WAS_MOVED =
        "予約日が変わり、前の手続きは無効です。",
        "The visit was moved; what was done for the old day is void.";
    PATIENT_CAME_BACK_WITHOUT_REGISTERING =
        "患者さんは登録せずに手続きを終えました。",
        "The patient came back without registering.";
    PATIENT_ERASED_PICTURE =
        "患者さんが画像を消しました。保険を確認できる書類がそろっていません。",
        "The patient erased a picture. What is left does not show the insurance.";
    PATIENT_TOOK_CONSENT_BACK = "患者さんが同意を取り消しました。", "The patient took the consent back.";
    THE_CONSENT_IS_OVER = "同意の有効期限が切れました。", "The consent is over.";
    PATIENT_SAYS_THAT_IT_IS_DONE =
        "患者さんから「終わった」と連絡がありました。登録は端末でしか確認できません。",
        "The patient says that it is done. Only the terminal can tell.";
    A_PICTURE_HAS_ARRIVED = "保険証画像が届いています。", "A picture has arrived.";
    PATIENT_IS_REGISTERING_CONSENT_JUST_NOW =
        "患者さんは手続きの途中です。",
        "The patient is registering consent just now.";
    PATIENT_STARTED_WITHOUT_A_RESULT =
        "患者さんの手続きが途中で止まっています。登録が終わっているかは、端末で確認できます。",
        "The patient started the procedure and no result came back. The terminal shows whether consent is registered.";

    // departure
    REGISTER_AT_RECEPTION_WEB = "マイナ在宅受付Webで手続きする", "Register at マイナ在宅受付Web";
    BACK_TO_THE_APPOINTMENT = "予約詳細に戻る", "Back to the appointment";
    WE_DO_NOT_HEAR_THE_OUTCOME =
        "この医療機関では、手続きの結果がオンライン診療に届きません。終わったら、この画面に戻って「手続きを終えました」を押してください。",
        "We do not hear from this clinic's procedure. When you have finished, come back here and press \"I have finished\".";
    STEP_1_NOTE_THE_VISIT_DATE = "1. 診察日を控える", "1. Note the visit date";
    THE_VISIT_DATE_TO_ENTER = "入力する診察日", "The visit date to enter";
    WITH_ANOTHER_DATE_CLINIC_FINDS_NOTHING =
        "別の日付を入力すると、医療機関で確認できません。",
        "With another date the clinic finds nothing.";
    STEP_2_REGISTER = "2. 手続きする", "2. Register";
    CHOOSE_WHAT_TO_SHARE =
        "同意の内容を選び、マイナポータルアプリで4桁の暗証番号を入力し、カードを読み取ります。",
        "Choose what to share, enter the 4-digit PIN in the マイナポータル app, and hold the card to the phone.";
    OPEN_RECEPTION_WEB = "マイナ在宅受付Webを開く", "Open マイナ在宅受付Web";
    COME_BACK_TO_THIS_TAB = "終わったら、このタブに戻ってください。", "Come back to this tab when you have finished.";
    OPEN_ON_ANOTHER_PHONE = "別のスマートフォンで開く（二次元コード）", "Open on another phone (QR code)";
    QR_CODE_FOR_RECEPTION_WEB =
        "この医療機関のマイナ在宅受付Webへの二次元コード",
        "QR code for this clinic's マイナ在宅受付Web";
    STEP_3_TELL_US_THAT_YOU_FINISHED = "3. 終わったことを知らせる", "3. Tell us that you finished";
    I_HAVE_FINISHED = "手続きを終えました", "I have finished (手続きを終えました)";
    CLINIC_THEN_CHECKS_REGISTRATION = "医療機関が登録を確認します。", "The clinic then checks the registration.";
    IF_IT_DOES_NOT_WORK = "うまくいかないとき", "If it does not work";
    YOU_CAN_UPLOAD_A_PICTURE =
        "保険証画像のアップロードに切り替えられます。",
        "You can upload a picture of your insurance document instead.";
    UPLOAD_PICTURE_OF_INSURANCE_DOCUMENT = "保険証画像をアップロードする", "Upload a picture of the insurance document";

    // next steps, with arguments
    clinic_asks_for_consent(reason) as Text =
        "医療機関から、同意登録のお願いが届いています。{reason}",
        "The clinic asks you to register your consent. {reason}";
    clinic_asks_for_a_picture(reason) as Text =
        "医療機関から、保険証画像のお願いが届いています。{reason}",
        "The clinic asks you for a picture of your insurance document. {reason}";
    clinic_could_not_confirm(reason) as Text =
        "医療機関で保険を確認できませんでした。{reason}ほかの方法でもう一度手続きをしてください。",
        "The clinic could not confirm your insurance. {reason} Please try another way.";
    procedure_for_old_day_is_void(day) as Text =
        "日付を変更したため、{day}の診察のための手続きは無効になりました。新しい日付でもう一度手続きをしてください。",
        "You moved the visit, so what you did for {day} is void. Please do it again for the new day.";
    consent_is_registered(reception_number) as Text =
        "同意が登録されました（受付番号 {reception_number}）。",
        "Consent is registered (reception {reception_number}).";
}
