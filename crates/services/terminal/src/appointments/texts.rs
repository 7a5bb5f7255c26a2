//! What the page says that brings the appointments of a day to this terminal.

use text::texts;

texts! {
    APPOINTMENTS = "予約の読み込み", "Appointments";
    SHOWN_BESIDE_RECEPTIONS =
        "受付と予約を並べるために使います。ログアウトするか日が変わると、この端末から消えます。",
        "Shown beside the receptions. They are gone from this terminal when you sign out or the day ends.";
    PASTE_A_FILE_OR_TYPE = "ファイルの内容を貼り付ける・入力する", "Paste a file, or type";
    FROM_THE_ONLINE_SERVICE = "オンライン診療の予約を取得", "From the online service";
    GET_THE_APPOINTMENTS = "予約を取得する", "Get the appointments";
    ASKS_WITH_DESKS_ACCOUNT =
        "受付デスクのアカウントで、この日の予約だけを取得します。",
        "Asks for the visits of that day with the desk's account.";
    READ_APPOINTMENTS = "読み込む", "Read them";
    THEY_REPLACE_THOSE_READ_BEFORE = "前に読み込んだ予約と入れ替えます。", "They take the place of those read before.";
    APPOINTMENTS_ONE_A_LINE = "予約（1行に1件）", "Appointments, one a line";
    HOW_TO_WRITE_APPOINTMENTS =
        "時刻,氏名,カナ,生年月日,受付番号（受付番号はなくてもかまいません） 例：10:30,見本 花子,ミホン ハナコ,昭和59年5月2日, 表からそのまま貼り付けることもできます。",
        "time,name,kana,birthday,reception number (which may be missing). For example: 10:30,見本 花子,ミホン ハナコ,1984-05-02, You can also paste rows from a spreadsheet.";
    ENTER_DAY_OF_CALENDAR = "年月日を正しく入力してください", "Enter a day of the calendar";
    DAY = "予約の年月日", "Day";
    line_cannot_be_read(line) = "{line}行目を読み取れません", "Line {line} cannot be read";
    SEPARATE_THE_FOUR_VALUES =
        "時刻・氏名・カナ・生年月日の4つを「,」かタブで区切ってください。",
        "Write time, name, kana and birthday, with commas or tabs between them.";
    HOW_TO_WRITE_BIRTHDAY =
        "生年月日を、昭和60年4月3日 や 1985-04-03 の形で書いてください。",
        "Write the birthday like 1985-04-03 or 昭和60年4月3日.";
    RECEPTION_NUMBER_IS_WRONG = "受付番号が正しくありません。", "The reception number is not one.";
    DESKS_ACCOUNT_IS_NOT_ACCEPTED = "受付デスクのアカウントでログインできません", "The desk's account is not taken";
    ASK_ADMINISTRATOR_TO_CHECK_ACCOUNT =
        "管理者に、この端末の設定にあるメールアドレスとパスワードの確認を頼んでください。",
        "Ask the administrator to check the address and password in this terminal's settings.";
    SERVICE_DID_NOT_GIVE_APPOINTMENTS =
        "オンライン診療の予約を取得できません",
        "The service did not give the appointments";
    WAIT_LITTLE_AND_TRY_AGAIN =
        "少し待ってからもう一度お試しください。お急ぎの場合は、下に予約を入力できます。",
        "Wait a little and try again. If it is urgent, type the appointments below.";
    TIME = "時刻", "Time";
    NAME = "氏名", "Name";
    KANA = "カナ", "Kana";
    BORN = "生年月日", "Born";
    RECEPTION = "受付番号", "Reception";
    appointments_of_day(day, count, time) = "{day}：{count}件（{time} 取得）", "{day}: {count} (brought {time})";
    TAKE_APPOINTMENTS_AWAY = "この端末から消す", "Take them away";
}
