//! What the command line says, in Vietnamese and English, and what to do about an error.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use rasoat_casework::{CommuneCode, DeviceId};
use rasoat_exchange::{Bundle, BundleError, Content, ProblemCode, RecoveryFileError, Retention};
use rasoat_server::{
    AsideReport, AuditCheck, BundleFailure, BundleReport, Counts, DataDirError, EnrolError, Enrolled,
    FileCounts, Health, InitError, Looked, MoveError, Moved, OpenError, RecoverError, RecoveryShown,
    SayError, ServerBackup, ServerBackupError, TlsError,
    storage::{Account, AuditBreak, HeldPage, HouseholdKeyRef, StorageError},
    view::Role,
};

pub(crate) const REVOKED: &str =
    "Đã thu hồi máy. Dữ liệu trên máy không bị xóa.\nDevice revoked. Nothing on it is deleted.";
pub(crate) const NOT_REVOKED: &str =
    "Không có máy này, hoặc đã thu hồi từ trước.\nNo such device, or it was revoked before.";
pub(crate) const WIDENED: &str = "Đã thêm xã cho máy.\nThe device has these communes now.";
pub(crate) const NO_DEVICE: &str = "Không có máy này.\nNo such device.";
pub(crate) const REBUILT: &str = "Đã lập lại danh sách và số liệu.\nLists and counts were made again.";

/// A copy that was made and read again.
pub(crate) fn backed_up(made: &ServerBackup, to: &Path, with_keys: bool) -> String {
    let (to, bytes, at) = (to.display(), made.bytes(), &made.made_at);
    let (vi, en) = if with_keys {
        (
            "Trong bản sao có khóa: ai có bản sao này đọc được tất cả. Hãy cất nơi an toàn.",
            "The keys are in it: whoever has this copy can read all of it. Keep it in a safe place.",
        )
    } else {
        (
            "Không kèm khóa: muốn khôi phục phải có bản sao thư mục keys, cất riêng.",
            "The keys are not in it: to restore it a copy of the directory keys is needed, kept apart.",
        )
    };
    format!(
        "Đã sao lưu và đọc lại đúng: {to}\nBacked up and read again: {to}\n{vi}\n{en}\nmade at: {at}\nbytes: {bytes}"
    )
}

/// A copy that is in place.
pub(crate) fn restored(backup: &ServerBackup, data: &Path) -> String {
    let (data, at) = (data.display(), &backup.made_at);
    format!(
        "Đã khôi phục vào {data}, như lúc {at}. Máy nào gửi sau lúc đó sẽ tự gửi lại phần còn thiếu.\n\
         Restored into {data}, as of {at}. Laptops that sent something since send again what is missing."
    )
}

/// One thing that was looked at.
pub(crate) fn health(looked: Looked, health: &Health) -> String {
    let mark = match health {
        Health::Well => "OK ",
        Health::Doubtful => "?  ",
        Health::Ill(_) => "!! ",
    };
    let (name, vi, en) = match looked {
        Looked::Config => (
            "rasoat-server.toml",
            "Hãy sửa tệp cấu hình theo lời báo; khóa lạ không được nhận.",
            "Mend the configuration as it says; unknown keys are refused.",
        ),
        Looked::Keys => {
            ("keys", "Hãy lấy lại thư mục keys từ bản sao.", "Restore the directory keys from its copy.")
        }
        Looked::Permissions => (
            "permissions",
            "Chỉ chủ sở hữu được đọc: chmod -R go= lên thư mục máy chủ.",
            "Only the owner may read: chmod -R go= on the server's directory.",
        ),
        Looked::Database => (
            "database",
            "Hãy dừng máy chủ, cất thư mục này sang chỗ khác và khôi phục bản sao gần nhất: rasoat-server backup restore.",
            "Stop the server, put this directory aside and restore the newest copy: rasoat-server backup restore.",
        ),
        Looked::Room => (
            "disk",
            "Đĩa còn dưới 5 GiB. Hãy giải phóng hoặc thêm chỗ trước khi đầy.",
            "Less than 5 GiB free. Make room before the disk is full.",
        ),
        Looked::Clock => (
            "clock",
            "Đồng hồ máy sai. Hãy bật đồng bộ thời gian (timedatectl set-ntp true).",
            "The machine's clock is wrong. Turn on time synchronisation (timedatectl set-ntp true).",
        ),
        Looked::Address => (
            "public_url",
            "Địa chỉ công khai không phải https: mật khẩu đi trên mạng ai cũng đọc được.",
            "The public address is not https: passwords can be read on their way.",
        ),
        Looked::Certificate => (
            "tls",
            "Hãy xem lại tệp chứng thư và khóa (PEM).",
            "Look at the files of the certificate and its key (PEM).",
        ),
    };
    match health {
        Health::Well => format!("{mark}{name}"),
        Health::Doubtful => format!("{mark}{name}\n   {vi}\n   {en}"),
        Health::Ill(why) => format!("{mark}{name}: {why}\n   {vi}\n   {en}"),
    }
}

