//! What the pages of the clinic's settings say.

use text::texts;

texts! {
    AUDIT = "操作の記録", "Audit";
    WHO_LOOKED_AND_ACTED = "だれが何を見て、何をしたかを確かめられます。", "See who looked at what and who did what.";
    OPEN_THE_AUDIT = "操作の記録を開く", "Open the audit";

    // overview
    CLINIC_SETTINGS = "診療の設定", "Clinic settings";
    PATIENTS_CAN_BOOK = "予約を受け付けています", "Patients can book";
    PATIENTS_CANNOT_BOOK_YET = "まだ予約を受け付けていません", "Patients cannot book yet";
    STILL_MISSING = "次の設定を済ませると、予約を受け付けます。", "Patients can book as soon as these are set:";
    ADD_A_DOCTOR_FIRST = "医師を追加する", "Add a doctor";
    SET_THE_HOURS = "診療時間を決める", "Set the hours";
    ADD_A_MENU_FIRST = "診療メニューを追加する", "Add a menu";
    SEE_IT_AS_PATIENTS_DO = "患者に見えるページを開く", "See the page as patients do";
    DOCTORS = "医師", "Doctors";
    NO_DOCTOR_YET = "まだ医師がいません。", "There is no doctor yet.";
    ADD_A_DOCTOR = "医師を追加する", "Add a doctor";
    HAS_LEFT = "退職", "Has left";
    HOURS = "診療時間", "Hours";
    NO_HOURS_YET = "まだ診療時間がありません。", "There are no hours yet.";
    CHANGE_THE_HOURS = "診療時間を変更する", "Change the hours";
    CLOSURES = "休診", "Closures";
    NO_CLOSURE_AHEAD = "これからの休診はありません。", "No closure is ahead.";
    ADD_A_CLOSURE = "休診を登録する", "Add a closure";
    MENUS = "診療メニュー", "Menus";
    NO_MENU_YET = "まだ診療メニューがありません。", "There is no menu yet.";
    ADD_A_MENU = "診療メニューを追加する", "Add a menu";
    WITHDRAWN_MENUS = "受付を終了した診療メニュー", "Menus that are no longer offered";
    ONLY_THE_DESK_BOOKS_IT = "受付だけが予約できます", "Only the desk books it";
    ALL_DOCTORS = "すべての医師", "All doctors";
    SAVED = "保存しました", "Saved";
    CLOSURE_WAS_LIFTED = "休診を取り消しました", "The closure was lifted";
    CHANGED_MEANWHILE = "ほかの人が先に変更しました", "Somebody else changed it first";
    LOOK_AND_ENTER_AGAIN =
        "あなたの変更は保存されていません。最新の内容を確認して、もう一度入力してください。",
        "Your change was not saved. Look at the latest state and enter it again.";
    BACK_TO_THE_SETTINGS = "診療の設定に戻る", "Back to the clinic settings";
    SAVE = "保存する", "Save";
    PATIENTS_SEE_IT_AT_ONCE = "患者のページにすぐに反映されます", "Patients see it at once";
    SEPARATOR = " ／ ", " · ";
    LIST_COMMA = "、", ", ";

    // hours
    ONE_LINE_FOR_EACH_DAY =
        "曜日ごとに「9:00-12:30, 14:00-18:00」のように書きます。休みの日は空けておきます。",
        "Write a line for each day, such as \"9:00-12:30, 14:00-18:00\". Leave it empty for a day off.";
    CLOSED_ON_PUBLIC_HOLIDAYS = "国民の祝日は休診にする", "Closed on public holidays";
    WRITE_HOURS_LIKE_THIS =
        "「9:00-12:30, 14:00-18:00」のように、24:00までの時刻で書いてください。日をまたぐ時間は、次の日の行に書きます。",
        "Write times up to 24:00, such as \"9:00-12:30, 14:00-18:00\". What goes on after midnight belongs to the next day's line.";
    HOURS_ARE_IN_QUARTERS = "15分きざみの時刻で書いてください。", "Write times in quarters of an hour.";
    HOURS_END_AFTER_THEY_BEGIN =
        "終わりの時刻は、始まりの時刻よりあとにしてください。",
        "The hours have to end after they begin.";
    HOURS_OF_ONE_DAY_OVERLAP = "同じ日の時間が重なっています。", "Two of the hours of this day overlap.";
    BOOKED_VISITS_STAY =
        "すでに入っている予約は、診療時間を変えてもそのまま残ります。",
        "Visits that are booked already stay as they are.";

    // doctors
    NEW_DOCTOR = "医師の追加", "New doctor";
    NAME = "氏名", "Name";
    NAME_IN_KANA = "氏名（カナ）", "Name in kana";
    NAME_IN_LATIN_LETTERS = "氏名（ローマ字）", "Name in Latin letters";
    SHOWN_ON_ENGLISH_PAGES = "英語のページに表示されます。", "It is shown on English pages.";
    YEAR_OF_REGISTRATION = "医籍登録年", "Year of registration as a physician";
    PATIENTS_ARE_TOLD_THE_YEAR =
        "指針により患者に伝えます。西暦4桁で書きます。",
        "Patients are told it, as the guideline asks. Four digits.";
    SPECIALTIES = "診療科", "Specialties";
    LANGUAGES = "日本語以外の対応言語", "Languages besides Japanese";
    NAME_CANNOT_BE_TAKEN = "氏名を確認してください。", "Check the name.";
    KANA_CANNOT_BE_READ = "カナで書いてください。", "Write it in kana.";
    YEAR_CANNOT_BE = "1940年から今年までの西暦で書いてください。", "Write a year from 1940 to this year.";
    HOURS_OF_THE_DOCTOR = "この医師の診療時間", "This doctor's hours";
    SAME_AS_THE_CLINIC = "医療機関の診療時間と同じ", "The same as the clinic's";
    HOURS_OF_THEIR_OWN = "この医師だけの時間を決める", "Hours of their own";
    ADDITIONAL_SESSIONS = "臨時の診療", "Additional sessions";
    NO_ADDITIONAL_SESSION = "臨時の診療はありません。", "There is no additional session.";
    REMOVE = "取り消す", "Remove";
    DAY = "日", "Day";
    HOURS_OF_THE_SESSION = "時間", "Hours";
    ONE_RANGE_LIKE_THIS = "「18:00-20:00」のように書きます。", "Write them like \"18:00-20:00\".";
    ADD_THE_SESSION = "臨時の診療を追加する", "Add the session";
    DAY_IS_OVER = "今日からあとの日を選んでください。", "Choose today or a later day.";
    DOCTOR_LEAVES = "退職", "Leaving";
    DOCTOR_LEAVES_EXPLAINED =
        "新しい予約を受け付けなくなります。すでに入っている予約は残るので、下の一覧から変更してください。",
        "No more bookings are taken. Visits that are booked stay: move them from the list below.";
    MARK_AS_LEFT = "退職にする", "Mark as left";
    TAKE_BACK_LEAVING = "退職を取り消す", "Take it back: the doctor receives patients";
    VISITS_OF_THIS_DOCTOR = "この医師のこれからの予約", "This doctor's visits to come";

    // closures
    NEW_CLOSURE = "休診の登録", "New closure";
    WHO_IS_AWAY = "休診にするのは", "Who is away";
    THE_WHOLE_CLINIC = "医療機関全体", "The whole clinic";
    FIRST_DAY = "始まりの日", "First day";
    FROM_TIME = "始まりの時刻", "From";
    LAST_DAY = "終わりの日", "Last day";
    TO_TIME = "終わりの時刻", "Until";
    EMPTY_FOR_THE_WHOLE_DAY = "一日中のときは空けておきます。", "Leave it empty for the whole day.";
    EMPTY_FOR_ONE_DAY = "1日だけのときは空けておきます。", "Leave it empty for a single day.";
    REASON = "理由", "Reason";
    REASON_IN_ENGLISH = "理由（英語）", "Reason in English";
    PATIENTS_READ_THE_REASON =
        "患者に見えます。個人の病名などは書かないでください。",
        "Patients read it. Do not write anything about anybody's health.";
    CHOOSE_WHO_IS_AWAY = "一覧から選んでください。", "Choose from the list.";
    CHOOSE_A_DAY = "日を選んでください。", "Choose a day.";
    WRITE_A_TIME_LIKE_THIS = "「9:00」のように書いてください。", "Write it like \"9:00\".";
    CLOSURE_ENDS_AFTER_IT_BEGINS =
        "終わりは、始まりよりあとにしてください。",
        "A closure has to end after it begins.";
    CLOSURE_IS_OVER_ALREADY = "過ぎた時間は休診にできません。", "This time is over already.";
    CLOSURE_IS_TOO_LONG =
        "1年を超える休診は登録できません。診療時間を変更してください。",
        "A closure lasts a year at most. Change the hours instead.";
    REASON_IS_TOO_LONG = "100文字までで、改行せずに書いてください。", "Write at most 100 characters on one line.";
    SEE_WHO_IS_BOOKED = "予約を確認する", "See who is booked";
    NOTHING_IS_CLOSED_YET = "まだ休診になりません", "Nothing is closed yet";
    CHECK_THE_CLOSURE = "休診の確認", "Check the closure";
    PERIOD = "期間", "Period";
    NOBODY_IS_BOOKED = "この時間に予約はありません。", "Nobody is booked in this time.";
    visits_are_booked(count) = "この時間に{count}件の予約があります", "{count} visits are booked in this time";
    VISITS_STAY_UNTIL_MOVED =
        "休診にしても、予約は自動では変わりません。1件ずつ、変更またはキャンセルしてください。患者にはそのつどメールが届きます。",
        "Closing changes no visit by itself. Move or cancel each of them; the patient gets a letter each time.";
    CLOSE_THIS_TIME = "この内容で休診にする", "Close this time";
    NEW_BOOKINGS_STOP_AT_ONCE = "新しい予約はすぐに止まります", "No more bookings are taken from now on";
    ENTER_IT_AGAIN = "入力しなおす", "Enter it again";
    THE_CLOSURE = "休診", "Closure";
    LIFT_THE_CLOSURE = "休診を取り消す", "Lift the closure";
    TIMES_CAN_BE_BOOKED_AGAIN = "この時間の予約を、また受け付けます", "Its times can be booked again";
    ALL_VISITS_ARE_MOVED = "この時間に残っている予約はありません。", "No visit is left in this time.";
    TIME = "日時", "Time";
    PATIENT = "患者", "Patient";
    DOCTOR = "医師", "Doctor";
    TELEPHONE = "電話", "Telephone";
    NEXT = "次にすること", "Next";
    OPEN_THE_VISIT = "予約を開く", "Open the visit";
    from_to(from, to) = "{from}〜{to}", "{from} to {to}";

    // menus
    NEW_MENU = "診療メニューの追加", "New menu";
    WHO_PAYS = "保険", "Who pays";
    NAME_OF_THE_MENU = "名前", "Name";
    NAME_IN_ENGLISH = "名前（英語）", "Name in English";
    MINUTES_OF_THE_VISIT = "診察の時間", "Length of the visit";
    MINUTES = "分", "minutes";
    MINUTES_AFTER_THE_VISIT = "診察のあとの余裕", "Time after the visit";
    PATIENTS_ARE_NOT_TOLD = "患者には見えません。", "Patients are not told.";
    FEE_IN_WORDS = "費用のめやす", "Fee in words";
    FEE_IN_ENGLISH = "費用のめやす（英語）", "Fee in words, in English";
    SYSTEM_FEE = "システム利用料", "System fee";
    YEN = "円", "yen";
    WHO_BOOKS = "予約できる人", "Who books it";
    PATIENTS_AND_THE_DESK = "患者と受付", "Patients and the desk";
    THE_DESK_ONLY = "受付だけ", "The desk only";
    BOOKED_AT_THE_LATEST = "予約の締め切り（診察の何分前まで）", "Booked at the latest before the visit";
    BOOKED_AT_THE_EARLIEST = "何日先まで予約できるか", "How many days ahead it can be booked";
    DAYS = "日", "days";
    VISITS_A_DAY = "1日の上限", "Visits a day at most";
    VISITS = "件", "visits";
    EMPTY_FOR_NO_LIMIT = "上限がないときは空けておきます。", "Leave it empty for no limit.";
    CANCELLED_FREELY_UNTIL = "無料で変更・キャンセルできる締め切り（診察の何分前まで）", "Moved and cancelled freely until, before the visit";
    FEE_FOR_CANCELLING_LATER = "締め切りのあとのキャンセル料", "Fee for cancelling later";
    HOW_THE_VISIT_IS_HELD = "診察の方法", "How the visit is held";
    BY_A_CALL_IN_THE_BROWSER = "ブラウザのビデオ通話", "By a call in the browser";
    BY_TELEPHONE = "電話", "By telephone";
    BY_ANOTHER_PROGRAM = "ほかのアプリ", "By another program";
    WORDS_ON_HOW_IT_IS_HELD = "患者への説明", "What patients are told of it";
    WORDS_IN_ENGLISH = "患者への説明（英語）", "What patients are told of it, in English";
    WHICH_DOCTORS = "担当する医師", "Which doctors take it";
    ALL_IF_NONE_IS_TICKED = "ひとりも選ばないと、すべての医師が担当します。", "If none is ticked, all of them do.";
    WRITE_IT_AS_PATIENTS_SHALL_READ_IT = "患者に見える言葉で書いてください。", "Write it as patients shall read it.";
    TEXT_IS_TOO_LONG = "300文字までで、改行せずに書いてください。", "Write at most 300 characters on one line.";
    CHOOSE_WHO_PAYS = "どちらかを選んでください。", "Choose one of them.";
    write_a_number(least, most) as Text = "{least}から{most}までの数字で書いてください。", "Write a number from {least} to {most}.";
    WITHDRAW_THE_MENU = "受付を終了する", "Stop offering it";
    BOOKED_VISITS_STAY_AS_AGREED = "入っている予約はそのまま残ります", "Visits that are booked stay as agreed";
    OFFER_IT_AGAIN = "もう一度受け付ける", "Offer it again";
    EMPTY_FOR_JAPANESE =
        "空けておくと、英語のページにも日本語が表示されます。",
        "If it is empty, English pages show the Japanese.";
}
