//! What the pages of a clinic's audit say.

use text::texts;

texts! {
    CLINIC_AUDIT = "操作の記録", "Audit";
    WHO_DID_WHAT_AT_THIS_CLINIC =
        "この医療機関で、だれが何を見て、何をしたかの記録です。この画面を開いたことも記録されます。",
        "Who looked at what and did what at this clinic. That you opened this page is recorded too.";
    BACK_TO_THE_SETTINGS = "診療の設定に戻る", "Back to the settings";

    // the filter
    FIRST_DAY = "はじめの日", "First day";
    LAST_DAY = "おわりの日", "Last day";
    WHO = "操作した人", "Who";
    ANYBODY = "すべての人", "Anybody";
    PATIENTS = "患者", "Patients";
    SERVICE = "システム", "Service";
    ACTION = "操作", "Action";
    ALL_ACTIONS = "すべての操作", "All actions";
    BOOKING_NUMBER_OR_VISIT = "予約番号", "Booking number";
    THREE_DIGITS = "3桁の数字です。予約のIDでもさがせます。", "Three digits. The id of a visit works too.";
    SHOW = "表示する", "Show";
    ENTER_A_DAY = "2026-11-24のように、年月日を入力してください。", "Please enter a day, such as 2026-11-24.";
    ENTER_A_DAY_AFTER_THE_FIRST =
        "はじめの日より後の日を、2026-11-24のように入力してください。",
        "Please enter a day after the first one, such as 2026-11-24.";
    ENTER_THREE_DIGITS = "予約番号を3桁の数字で入力してください。", "Please enter the three digits of the booking number.";

    // the rows
    TIME = "日時", "Time";
    SUBJECT = "対象", "About";
    RECORDED_ACTIONS = "記録の一覧", "Recorded actions";
    NOTHING_IS_RECORDED = "この条件の記録はありません", "Nothing is recorded";
    CHANGE_DAYS_OR_FILTER = "日付や条件を変えて、もう一度お試しください。", "Please try other days or another filter.";
    OLDER_ROWS = "これより前の記録", "Older rows";
    NEWEST_ROWS = "新しい記録に戻る", "Back to the newest rows";
    DOWNLOAD_AS_CSV = "CSVで書き出す", "Download as CSV";
    at_most_rows(count) =
        "新しい順に{count}件まで書き出します。患者の氏名は伏せます。書き出したことも記録されます。",
        "At most {count} rows, the newest first. Names of patients are masked. That you downloaded it is recorded.";
    visit_at(time, number) = "予約 {time}（{number}）", "Visit on {time} ({number})";
    visits_of_day(day) = "{day}の予約", "Visits on {day}";
    days_from_to(first, last) = "{first}〜{last}の記録", "Rows from {first} to {last}";

    // the verification
    UNCHANGED_SINCE_WRITTEN = "書き換えられていないかの検証", "Whether the audit is unchanged";
    NEVER_VERIFIED = "まだ検証していません。", "It was never verified here.";
    VERIFY_THE_AUDIT = "すべての記録を検証する", "Verify the whole audit";
    EACH_ROW_IS_CHAINED =
        "記録は1件ずつ、前の記録と鍵でつながっています。書き換えや抜けがあると分かります。",
        "Each row is chained by a key to the row before. A row that was changed or removed is found.";
    VERIFICATION = "記録の検証", "Verification of the audit";
    THERE_ARE_MORE_ROWS = "続きがあります", "There are more rows";
    GO_ON_VERIFYING = "続きを検証する", "Continue";
    THE_AUDIT_IS_WHOLE = "記録は書き換えられていません", "The audit is unchanged";
    THE_AUDIT_WAS_CHANGED = "記録に書き換えか抜けがあります", "The audit was changed";
    TELL_THE_OPERATOR =
        "記録は消さずに、サービスの運営者へすぐに連絡してください。",
        "Please tell the operator of the service at once. Nothing must be deleted.";
    BACK_TO_THE_AUDIT = "操作の記録に戻る", "Back to the audit";
    last_found_whole(time, name, rows) =
        "前回：{time} {name}。{rows}件に書き換えはありませんでした。",
        "Last time: {time}, {name}. {rows} rows were unchanged.";
    last_found_faulty(time, name, position) =
        "前回：{time} {name}。{position}件目に書き換えか抜けがありました。",
        "Last time: {time}, {name}. Row {position} was changed or missing.";
    verified_so_far(rows) = "{rows}件目まで、書き換えはありません。", "No row up to row {rows} was changed.";
    all_rows_are_unchanged(rows) = "{rows}件すべてを検証しました。", "All {rows} rows were verified.";
    row_was_changed(position) =
        "{position}件目が、書かれたときと違うか、抜けています。",
        "Row {position} is missing or differs from what was written.";

    // actions
    LOOKED_AT_A_PICTURE = "画像を見た", "looked at a picture";
    SAW_A_PICTURE_IN_A_LIST = "一覧で画像を見た", "saw a picture in a list";
    UPLOADED_A_PICTURE = "画像を登録した", "uploaded a picture";
    SENT_A_PICTURE = "画像を送った", "sent a picture";
    ERASED_A_PICTURE = "画像を消した", "erased a picture";
    OPENED_A_DAY = "予約の一覧を見た", "opened the list of a day";
    OPENED_A_VISIT = "予約を開いた", "opened a visit";
    SEARCHED_FOR_VISITS = "予約をさがした", "searched for visits";
    SAW_CONCERNED_VISITS = "休診で変更が必要な予約を見た", "saw the visits that a closure concerns";
    PRINTED_A_DAY = "予約の一覧を印刷した", "printed the list of a day";
    EXPORTED_A_DAY = "予約の一覧をCSVで書き出した", "downloaded the list of a day";
    OPENED_A_PATIENT = "予約を入れる患者を開いた", "opened a patient to book for";
    ENTERED_A_PATIENT = "患者を登録した", "entered a patient";
    INVITED_A_PATIENT = "患者にメールで案内を送った", "invited a patient by e-mail";
    BOOKED_A_VISIT = "予約を入れた", "booked a visit";
    RECORDED_A_DELAY = "遅れると記録した", "recorded a delay";
    ADDED_A_RELATIVE = "家族を追加した", "added a relative";
    CHANGED_A_RELATIVE = "家族の情報を変えた", "changed a relative's details";
    REMOVED_A_RELATIVE = "家族を外した", "removed a relative";
    INVITED_ANOTHER_ACCOUNT = "ほかの方を招待した", "invited another person to act";
    ENDED_A_PARENTS_ACCESS = "18歳になり、保護者の利用を終了した", "ended a parent's access at 18";
    MOVED_A_VISIT = "日時を変更した", "moved a visit";
    CANCELLED_A_VISIT = "予約をキャンセルした", "cancelled a visit";
    CHANGED_THE_HOURS = "診療時間を変更した", "changed the hours";
    ADDED_A_DOCTOR = "医師を追加した", "added a doctor";
    CHANGED_A_DOCTOR = "医師の情報を変更した", "changed a doctor";
    DOCTOR_LEFT = "医師の診療を終了した", "ended a doctor's visits";
    DOCTOR_RETURNED = "医師の診療を再開した", "let a doctor return";
    ADDED_A_SESSION = "臨時の診療を追加した", "added a session";
    REMOVED_A_SESSION = "臨時の診療を取り消した", "removed a session";
    ADDED_A_CLOSURE = "休診を追加した", "added a closure";
    LIFTED_A_CLOSURE = "休診を取り消した", "lifted a closure";
    SAVED_A_MENU = "メニューを保存した", "saved a menu";
    WITHDREW_A_MENU = "メニューの受付を終了した", "withdrew a menu";
    OFFERED_A_MENU = "メニューの受付を再開した", "offered a menu again";
    EXPORTED_PERSONAL_DATA = "個人情報をダウンロードした", "downloaded personal data";
    CLOSED_THE_ACCOUNT = "退会した", "closed the account";
    INVITED_A_MEMBER = "職員を招待した", "invited a member";
    INVITED_AGAIN = "招待をもう一度送った", "sent an invitation again";
    WITHDREW_AN_INVITATION = "招待を取り消した", "withdrew an invitation";
    ACCEPTED_AN_INVITATION = "招待を受けた", "accepted an invitation";
    MADE_SOMEBODY_DESK = "役割を受付に変更した", "changed a role to desk";
    MADE_SOMEBODY_DOCTOR = "役割を医師に変更した", "changed a role to doctor";
    MADE_SOMEBODY_MANAGER = "役割を管理者に変更した", "changed a role to manager";
    ENDED_AN_ACCESS = "職員の利用を終了した", "ended somebody's access";
    TURNED_SECOND_FACTOR_ON = "二段階認証をオンにした", "turned two-step sign-in on";
    TURNED_SECOND_FACTOR_OFF = "二段階認証をオフにした", "turned two-step sign-in off";
    RENEWED_RECOVERY_CODES = "回復コードを作り直した", "made new recovery codes";
    RESET_A_SECOND_FACTOR = "職員の二段階認証を解除した", "reset somebody's two-step sign-in";
    MADE_A_PROGRAM_PASSWORD = "端末用のパスワードを作った", "made a password for programs";
    DELETED_A_PROGRAM_PASSWORD = "端末用のパスワードを削除した", "deleted a password for programs";
    OPENED_THE_CHAIN = "記録を始めた", "opened the audit";
    READ_THE_AUDIT = "操作の記録を見た", "read the audit";
    EXPORTED_THE_AUDIT = "操作の記録をCSVで書き出した", "downloaded the audit";
    VERIFIED_THE_AUDIT = "操作の記録を検証した", "verified the audit";
}