/// How much was moved, and what there is to do.
pub(crate) fn moved(moved: Moved) -> String {
    let Moved { edits, households } = moved;
    format!(
        "Đã chuyển {edits} lần ghi và {households} hộ sang PostgreSQL, đã đối chiếu khớp. Từ lần chạy sau máy chủ dùng nơi lưu mới.\n\
         Tệp rasoat.db vẫn còn nguyên: hãy cất giữ cho đến khi chắc chắn, rồi xóa.\n\
         {edits} edits and {households} households were moved to PostgreSQL and compared: they are equal. The server uses it from its next start on.\n\
         The file rasoat.db is as it was: keep it until you are certain, then remove it."
    )
}

/// The households whose lines changed when they were made anew: ids alone.
pub(crate) fn compared(differing: &[HouseholdKeyRef]) -> String {
    if differing.is_empty() {
        return "Danh sách lập lại khớp hoàn toàn với danh sách cũ.\nThe lists made again equal those before.".to_owned();
    }
    let line = |key: &HouseholdKeyRef| format!("commune {} household {}", key.commune, key.household);
    let mut lines: Vec<String> = differing.iter().map(line).collect();
    lines.push(format!(
        "{0} hộ khác với trước khi lập lại. Danh sách mới đúng theo các lần ghi.\n\
         {0} households differ from before. The new lists are what the edits say.",
        differing.len()
    ));
    lines.join("\n")
}

pub(crate) const ACCOUNT_DISABLED: &str =
    "Đã khóa tài khoản; các phiên đã kết thúc.\nAccount disabled; its sessions ended.";
pub(crate) const SECOND_FACTOR_OFF: &str =
    "Đã tắt mã xác thực; các phiên đã kết thúc.\nThe second factor is off; the account's sessions ended.";
pub(crate) const NO_SECOND_FACTOR: &str =
    "Tài khoản này không bật mã xác thực.\nThe account has no second factor.";
pub(crate) const ACCOUNT_ENABLED: &str = "Tài khoản đăng nhập lại được.\nThe account may log in again.";

/// A password for one log-in.
pub(crate) fn password_shown(name: &str, password: &str) -> String {
    format!(
        "Mật khẩu chỉ hiện một lần, và phải đổi khi đăng nhập.\n\
         The password is shown this once, and is to be changed at log-in.\n\
         username: {name}\n\
         password: {password}"
    )
}

/// An account in a line.
pub(crate) fn account(account: &Account) -> String {
    let role = match account.role {
        Role::Administrator => "administrator",
        Role::Officer => "officer",
        Role::Supervisor => "supervisor",
        Role::Reader => "reader",
    };
    let communes: Vec<&str> = account.communes.iter().map(CommuneCode::as_str).collect();
    let communes = if communes.is_empty() { "*".to_owned() } else { communes.join(" ") };
    let disabled = if account.disabled_at.is_some() { "\tdisabled" } else { "" };
    format!("{}\t{role}\t{communes}{disabled}", account.name)
}

