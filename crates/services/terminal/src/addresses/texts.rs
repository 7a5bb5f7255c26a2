//! What 医療機関別URL取得・変更 says: the address where patients register.

use text::texts;

texts! {
    ADDRESS_OF_THE_INSTITUTION = "医療機関別URL取得・変更", "Address of the institution (医療機関別URL取得・変更)";
    KIND_OF_CARE = "診療の種類", "Kind of care";
    THE_ADDRESS_WAS_CHANGED = "URLを変更しました", "The address was changed";
    OLD_ADDRESS_LEADS_NOWHERE_NOW =
        "前のURLと二次元コードは使えません。掲示物やホームページを差し替えてください。",
        "The old address and its codes lead nowhere now. Replace what hangs on walls and stands on web pages.";
    THERE_IS_NO_ADDRESS_YET = "URLはまだありません", "There is no address yet";
    GET_ADDRESS_WITH_BUTTON_BELOW = "下のボタンで取得してください。", "Get one with the button below.";
    QR_CODE_OF_ADDRESS = "同意登録のURLの二次元コード", "QR code of the address to register at";
    SAVE_AS_PNG = "PNGで保存", "Save as PNG";
    SAVE_AS_PDF = "PDFで保存", "Save as PDF";
    CHANGE_THE_ADDRESS = "URLを変更する", "Change the address";
    CHANGE_OF_ADDRESS = "URLの変更", "Change the address";
    OLD_ADDRESS_WILL_LEAD_NOWHERE = "前のURLは使えなくなります", "The old address will lead nowhere";
    CODES_AND_LINKS_LEAD_NOWHERE =
        "変更すると、患者に渡した二次元コードやリンクはすぐに使えなくなります。すでに登録された同意はそのまま残ります。",
        "Codes and links that patients have lead nowhere from that moment on. What they registered stays.";
    CHANGE_ADDRESS_BUTTON = "変更する", "Change it";
    BACK_WITHOUT_CHANGING = "変更せずに戻る", "Back without changing";
}
