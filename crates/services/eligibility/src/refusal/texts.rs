//! What a patient reads if a registration is refused.

use text::texts;

texts! {
    TO_THE_FIRST_PAGE = "最初の画面へ", "To the first page";
    NO_INSURANCE_IS_KNOWN = "医療保険の加入情報が見つかりません", "No insurance is known for this card";
    NO_INSURERS_RECORD_IS_LINKED =
        "このカードに結びついた医療保険の情報がありません。登録は行われていません。資格確認書などの画像を送って受診できます。",
        "No insurer's record is linked to this card. Nothing was registered. You can send a picture of your insurance document instead.";
    CARD_IS_NO_INSURANCE_CARD =
        "健康保険証としての利用登録がされていません",
        "The card is not registered as insurance card";
    CARD_HAS_TO_BE_REGISTERED_FIRST =
        "マイナンバーカードを健康保険証として使うには、先に利用登録が必要です。同意の登録は行われていません。今回は、資格確認書などの画像を送って受診することもできます。",
        "Before the card can be used as insurance card it has to be registered as such. No consent was registered. For this visit you can also send a picture of your insurance document.";
    THERE_IS_NO_SUCH_INSTITUTION = "医療機関が見つかりません", "There is no such institution";
    ADDRESS_IS_OLD_OR_WRONG =
        "アドレスが古いか、間違っています。何も登録されていません。医療機関の新しい案内をご確認ください。",
        "The address is old or wrong. Nothing was registered. Please look for the institution's new one.";
    ADDRESS_IS_NO_LONGER_USED = "このアドレスは使われなくなりました", "This address is no longer in use";
    INSTITUTION_HAS_NEW_ADDRESS =
        "医療機関が、同意登録のアドレスを新しくしました。何も登録されていません。医療機関の新しい案内（アドレスや二次元コード）からお進みください。以前に登録した同意は、そのまま有効です。",
        "The institution has a new address for registering. Nothing was registered. Please use the address or QR code that it shows today. What you registered before is still in force.";
    INSTITUTION_DOES_NOT_TAKE_RECEPTIONS =
        "この医療機関では利用できません",
        "This institution does not take receptions";
    INSTITUTION_DOES_NOT_CONFIRM_ONLINE =
        "この医療機関は、この方法での資格確認を受け付けていません。何も登録されていません。資格確認書などの画像を送って受診できます。",
        "This institution does not confirm insurance online. Nothing was registered. You can send a picture of your insurance document instead.";
    THE_VISIT_DAY_IS_OVER = "診察日を過ぎています", "The visit day is over";
    CHECK_DATE_OF_APPOINTMENT =
        "同意は診察日当日まで有効です。何も登録されていません。予約の日付をご確認ください。",
        "A consent is valid to the end of the visit day. Nothing was registered. Please check the date of your appointment.";
    VISIT_DAY_IS_TOO_FAR_AHEAD = "診察日が先すぎます", "The visit day is too far ahead";
    TRY_AGAIN_NEARER_TO_DAY =
        "92日先までの診察日について登録できます。何も登録されていません。診察日が近づいてから、もう一度お試しください。",
        "You can register for visits up to 92 days ahead. Nothing was registered. Please try again nearer to the day.";
    THERE_IS_NO_SUCH_RECEPTION = "この受付は見つかりません", "There is no such reception";
    NEWER_REGISTRATION_TOOK_ITS_PLACE =
        "新しい登録に置き換わったか、別の方の受付です。何も変更されていません。",
        "A newer registration took its place, or it is somebody else's. Nothing was changed.";
    THIS_CONSENT_WAS_WITHDRAWN = "この同意は取り消されています", "This consent was withdrawn";
    WITHDRAWN_CONSENT_CANNOT_BE_CHANGED =
        "取り消した同意は変更できません。必要なときは、もう一度登録してください。",
        "A consent that was withdrawn cannot be changed. Register anew if you need it.";
    THIS_CONSENT_IS_OVER = "この同意の有効期限は終わりました", "This consent is over";
    REGISTER_AGAIN_FOR_NEXT_VISIT =
        "同意は診察日当日まで有効です。次の診察のときに、もう一度登録してください。",
        "A consent is valid to the end of the visit day. Please register again for your next visit.";
    WE_ARE_SORRY_THIS_COULD_NOT_BE_DONE =
        "申し訳ありません。処理できませんでした",
        "We are sorry: this could not be done";
    FAULT_IS_OURS =
        "こちら側の問題です。これまでに登録した内容は失われていません。少し待ってから、もう一度お試しください。",
        "The fault is ours. What you registered before is not lost. Please wait a moment and try again.";
}