/// What the check of the audit log found.
pub(crate) fn audit_check(check: &AuditCheck) -> String {
    let found = match check.broken {
        None => "Nhật ký nguyên vẹn.\nThe audit log is whole.".to_owned(),
        Some(AuditBreak::Line(number)) => format!(
            "Nhật ký bị sửa ở dòng {number} hoặc ngay trước đó.\n\
             The audit log was changed at line {number} or just before it."
        ),
        Some(AuditBreak::End(number)) => format!(
            "Nhật ký bị cắt: lẽ ra đến dòng {number}.\nThe audit log was cut: it went as far as line {number}."
        ),
    };
    let head =
        check.head.as_ref().map_or_else(String::new, |(number, hash)| format!("\nhead: {number} {hash}"));
    format!("{found}\nlines: {}\nbefore the chain: {}{head}", check.lines, check.unchained)
}

/// The term that laptops go by.
pub(crate) fn retention(term: Option<&Retention>) -> String {
    let Some(term) = term else {
        return "Chưa định hạn giữ dữ liệu trên máy.\nNo term: laptops keep what they have.".to_owned();
    };
    let (round, days) = (term.round.0, term.days);
    let (locked, due) =
        (rasoat_server::rfc3339(term.locked_at_millis), rasoat_server::rfc3339(term.due_millis()));
    format!(
        "Đợt {round} đã khóa; các máy giữ dữ liệu thêm {days} ngày, đến {due}.\n\
         Round {round} is locked; laptops keep its households for {days} days.\n\
         locked: {locked}\n\
         due: {due}"
    )
}

/// Writes a line to standard output.
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(())
}

pub(crate) fn made(data: &Path, account: &str, password: &str) -> String {
    let data = data.display();
    format!(
        "Đã tạo máy chủ trong {data}. Hãy cất bản sao thư mục keys ở nơi an toàn.\n\
         Server made in {data}. Keep a copy of its directory keys in a safe place.\n\
         Mật khẩu chỉ hiện một lần / The password is shown this once:\n\
         username: {account}\n\
         password: {password}"
    )
}

pub(crate) fn enrolled(out: &Path, enrolled: &Enrolled) -> String {
    let out = out.display();
    format!(
        "Đã ghi tệp đăng ký: {out}\nEnrolment file written: {out}\n\
         Đưa mã cho người dùng bằng đường khác, không kèm tệp. Mã chỉ hiện một lần.\n\
         Có mạng thì không cần tệp: nhập địa chỉ và mã trên máy.\n\
         Give the code to the person by another way than the file. It is shown this once.\n\
         With a network no file is needed: the laptop takes the address and the code.\n\
         device: {}\n\
         expires: {}\n\
         address: {}\n\
         address works until: {}\n\
         server fingerprint: {}\n\
         code: {}",
        enrolled.device.0,
        enrolled.expires_at,
        enrolled.address,
        enrolled.fetched_until,
        enrolled.fingerprint,
        enrolled.code.as_str()
    )
}

/// Counts alone: names go to the file, if one is asked for.
pub(crate) fn held(page: &HeldPage, csv: Option<&Path>) -> String {
    let (certain, possible) = (page.certain, page.total - page.certain);
    let written = csv.map(|path| {
        let path = path.display();
        format!("\nĐã ghi danh sách có họ tên: {path}. Hãy giữ kín.\nList with names written: {path}. Keep it secret.")
    });
    format!(
        "Chắc chắn có trên máy: {certain} hộ. Có thể có: {possible} hộ.\n\
         Hộ mà máy thu thập sau lần gửi cuối, chưa ai mang về, không có trong danh sách.\n\
         Certainly on the laptop: {certain} households. Possibly: {possible}.\n\
         What it collected after it last sent, and nobody has brought, is in no list.{}",
        written.unwrap_or_default()
    )
}

