//! What the list of receptions, the sheet of one and the list of confirmations say.

use text::texts;

texts! {
    // sheet: the consent for home visits and its withdrawal
    CONSENT_FOR_HOME_VISITS = "訪問診療等の同意", "Consent for home visits";
    CONSENT_HOLDS_UNTIL_IT_IS_WITHDRAWN =
        "この同意は、取り消されるまで続きます。訪問のたびに再照会して、いまの資格を確かめてください。",
        "The consent holds until it is withdrawn. Ask again before each visit, to see the insurance as it is now.";
    ASK_AGAIN_BEFORE_HOME_VISIT = "再照会する", "Ask again (再照会)";
    TO_WITHDRAWAL_OF_CONSENT = "同意の取消しへ", "Withdraw the consent";
    WITHDRAWAL_OF_CONSENT = "同意の取消し", "Withdraw the consent";
    RECEPTION_WITHOUT_NUMBER = "受付（番号なし）", "Reception (no number)";
    INSTITUTION_NO_LONGER_SEES_INFORMATION =
        "この医療機関は、この患者の資格情報・薬剤情報・診療情報などを、訪問診療等では見られなくなります。",
        "This institution no longer sees the patient's insurance, medicines, diagnoses and the rest for home visits.";
    WITHDRAWAL_CANNOT_BE_UNDONE =
        "元に戻すことはできません。また見るには、患者にもう一度、同意の登録をしてもらいます。",
        "It cannot be undone. To see them again, the patient has to register once more.";
    OTHER_CONSENTS_STAY =
        "オンライン診療等の同意と、ほかの医療機関への同意は、そのまま残ります。",
        "Consents for online care, and for other institutions, stay as they are.";
    WHAT_WITHDRAWAL_MEANS = "取り消すと、次のようになります", "What it means";
    WITHDRAW_CONSENT_BUTTON = "同意を取り消す", "Withdraw it";
    BACK_WITHOUT_WITHDRAWING = "取り消さずに戻る", "Back without withdrawing";

    // sheet: the verdict, the printed part and the form to record it
    reception(number) = "受付 {number}", "Reception {number}";
    insurance_verdict(verdict) = "資格：{verdict}", "Insurance: {verdict}";
    BACK_TO_THE_LIST = "一覧に戻る", "Back to the list";
    WHAT_TO_DO_NEXT = "次にすること", "What to do next";
    NAME_HAS_UNKNOWN_CHARACTERS = "氏名に「●」があります", "There is a ● in the name";
    ASK_HOW_NAME_IS_WRITTEN =
        "システムで扱えない文字が「●」に置き換わっています。正しい文字を患者に確認し、カナと生年月日で本人の記録と照合してください。",
        "Characters that the system does not have were replaced. Ask the patient how the name is written, and match by kana and birth date.";
    ELIGIBILITY = "資格確認結果", "Eligibility";
    INSTITUTION = "医療機関", "Institution";
    RECEPTION = "受付番号", "Reception";
    DAY_OF_THE_VISIT = "受診年月日", "Day of the visit";
    REFERENCE_NUMBER = "照会番号", "Reference number";
    ASKED_AT = "照会日時", "Asked at";
    PRINT = "印刷する", "Print";
    CONFIRMED_BEFORE = "前回の確認", "Confirmed before";
    RECORD_AS_SEEN = "確認を記録する", "Record as seen";
    WITHOUT_NUMBER_IT_CANNOT_BE_RECORDED =
        "受付番号がないため、この端末では確認を記録できません。",
        "Without a reception number it cannot be recorded at this terminal.";

    // sheet: the appointment
    APPOINTMENT_TIME = "予約時刻", "Time";
    NAME = "氏名", "Name";
    KANA = "カナ", "Kana";
    BORN = "生年月日", "Born";
    THE_APPOINTMENT = "この受付の予約", "The appointment";
    NO_APPOINTMENT_MATCHES =
        "読み込んだ予約に、同じ受付番号、または同じカナと生年月日のものはありません。",
        "No appointment that was brought has this number, or this kana and birthday.";
    SAME_RECEPTION_NUMBER = "受付番号が一致", "Same reception number";
    SAME_KANA_AND_BIRTHDAY = "カナと生年月日が一致", "Same kana and birthday";
    SAY_BELOW_WHETHER_SAME_PERSON =
        "本人かどうかは、下で確かめて記録します。",
        "Whether it is the same person, you say below.";
    SEVERAL_APPOINTMENTS_ARE_ALIKE = "当てはまる予約が複数あります", "Several appointments are alike";
    TERMINAL_DOES_NOT_CHOOSE_APPOINTMENT =
        "端末では選びません。受付デスクで患者に確かめ、該当する予約に記録してください。",
        "The terminal does not choose. Ask the patient at the desk, and record it at the right appointment there.";
    THE_APPOINTMENT_HAS_ANOTHER_NAME = "予約と氏名が違います", "The appointment has another name";
    THE_APPOINTMENT_HAS_ANOTHER_BIRTHDAY = "予約と生年月日が違います", "The appointment has another birthday";
    APPOINTMENT_HAS_ANOTHER_NAME_AND_BIRTHDAY =
        "予約と氏名・生年月日が違います",
        "The appointment has another name and birthday";
    CHECK_WHO_IT_IS =
        "本人確認をする。氏名と生年月日を患者に言ってもらい、本人確認書類と比べる。",
        "Check who it is: let the patient say name and birthday, and compare them with an identity document.";
    ASK_FOR_ANOTHER_NAME = "旧姓や通称など、別の名前があるかを尋ねる。", "Ask for another name, such as a former one.";
    IF_SAME_PERSON_TICK_AND_RECORD =
        "本人と分かったら、下のチェックを付けて記録する。分からないときは、チェックを付けずに記録する。",
        "If it is the same person, tick the box below and record it. If you are not sure, record it without the tick.";
    TERMINAL_CANNOT_TELL_FORMER_NAME =
        "受付番号は予約と同じです。旧姓などで違うのか、別の人の登録なのかは、端末では決められません。",
        "The reception number is the same. The terminal cannot tell a former name from another person.";
    APPOINTMENT_HAS_SAME_BIRTHDAY =
        "生年月日だけが同じ予約があります",
        "An appointment has the same birthday, and no more";
    MAY_BE_UNDER_FORMER_NAME =
        "旧姓などで氏名が違う、同じ人かもしれません。別の人かもしれません。",
        "It may be the same person under a former name, or somebody else.";
    ASK_FOR_TIME_AND_OTHER_NAME =
        "患者に、予約した時刻と、旧姓などの別の名前があるかを尋ねてください。",
        "Ask the patient for the time of the appointment, and for another name, such as a former one.";
    ITEM = "項目", "Item";
    APPOINTMENT = "予約", "Appointment";
    INSURER = "資格確認の結果", "Insurer";
    APPOINTMENT_AND_INSURER = "予約と資格確認の結果", "Appointment and insurer";
    SAME_PERSON_I_CHECKED =
        "上の予約の患者本人です（本人確認をしました）",
        "It is the person of the appointment above (I checked who it is)";
    SAME_PERSON_I_COMPARED_NAME =
        "上の予約の患者本人です（氏名・生年月日を確かめました）",
        "It is the person of the appointment above (I compared name and birthday)";
    SAME_PERSON_I_ASKED_FOR_TIME =
        "上の予約の患者本人です（予約の時刻と別の名前を尋ねて確かめました）",
        "It is the person of the appointment above (I asked for the time and the other name)";
    IF_TICKED_RECORDED_AS_CONFIRMED =
        "チェックしたときは、確認済みとしてこの端末に記録します。チェックがないときは、再確認の一覧に残します。",
        "If the box is ticked, it is recorded at this terminal as confirmed. If not, it goes to the list of what is to be asked again.";
    IF_TICKED_RECORDED_AND_DESK_TOLD =
        "チェックしたときは、確認済みとして記録し、受付デスクに「保険を確認済み」とだけ知らせます。チェックがないときは、再確認の一覧に残します。",
        "If the box is ticked, it is recorded as confirmed and the desk is told that insurance is proven, and nothing else. If not, it goes to the list of what is to be asked again.";
    RECORDED_AT_THIS_TERMINAL_ONLY =
        "受付番号・結果・日時だけをこの端末に残し、一覧に戻ります。",
        "Keeps the number, result and time at this terminal, and leads back to the list.";
    RECORDED_AND_DESK_TOLD_IF_TICKED =
        "この端末に記録します。チェックしたときは、受付デスクに「保険を確認済み」とだけ知らせます。",
        "Recorded at this terminal. If the box is ticked, the desk is told that insurance is proven, and nothing else.";
    RECORDED_AND_DESK_TOLD =
        "この端末に記録し、受付デスクに「保険を確認済み」とだけ知らせます。",
        "Recorded at this terminal, and the desk is told that insurance is proven, and nothing else.";

    // sheet: the receipt computer
    HANDED_TO_THE_RECEIPT_COMPUTER = "レセコンに渡しました", "Handed to the receipt computer";
    RESULT_LIES_AS_FILE_IN_FACE =
        "フォルダ face に結果のファイルを置きました。",
        "The result is a file in the folder face.";
    NOT_HANDED_TO_RECEIPT_COMPUTER = "レセコンには渡しません", "Not handed to the receipt computer";
    RECEIPT_COMPUTER_TAKES_ONE_INSURANCE =
        "保険が複数あります。レセコンに渡せる保険は1つだけで、端末では選びません。どの保険を使うか患者に確認し、レセコンに入力してください。",
        "There are several insurances. A receipt computer takes one, and the terminal does not choose. Ask the patient which one applies, and enter it there.";
    HAND_TO_THE_RECEIPT_COMPUTER = "レセコンに渡す", "Hand to the receipt computer";

    // confirmations
    ENTER_DAY_OF_CALENDAR = "年月日を正しく入力してください", "Enter a day of the calendar";
    VISIT = "受診年月日", "Visit";
    RESULT = "結果", "Result";
    NEXT = "次にすること", "Next";
    ACCOUNT = "アカウント", "Account";
    CONFIRMED_AT = "確認日時", "At";
    NEXT_NOTHING = "なし", "Nothing";
    NEXT_ASK_AGAIN = "もう一度照会する", "Ask again";
    NEXT_LET_PATIENT_REGISTER_AGAIN = "もう一度登録してもらう", "Let the patient register again";
    NEXT_ASK_ADMINISTRATOR_FOR_SETTINGS = "管理者に環境設定を頼む", "Ask the administrator for the settings";
    CONFIRMED_TITLE = "確認の記録", "Confirmed";
    WHAT_THIS_TERMINAL_KEEPS =
        "この端末に残しているのは、受付番号・結果・日時だけです。氏名や保険の番号は残していません。",
        "This terminal keeps the number, result and time, and no name or insurance number.";
    DAY_CONFIRMED = "確認した日", "Day";
    SHOW = "表示する", "Show";
    NOTHING_WAS_RECORDED_ON_THIS_DAY = "この日の記録はありません", "Nothing was recorded on this day";
    TO_THE_RECEPTIONS = "受付の一覧へ", "To the receptions";

    // list: its titles
    RECEPTIONS = "同意済資格情報取得", "Receptions (同意済資格情報取得)";
    PATIENTS_WHO_CONSENTED =
        "同意取得済み患者一覧（訪問診療等・オンライン診療等）",
        "Patients who consented (同意取得済み患者一覧)";

    // list: which days
    THE_LIST_IS_BEING_MADE = "一覧を作成しています", "The list is being made";
    SYSTEM_IS_WORKING_ON_IT =
        "システムで処理中です。少し待ってから、続きを確認してください。",
        "The system is working on it. Wait a little, then look again.";
    LOOK_AGAIN = "続きを確認する", "Look again";
    KIND_OF_CARE = "診療の種類", "Kind of care";
    BY_DAY_OF_VISIT = "受診年月日", "Day of the visit (受診年月日)";
    BY_DAY_OF_CONSENT = "同意年月日", "Day of consent (同意年月日)";
    DAY = "年月日", "Day";
    CONSENTS_TO = "同意年月日（至）", "Consents to (同意年月日)";
    SHOWS_CONSENTS_OF_THREE_MONTHS =
        "この日までの3か月間に同意した患者を表示します。訪問診療等の同意は、取り消されるまで続きます。",
        "Shows who consented in the three months to this day. Consents for home visits hold until they are withdrawn.";
    BY = "取得する条件", "By";
    GET_THE_LIST = "取得する", "Get the list";
    ASKS_SYSTEM_AND_LISTS_ANSWER =
        "システムに照会し、下に一覧を表示します。照会は記録されます。",
        "Asks the system and lists what it answers below. Each question is recorded there.";
    DAY_BEFORE = "前の日", "Day before";
    DAY_AFTER = "次の日", "Day after";
    TODAY = "今日", "Today";
    THREE_MONTHS_BEFORE = "前の3か月", "Three months before";
    THREE_MONTHS_AFTER = "次の3か月", "Three months after";
    TO_TODAY = "今日まで", "To today";
    OTHER_DAYS = "日を変える", "Other days";

    // list: the table
    visits_on(days, count) = "受診年月日 {days}：{count}件", "Visits on {days}: {count}";
    consents_of(days, count) = "同意年月日 {days}：{count}件", "Consents of {days}: {count}";
    home_visit_consents_of(days, count) =
        "訪問診療等の同意年月日 {days}：{count}件",
        "Consents for home visits, {days}: {count}";
    PATIENT = "患者", "Patient";
    SEX = "性別", "Sex";
    INSURANCE = "資格", "Insurance";
    CONSENTS = "同意", "Consents";
    CONFIRMED_COLUMN = "確認", "Confirmed";
    MAY_BE_SEEN_UNTIL = "閲覧期限", "May be seen until";
    reception_is_not_in_list(number) = "受付 {number} はこの一覧にありません", "Reception {number} is not in this list";
    NEWER_REGISTRATION_TOOK_ITS_PLACE =
        "新しい登録に置き換わったか、別の日の受付です。患者に、受診日と、登録し直したかどうかを尋ねてください。",
        "A newer registration took its place, or it is of another day. Ask the patient for the day, and whether there was another registration.";
    THERE_ARE_NO_RECEPTIONS_OF_THIS_DAY = "この日の受付はありません", "There are no receptions of this day";
    PATIENT_HAS_NOT_REGISTERED_YET =
        "患者の登録がまだか、別の日・別の医療機関で登録された可能性があります。患者に受診日を確認してください。",
        "The patient has not registered yet, or registered for another day or institution. Ask for the day.";
    THERE_ARE_NO_RECEPTIONS_OF_THESE_DAYS = "この期間の受付はありません", "There are no receptions of these days";
    PATIENT_MAY_HAVE_CONSENTED_BEFORE =
        "前の3か月に同意したか、オンライン診療等のURLで登録された可能性があります。患者に、いつ、どのURLで登録したかを確認してください。",
        "The patient may have consented before, or at the address for online care. Ask when, and at which address.";
    NO_NAME = "（氏名なし）", "(no name)";
    REFERENCE = "照会番号 ", "Reference ";
    insurances(count) = "{count}件の資格", "{count} insurances";
    CONSENT_GIVEN_AT = "同意日時：", "Given at ";
    booked_at(time) = "予約 {time}", "booked {time}";
    appointments_alike(count) = "予約の候補{count}件", "{count} alike";
    NOT_BOOKED = "予約なし", "Not booked";
    CHECK_APPOINTMENT_BADGE = "要確認", "Check";
    OTHER_BIRTHDAY = "生年月日が違う", "Other birthday";
    OTHER_NAME = "氏名が違う", "Other name";
    BIRTHDAY_ONLY = "生年月日だけ一致", "Birthday only";
    NOT_YET_CONFIRMED = "未確認", "Not yet";
    CONFIRMED_BADGE = "確認済み", "Confirmed";
    TO_BE_ASKED_AGAIN = "再確認が必要", "To be asked again";
    REGISTER_AGAIN = "再登録が必要", "Register again";
}
