//! What 再確認の一覧 says: what is to be asked again, why, and what the desk does next.

use text::texts;

texts! {
    // reasons: name, meaning and next steps
    ASK_AGAIN_LATER = "後でもう一度照会する。", "Ask again later.";
    IF_URGENT_LOOK_AT_CERTIFICATE =
        "急ぐときは、資格確認書かマイナポータルの資格情報画面を見せてもらう。どちらもないときは、被保険者資格申立書を書いてもらう。",
        "If it is urgent, look at the 資格確認書 or the eligibility screen of マイナポータル; if there is neither, let the patient write a 被保険者資格申立書.";
    CHECK_WHO_IT_IS = "本人確認が必要", "Check who it is";
    APPOINTMENT_HAS_ANOTHER_NAME =
        "同じ受付番号の予約と、氏名か生年月日が違います。本人かどうかが確かめられていません。",
        "The appointment with this number has another name or birthday, and nobody has said that it is the same person.";
    CHECK_WHO_PATIENT_IS =
        "患者に本人確認をし、旧姓など別の名前があるかを尋ねる。",
        "Check who the patient is, and ask for another name, such as a former one.";
    IF_SAME_PERSON_RECORD_IT =
        "本人と分かったら、受付を開き、チェックを付けて記録する。",
        "If it is the same person, open the reception, tick the box and record it.";
    IF_SOMEBODY_ELSE_REGISTERED =
        "別の人の登録だったときは、予約した患者にもう一度登録してもらう。",
        "If somebody else registered, let the patient of the appointment register again.";
    SERVICE_NOT_TOLD = "予約側に未通知", "Service not told";
    PROVEN_BUT_SERVICE_NOT_TOLD =
        "資格は確認済みですが、オンライン診療の受付デスクに知らせられませんでした。",
        "The insurance is proven, but the desk of the online service could not be told.";
    TELL_IT_AGAIN_STEP = "もう一度知らせる。", "Tell it again.";
    IF_TELLING_FAILS_RECORD_AT_DESK =
        "知らせられないときは、オンライン診療の受付デスクで、この予約を「端末で確認しました」にする。",
        "If that does not work, press 「端末で確認しました」 for this visit at the desk of the online service.";
    NOT_REACHED = "つながらない", "Not reached";
    ELIGIBILITY_SYSTEM_WAS_NOT_REACHED =
        "オンライン資格確認等システムにつながりませんでした。",
        "The eligibility system was not reached.";
    CHECK_LINE_AND_ADDRESS = "回線と接続先を確かめる。", "Check the line and the address.";
    NO_ANSWER_IN_TIME = "応答なし", "No answer in time";
    THERE_WAS_NO_ANSWER_IN_TIME =
        "時間内に応答がありませんでした。混み合っている可能性があります。",
        "There was no answer in time; the system may be busy.";
    WAIT_ABOUT_A_MINUTE = "1分ほど待つ。", "Wait about a minute.";
    SYSTEM_CLOSED = "システム停止中", "System closed";
    CLOSED_FOR_MAINTENANCE_OR_FAULT =
        "メンテナンスまたは障害のため、照会できませんでした。",
        "It could not be asked, because of maintenance or a fault.";
    SEE_NOTICES_WHEN_IT_OPENS_AGAIN =
        "再開の時刻を医療機関等向けの案内で確かめる。",
        "See in the notices for institutions when it opens again.";
    CUT_OFF = "途中で切断", "Cut off";
    ANSWER_DID_NOT_ARRIVE_WHOLE = "結果を最後まで受け取れませんでした。", "The answer did not arrive whole.";
    IF_IT_GOES_ON_CHECK_LINE =
        "続く場合は、管理者に回線の確認を頼む。",
        "If it goes on, ask the administrator to check the line.";
    BEING_MADE = "処理中", "Being made";
    LIST_HAS_NOT_COME_YET =
        "システムが一覧を作成していて、まだ届いていません。",
        "The list was still being made and has not come.";
    WAIT_A_LITTLE = "少し待つ。", "Wait a little.";
    NOT_READABLE = "結果を読めない", "Not readable";
    NO_ANSWER_COULD_BE_READ = "結果を受け取れませんでした。", "No answer could be read.";
    TELL_THE_ADMINISTRATOR = "管理者に連絡する。", "Tell the administrator.";

    // what a verdict means
    THE_INSURANCE_IS_VALID = "資格は有効です。", "The insurance is valid.";
    INSURANCE_IS_NOT_VALID =
        "この資格は受診日に有効ではありません。保険が変わった可能性があります。",
        "The insurance is not valid on the day of the visit; it may have changed.";
    INSURANCE_HAS_ENDED_NEW_ONE_EXISTS =
        "この資格は終わり、別の保険者に新しい資格があります。",
        "The insurance has ended, and there is a new one with another insurer.";
    NO_INSURANCE_WAS_FOUND =
        "該当する資格がありません。保険者の登録が数日遅れていることがあります。",
        "No insurance was found. Insurers' data may be some days behind.";
    SEVERAL_INSURANCES_ARE_VALID =
        "有効な資格が複数あり、端末では一つに決まりません。",
        "Several insurances are valid, and the terminal cannot tell which applies.";
    TICKET_IS_NOT_REGISTERED = "医療券が未登録です。", "The ticket of public assistance is not registered.";
    PATIENT_WITHDREW_CONSENT =
        "患者が同意を取り消したため、表示されません。",
        "The patient withdrew the consent, so nothing is shown.";
    CLINIC_WITHDREW_CONSENT =
        "医療機関が同意を取り消したため、表示されません。",
        "The clinic withdrew the consent, so nothing is shown.";
    CONSENT_ENDED_WITH_VISIT_DAY =
        "同意の期限（診察日当日）が過ぎたため、表示されません。",
        "The consent ended with the day of the visit, so nothing is shown.";
    THE_ANSWER_PROVED_NOTHING = "資格を確認できる結果がありませんでした。", "The answer proved nothing.";

    // the page
    TO_BE_ASKED_AGAIN = "再確認の一覧", "To be asked again";
    WHAT_IS_TO_BE_ASKED_AGAIN =
        "資格を確認できなかった受付です。確認できるか、完了にするまで残ります。氏名や保険の番号は残していません。",
        "Receptions whose insurance is not proven. They stay until it is, or until you close them. No name or insurance number is kept.";
    NOTHING_IS_TO_BE_ASKED_AGAIN = "再確認するものはありません", "Nothing is to be asked again";
    TO_THE_RECEPTIONS = "受付の一覧へ", "To the receptions";
    THE_DESK_WAS_TOLD = "受付デスクに知らせました", "The desk was told";
    WHAT_THE_DESK_WAS_TOLD =
        "「保険を確認済み」とだけ知らせました。",
        "It was told that insurance is proven, and nothing else.";
    DESK_COULD_NOT_BE_TOLD = "受付デスクに知らせられませんでした", "The desk could not be told";
    WHAT_WAS_CONFIRMED_IS_NOT_LOST =
        "確認の記録は失われていません。少し待ってもう一度知らせるか、受付デスクで直接記録してください。",
        "What was confirmed is not lost. Wait a little and tell it again, or record it at the desk of the service.";
    reception(number) = "受付 {number}", "Reception {number}";
    visits_of(day) = "受診年月日 {day} の一覧", "Visits of {day}";
    consents_of(day) = "同意年月日 {day} の一覧", "Consents of {day}";
    home_visit_consents_of(days) = "訪問診療等の同意年月日 {days} の一覧", "Consents for home visits, {days}";
    close(subject) = "{subject}を完了にする", "Close: {subject}";
    DAY_OF_THE_VISIT = "受診年月日", "Day of the visit";
    FIRST_ASKED = "最初の確認", "First asked";
    HOW_OFTEN_ASKED = "確認した回数", "Asked";
    times(count) = "{count}回", "{count} times";
    OPENS_AGAIN = "再開の見込み", "Opens again";
    WHAT_TO_DO_NEXT = "次にすること", "What to do next";
    TELL_IT_AGAIN = "もう一度知らせる", "Tell it again";
    OPEN_THE_RECEPTION = "この受付を開く", "Open the reception";
    ASK_AGAIN = "もう一度照会する", "Ask again";
    LOOK_FOR_RECEPTION_ON_LIST = "受付の一覧で探す", "Look for it in the list";
}