/// Ids and counts, a line for each laptop.
pub(crate) fn aside(found: &BTreeMap<DeviceId, AsideReport>) -> String {
    if found.is_empty() {
        return "Không có gì chờ quyết định.\nNothing waits for a decision.".to_owned();
    }
    let line = |(device, report): (&DeviceId, &AsideReport)| {
        format!(
            "device {} batches {} edits {} after_revocation {} refused {} last {}",
            device.0,
            report.batches,
            report.edits,
            report.edits_after,
            report.refused,
            rasoat_server::rfc3339(report.last_at)
        )
    };
    let mut lines: Vec<String> = found.iter().map(line).collect();
    lines.push("Nhận: rasoat-server device accept. Không nhận: rasoat-server device refuse.".to_owned());
    lines.push("Take in: rasoat-server device accept. Refuse: rasoat-server device refuse.".to_owned());
    lines.join("\n")
}

/// As for a bundle, without a file.
pub(crate) fn taken_in(report: &BundleReport) -> String {
    lines_of(report).join("\n")
}

pub(crate) fn aside_refused(batches: usize) -> String {
    format!("Không nhận {batches} lô; vẫn giữ lại.\n{batches} batches refused; they are kept.")
}

pub(crate) fn manifest(bundle: &Bundle) -> String {
    let kind = match &bundle.content {
        Content::Edits(_) => "edits",
        Content::Reply(_) => "reply",
    };
    let manifest = &bundle.manifest;
    let edits: u64 = manifest.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.edits));
    let mut lines = vec![
        format!("kind: {kind}"),
        format!("created: {}", rasoat_server::rfc3339(manifest.created_at_millis)),
        format!("creator: {}", manifest.creator),
        format!("batches: {}", manifest.entries.len()),
        format!("edits: {edits}"),
        format!("news: {}", manifest.news),
        format!("files: {}", manifest.files.len()),
    ];
    lines.extend(manifest.entries.iter().map(|entry| {
        format!("batch {} device {} edits {}", entry.batch.to_hex(), entry.device.0, entry.edits)
    }));
    lines.join("\n")
}

/// Codes, ids and counts, a line for each batch and household; nobody is named.
pub(crate) fn imported(file: &Path, report: &BundleReport) -> String {
    let mut lines = vec![format!("bundle {}", file.display())];
    lines.extend(lines_of(report));
    lines.join("\n")
}

fn lines_of(report: &BundleReport) -> Vec<String> {
    let counts =
        |counts: &Counts| format!("new {} known {} refused {}", counts.new, counts.known, counts.refused);
    let mut lines = Vec::new();
    for batch in &report.batches {
        let mut line = format!("batch {} device {} ", batch.batch.to_hex(), batch.device.0);
        match batch.refused {
            Some(code) => line += code.as_str(),
            None => line += &counts(&batch.counts),
        }
        for (code, times) in &batch.verdicts {
            line += &format!(" {code}={times}");
        }
        lines.push(line);
    }
    for ((commune, household), of_it) in &report.households {
        lines.push(format!("household {} {household} {}", commune.as_str(), counts(of_it)));
    }
    let files = &report.files;
    if *files != FileCounts::default() {
        let mut line = format!("files new {} known {} waiting {}", files.new, files.known, files.unnamed);
        for (code, times) in &files.refused {
            line += &format!(" {code}={times}");
        }
        lines.push(line);
    }
    if report.batches.iter().any(|batch| batch.refused == Some(ProblemCode::DeviceRevoked)) {
        lines.push("Phần của máy đã thu hồi được để riêng: rasoat-server device aside.".to_owned());
        lines.push("What revoked laptops signed is set aside: rasoat-server device aside.".to_owned());
    }
    lines.push(if report.refuses() {
        "Có phần bị từ chối; phần còn lại đã lưu.\nSomething was refused; the rest is stored.".to_owned()
    } else {
        "Đã lưu tất cả.\nEverything is stored.".to_owned()
    });
    lines
}

pub(crate) fn identity_written(out: &Path, recipient: &str) -> String {
    let out = out.display();
    format!(
        "Đã ghi khóa mở gói dữ liệu: {out}. Ai có tệp này đọc được mọi gói gửi về máy chủ; hãy giữ kín.\n\
         Identity written: {out}. Whoever has it can read every bundle for this server; keep it secret.\n\
         recipient: {recipient}"
    )
}

pub(crate) fn replied(out: &Path) -> String {
    let out = out.display();
    format!("Đã ghi và đọc lại tệp trả lời: {out}\nReply written and read back: {out}")
}

pub(crate) fn recovery(shown: &RecoveryShown) -> String {
    let known = match (&shown.name, shown.revoked) {
        (None, _) => "không biết / not known",
        (Some(_), true) => "đã thu hồi / revoked",
        (Some(_), false) => "đang dùng / in use",
    };
    format!(
        "Gọi cho người đang ngồi trước máy: sáu số trên màn hình phải giống số dưới đây.\n\
         Call the person at the laptop: the six digits on its screen must be those below.\n\
         device: {}\n\
         name: {}\n\
         state: {known}\n\
         made: {}\n\
         number: {}",
        shown.device,
        shown.name.as_deref().unwrap_or("-"),
        rasoat_server::rfc3339(shown.made_at_millis),
        shown.number
    )
}

pub(crate) fn recovery_answered(out: &Path) -> String {
    let out = out.display();
    format!(
        "Đã ghi tệp trả lời: {out}. Chỉ máy đã xin mới mở được.\n\
         Answer written: {out}. Only the laptop that asked can open it."
    )
}

/// Says on standard error what went wrong and what to do.
pub(crate) fn say_error(error: &anyhow::Error) {
    let (vi, en) = advice(error);
    let mut out = std::io::stderr().lock();
    // Nobody is left to tell when this fails.
    let _ = writeln!(out, "Lỗi: {vi}\nError: {en}\n({error:#})");
}

const MEANWHILE: (&str, &str) = (
    "Người khác vừa thay đổi việc này. Hãy xem lại rồi làm lại.",
    "Somebody else has just changed this. Look at it again, then do it again.",
);

fn advice(error: &anyhow::Error) -> (&'static str, &'static str) {
    if let Some(failure) = error.downcast_ref::<BundleFailure>() {
        return of_bundle(failure);
    }
    if let Some(refusal) = error.downcast_ref::<RecoverError>() {
        return of_recovery(refusal);
    }
    if let Some(failure) = error.downcast_ref::<ServerBackupError>() {
        return of_backup(failure);
    }
    if let Some(error) = error.downcast_ref::<DataDirError>() {
        return of_data_dir(error);
    }
    if error.is::<TlsError>() {
        return (
            "Không dùng được chứng thư TLS. Hãy xem lại mục [tls] trong rasoat-server.toml: tệp PEM của chứng thư và khóa của chính nó.",
            "The TLS certificate cannot be used. Look at [tls] in rasoat-server.toml: PEM files of the certificate and of its own key.",
        );
    }
    if let Some(refusal) = error.downcast_ref::<MoveError>() {
        return of_move(refusal);
    }
    let open = error.downcast_ref::<OpenError>().or_else(|| match error.downcast_ref::<InitError>() {
        Some(InitError::Open(open)) => Some(open),
        Some(InitError::NoRandomness(_)) | None => None,
    });
    match (open, error.downcast_ref::<EnrolError>()) {
        (Some(OpenError::DataDir(error)), _) | (_, Some(EnrolError::DataDir(error))) => of_data_dir(error),
        (Some(OpenError::Storage(error)), _) | (_, Some(EnrolError::Storage(error))) => of_storage(*error),
        (Some(OpenError::Said(SayError::Storage(error))), _) => of_storage(*error),
        (Some(OpenError::Said(SayError::Meanwhile)), _) => MEANWHILE,
        (Some(OpenError::Library(_)), _) => (
            "Biểu mẫu, chuẩn hoặc danh mục đi kèm không dùng được. Hãy cài lại chương trình.",
            "A form, standard or code list that came with the program cannot be used. Install the program anew.",
        ),
        (None, Some(EnrolError::UnknownCommune(_))) => (
            "Mã xã không có trong danh mục từ ngày 01/7/2025. Hãy kiểm tra lại mã 5 chữ số.",
            "The commune's code is not on the list in force since 1 July 2025. Check its five digits.",
        ),
        (None, Some(EnrolError::NoCommune)) => {
            ("Hãy cho ít nhất một mã xã bằng --commune.", "Give at least one commune with --commune.")
        }
        (None, Some(EnrolError::Villages { .. })) => (
            "Tệp thôn cần các cột id,name,area_type,households (area_type là rural hoặc urban; nhiều xã thì thêm cột commune).",
            "The villages' file needs the columns id,name,area_type,households (area_type is rural or urban; for several communes also commune).",
        ),
        (None, Some(EnrolError::File(_) | EnrolError::Seal | EnrolError::NoRandomness(_))) => {
            ("Không tạo được tệp đăng ký. Hãy thử lại.", "The enrolment file could not be made. Try again.")
        }
        (None, None) => match (error.downcast_ref::<StorageError>(), error.downcast_ref::<SayError>()) {
            (Some(error), _) | (None, Some(SayError::Storage(error))) => of_storage(*error),
            (None, Some(SayError::Meanwhile)) => MEANWHILE,
            (None, None) => of_the_system(error),
        },
    }
}

fn of_backup(error: &ServerBackupError) -> (&'static str, &'static str) {
    match error {
        ServerBackupError::DataDir(error) => of_data_dir(error),
        ServerBackupError::Storage(error) => of_storage(*error),
        ServerBackupError::NotABackup(_) => (
            "Thư mục này không có bản sao lưu trọn vẹn (thiếu backup.json), hoặc do bản chương trình mới hơn làm. Hãy chọn bản khác.",
            "There is no whole backup in this directory (backup.json is missing), or a later program made it. Choose another.",
        ),
        ServerBackupError::Damaged(_) => (
            "Bản sao lưu không còn nguyên vẹn. Hãy dùng bản khác.",
            "The backup is not as it was written. Use another one.",
        ),
        ServerBackupError::OnPostgres => (
            "Dữ liệu của máy chủ nằm trong PostgreSQL. Hãy sao lưu bằng pg_dump, và cất riêng thư mục keys cùng tệp rasoat-server.toml: thiếu khóa thì không đọc được bản sao.",
            "The server's data are in PostgreSQL. Back them up by pg_dump, and keep the directory keys and the file rasoat-server.toml apart: without the keys a copy cannot be read.",
        ),
        ServerBackupError::NoKeys => (
            "Bản sao lưu không kèm khóa. Hãy cho thư mục keys đã cất riêng bằng --keys.",
            "The keys are not in the backup. Give the directory keys that was kept apart by --keys.",
        ),
        ServerBackupError::Io(..) => (
            "Không đọc hoặc ghi được tệp. Hãy xem lại đường dẫn và quyền.",
            "A file cannot be read or written. Look at the path and its permissions.",
        ),
    }
}

fn of_data_dir(error: &DataDirError) -> (&'static str, &'static str) {
    match error {
        DataDirError::NotEmpty(_) => (
            "Thư mục đã có dữ liệu, nên không tạo máy chủ mới ở đây. Hãy chọn thư mục trống.",
            "The directory is not empty, so no new server is made here. Choose an empty one.",
        ),
        DataDirError::NotInitialised(_) => (
            "Chưa có máy chủ trong thư mục này. Hãy chạy rasoat-server init --data THƯ_MỤC.",
            "There is no server in this directory. Run rasoat-server init --data DIRECTORY.",
        ),
        DataDirError::Config(_) => (
            "Không hiểu tệp rasoat-server.toml. Hãy sửa dòng nêu bên dưới.",
            "The file rasoat-server.toml is not understood. Correct what is named below.",
        ),
        DataDirError::Key(_) => (
            "Tệp khóa bị hỏng. Hãy chép lại thư mục keys từ bản sao.",
            "A key file is damaged. Restore the directory keys from its copy.",
        ),
        DataDirError::Io(..) => (
            "Hệ điều hành không cho đọc hoặc ghi thư mục. Hãy kiểm tra quyền và chỗ trống trên đĩa.",
            "The operating system refused to read or write the directory. Check rights and free space.",
        ),
    }
}

fn of_move(refusal: &MoveError) -> (&'static str, &'static str) {
    match refusal {
        MoveError::DataDir(error) => of_data_dir(error),
        MoveError::AlreadyThere => (
            "Máy chủ đã dùng PostgreSQL. Không có gì để chuyển.",
            "The server uses PostgreSQL already. There is nothing to move.",
        ),
        MoveError::NotEmpty => (
            "Cơ sở dữ liệu đích đã có dữ liệu, nên không chuyển gì. Hãy tạo cơ sở dữ liệu trống.",
            "The target database is not empty, so nothing was moved. Make an empty one.",
        ),
        MoveError::NotEqual => (
            "Nơi lưu mới không khớp với nơi cũ, nên đã hủy việc chuyển. Máy chủ vẫn dùng tệp rasoat.db.",
            "The target did not hold what the source holds, so the move was undone. The server uses rasoat.db as before.",
        ),
        MoveError::Storage(error) => of_storage(*error),
    }
}

fn of_bundle(failure: &BundleFailure) -> (&'static str, &'static str) {
    match failure {
        BundleFailure::File(BundleError::NotABundle) => (
            "Đây không phải tệp gói dữ liệu (.rasoat). Hãy chọn lại tệp.",
            "This is not a bundle (.rasoat). Choose another file.",
        ),
        BundleFailure::File(BundleError::NewerFormat) => (
            "Tệp do phiên bản mới hơn tạo ra. Hãy nâng cấp máy chủ rồi nhập lại.",
            "The file was made by a newer program. Update the server, then import again.",
        ),
        BundleFailure::File(BundleError::OtherRecipient) => (
            "Tệp được khóa cho máy chủ khác, hoặc đã hỏng. Hãy kiểm tra nơi gửi.",
            "The file is sealed for another server, or damaged. Check where it was to go.",
        ),
        BundleFailure::File(BundleError::Truncated | BundleError::Damaged) => (
            "Tệp bị hỏng hoặc chép chưa hết. Không có gì được nhập từ tệp này. Hãy chép lại từ máy gửi.",
            "The file is damaged or was not copied whole. Nothing of it was taken in. Copy it again from the laptop.",
        ),
        BundleFailure::File(BundleError::TooLarge) => (
            "Tệp quá lớn. Hãy chia thành nhiều gói nhỏ hơn.",
            "The file is too large. Send it as several smaller bundles.",
        ),
        BundleFailure::File(BundleError::Empty) => {
            ("Chưa có gì để ghi hoặc nhập.", "There is nothing to write or to take in yet.")
        }
        BundleFailure::File(BundleError::NotSealed) => {
            ("Không đóng gói được. Hãy thử lại.", "The bundle could not be sealed. Try again.")
        }
        BundleFailure::Reply => (
            "Đây là tệp trả lời dành cho máy tính của cán bộ, không nhập vào máy chủ.",
            "This is a reply for a laptop; a server takes in none.",
        ),
        BundleFailure::Device(ProblemCode::DeviceRevoked) => {
            ("Máy này đã bị thu hồi.", "This device was revoked.")
        }
        BundleFailure::Device(_) => ("Không có máy này.", "There is no such device."),
        BundleFailure::NoRecipient => (
            "Máy này đăng ký từ khi chưa có gói dữ liệu. Hãy đăng ký lại máy.",
            "This device was enrolled before there were bundles. Enrol it again.",
        ),
        BundleFailure::Storage(error) => of_storage(*error),
        BundleFailure::DataDir(error) => of_data_dir(error),
    }
}

fn of_recovery(refusal: &RecoverError) -> (&'static str, &'static str) {
    match refusal {
        RecoverError::File(RecoveryFileError::NotARecovery) => (
            "Đây không phải tệp xin mở lại máy. Hãy chọn lại tệp.",
            "This is not a recovery request. Choose another file.",
        ),
        RecoverError::File(RecoveryFileError::Damaged) => (
            "Tệp bị hỏng hoặc chép chưa hết. Hãy chép lại từ máy đã xin.",
            "The file is damaged or was not copied whole. Copy it again from the laptop.",
        ),
        RecoverError::File(RecoveryFileError::NewerFormat) => (
            "Tệp do phiên bản mới hơn tạo ra. Hãy nâng cấp máy chủ.",
            "The file was made by a newer program. Update the server.",
        ),
        RecoverError::OtherNumber => (
            "Sáu số không khớp. Không trả lời: có thể tệp đã bị tráo. Hãy xin tệp mới từ chính máy đó.",
            "The six digits differ. Not answered: the file may have been exchanged. Ask that laptop for a new one.",
        ),
        RecoverError::UnknownDevice => (
            "Không có máy này. Nếu chắc chắn là máy của tỉnh, dùng --even-if-unknown.",
            "No such device. If it is one of yours for certain, use --even-if-unknown.",
        ),
        RecoverError::Revoked => (
            "Máy này đã bị thu hồi. Nếu chắc chắn máy đang ở đúng người, dùng --even-if-revoked.",
            "This device was revoked. If it is in the right hands for certain, use --even-if-revoked.",
        ),
        RecoverError::OtherProvince => (
            "Khóa của máy này không khóa cho máy chủ này, hoặc tệp keys/recovery.age-identity là của máy chủ khác.",
            "The laptop's key is not sealed to this server, or keys/recovery.age-identity is another server's.",
        ),
        RecoverError::NotSealed => (
            "Tệp xin không ghi nơi nhận dùng được. Hãy xin tệp mới từ máy đó.",
            "The request names nobody it could be sealed to. Ask that laptop for a new one.",
        ),
        RecoverError::DataDir(error) => of_data_dir(error),
        RecoverError::Storage(error) => of_storage(*error),
    }
}

fn of_storage(error: StorageError) -> (&'static str, &'static str) {
    match error {
        StorageError::NotOpened => (
            "Không mở được cơ sở dữ liệu: khóa không đúng, tệp bị thay hoặc địa chỉ PostgreSQL sai. Hãy khôi phục rasoat.db và keys cùng một bản, hoặc kiểm tra địa chỉ.",
            "The database cannot be opened: wrong key, another file, or a wrong PostgreSQL address. Restore rasoat.db and keys from the same copy, or check the address.",
        ),
        StorageError::DiskFull => {
            ("Đĩa đã đầy. Hãy giải phóng chỗ trống.", "The disk is full. Free some space.")
        }
        StorageError::Busy => (
            "Cơ sở dữ liệu đang bận. Hãy thử lại sau ít phút.",
            "The database is busy. Try again in a few minutes.",
        ),
        StorageError::Exists | StorageError::Damaged(_) | StorageError::Failed(_) => (
            "Cơ sở dữ liệu báo lỗi. Hãy giữ nguyên các tệp và báo người quản trị.",
            "The database failed. Leave its files as they are and tell the administrator.",
        ),
    }
}

fn of_the_system(error: &anyhow::Error) -> (&'static str, &'static str) {
    match error.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(std::io::ErrorKind::AddrInUse) => (
            "Cổng này đang có chương trình khác dùng. Hãy chọn cổng khác bằng --listen.",
            "Another program uses this port. Choose another one with --listen.",
        ),
        Some(std::io::ErrorKind::AlreadyExists) => (
            "Tệp đã có sẵn; chương trình không ghi đè. Hãy chọn tên khác.",
            "The file exists and is not written over. Choose another name.",
        ),
        Some(std::io::ErrorKind::NotFound) => (
            "Không tìm thấy tệp hoặc thư mục nêu bên dưới.",
            "The file or directory named below was not found.",
        ),
        Some(_) => (
            "Hệ điều hành từ chối. Hãy kiểm tra quyền và chỗ trống trên đĩa.",
            "The operating system refused. Check rights and free space.",
        ),
        None => ("Chương trình không làm được việc này.", "The program could not do this."),
    }
}
