#include "cli/sentences.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "cli/phrase.h"

namespace vonggac::cli {
namespace {

/// English with {} for what varies -> Vietnamese with {0}, {1} ... for the same pieces. The first that fits counts.
constexpr Phrase kBook[] = {
    {"url: {}", "url: {0}"},
    {"sub_url: {}", "sub_url: {0}"},
    {"--listen: {}", "--listen: {0}"},
    {"a camera address begins with rtsp://", "địa chỉ camera phải bắt đầu bằng rtsp://"},
    {"the camera address has no host; write it as {}", "địa chỉ camera thiếu tên máy; hãy viết như {0}"},
    {"the camera address is empty; write it as {}", "chưa có địa chỉ camera; hãy viết như {0}"},
    {"the camera address holds a blank; a blank is written %20",
     "địa chỉ camera có dấu cách; dấu cách phải viết là %20"},
    {"the camera address holds a line break or another control character",
     "địa chỉ camera có dấu xuống dòng hoặc ký tự điều khiển"},
    {"the port of the camera address must be 1 .. 65535; in a password {}",
     "cổng trong địa chỉ camera phải từ 1 đến 65535; nếu mật khẩu có / ? # thì viết %2F %3F %23, hoặc dùng "
     "--password-stdin"},
    {"the address holds *** in place of a secret; enter the whole address",
     "địa chỉ có *** thay cho phần bí mật; hãy nhập đầy đủ địa chỉ"},
    {"name must be 1 to 80 printable characters, without a blank at either end",
     "tên phải từ 1 đến 80 ký tự in được, không có dấu cách ở đầu và cuối"},
    {"record must be continuous, motion or off",
     "record phải là continuous (liên tục), motion (khi có chuyển động) hoặc off (tắt)"},
    {"transport must be auto, tcp or udp", "transport phải là auto, tcp hoặc udp"},
    {"{} must be a number from {} to {}", "{0} phải là số từ {1} đến {2}"},
    {"{} must be a whole number", "{0} phải là số nguyên"},
    {"password needs a user", "có mật khẩu thì phải có --user"},
    {"sub_password needs a sub_user", "có mật khẩu luồng phụ thì phải có --sub-user"},
    {"sub_user and sub_password need a sub_url", "tên và mật khẩu luồng phụ cần có --sub-url"},
    {"standard input ended before the password", "đầu vào chuẩn kết thúc trước khi có mật khẩu"},
    {"the password line on standard input is too long", "dòng mật khẩu ở đầu vào chuẩn quá dài"},
    {"schedule entry '{}': {}. Write it as: {}", "mục lịch '{0}' chưa đúng. Hãy viết như: {2}"},
    {"a schedule is at most 2048 characters", "lịch dài nhất 2048 ký tự"},
    {"{} is not JSON: {}", "{0} không phải JSON: {1}"},
    {"nothing to change was given; see: {}", "chưa nêu điều cần sửa; xem: {0}"},
    {"there is no data directory {}", "không có thư mục dữ liệu {0}"},
    {"there is no camera {}", "không có camera {0}"},
    {"several cameras are called '{}': give the id", "có nhiều camera tên '{0}': hãy dùng mã (id)"},
    {"no camera is called '{}'", "không có camera nào tên '{0}'"},
    {"a node records at most 512 cameras", "một máy ghi nhiều nhất 512 camera"},
    {"no service runs on {}. Start it with: {}", "không có dịch vụ nào chạy trên {0}. Khởi động bằng: {1}"},
    {"the service does not answer", "dịch vụ không trả lời"},
    {"the service ended the connection", "dịch vụ đã ngắt kết nối"},
    {"another vonggac service has {} open{}", "một dịch vụ vonggac khác đang dùng {0}{1}"},
    {"{} is locked: another vonggac process uses this data directory",
     "{0} đang bị khoá: một tiến trình vonggac khác dùng thư mục dữ liệu này"},
    {"{} belongs to another user; run as the user that owns it",
     "{0} thuộc người dùng khác; hãy chạy bằng người dùng đó"},
    {"{} can be read by other users. Run: {}", "người dùng khác đọc được {0}. Hãy chạy: {1}"},
    {"not a time: '{}'. Write it as {} or {}", "không phải thời điểm: '{0}'. Hãy viết như {1} hoặc {2}"},
    {"not an id: '{}'", "không phải mã (id): '{0}'"},
    {"--to must be later than --from", "--to phải sau --from"},
    {"the range is longer than 24 hours: ask for a shorter one", "khoảng thời gian dài hơn 24 giờ: hãy chọn ngắn hơn"},
    {"nothing is stored of this camera in this range", "camera này không có bản ghi nào trong khoảng này"},
    {"{} exists already", "{0} đã có rồi"},
    {"only a loopback address (127.0.0.1 or [::1]) is possible: {}. For a look from another computer use: {}",
     "chỉ mở được trên địa chỉ trong máy (127.0.0.1 hoặc [::1]): chưa có tài khoản nên ai tới được cổng này cũng xem "
     "được mọi camera. Muốn xem từ máy khác hãy dùng: {1}"},
    {"the port must be 0 .. 65535; write it as {}", "cổng phải từ 0 đến 65535; hãy viết như {0}"},
    {"the area {} does not exist on {}", "địa bàn {0} không tồn tại vào ngày {1}"},
    {"\"{}\" is not a day: write {}", "\"{0}\" không phải ngày: hãy ghi như 31/12/2025 hoặc 2025-12-31"},
    {"write it as {}", "hãy viết như {0}"},
    {"{}: No such file or directory", "{0}: không có tệp hoặc thư mục này"},
    {"{}: Permission denied", "{0}: không có quyền"},
};

/// The pieces that stand for {} in `pattern`, or nothing where the text does not fit.
std::optional<std::vector<std::string_view>> pieces_of(std::string_view pattern, std::string_view text) {
  std::vector<std::string_view> pieces;
  std::size_t hole = pattern.find("{}");
  if (text.substr(0, hole) != pattern.substr(0, hole)) return std::nullopt;
  if (hole == std::string_view::npos) return pieces;
  text.remove_prefix(hole);
  while (hole != std::string_view::npos) {
    pattern.remove_prefix(hole + 2);
    hole = pattern.find("{}");
    const std::string_view literal = pattern.substr(0, hole);
    const bool last = hole == std::string_view::npos;
    // What follows the last hole must end the text.
    const std::size_t at = last && text.size() >= literal.size() ? text.rfind(literal) : text.find(literal);
    if (at == std::string_view::npos || (last && at + literal.size() != text.size())) return std::nullopt;
    const std::size_t end = last && literal.empty() ? text.size() : at;
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end + literal.size());
  }
  return pieces;
}

std::string filled(std::string_view form, const std::vector<std::string_view>& pieces) {
  std::string out;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool is_hole = form[i] == '{' && i + 2 < form.size() && form[i + 2] == '}';
    const std::size_t index = is_hole ? static_cast<std::size_t>(form[i + 1] - '0') : pieces.size();
    if (index >= pieces.size()) {
      out.push_back(form[i]);
      continue;
    }
    // A piece may be a sentence of its own, like what is wrong with an address.
    out += in_chosen_language(pieces[index]);
    i += 2;
  }
  return out;
}

/// CLI11 repeats arguments in its sentences; an address among them may hold a password.
std::string without_addresses(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::string word = text.substr(at, end - at);
    const bool is_address = word.find("://") != std::string::npos || word.find('@') != std::string::npos;
    out += is_address ? std::string("(...)") : word;
    if (end < text.size()) out.push_back(text[end]);
    at = end + 1;
  }
  return out;
}

/// Where a command is missing or unknown: which there are.
std::string missing_command(const CLI::App& app) {
  const CLI::App* parent = &app;
  while (!parent->get_subcommands().empty()) parent = parent->get_subcommands().front();
  std::string known;
  for (const CLI::App* command : parent->get_subcommands([](const CLI::App*) { return true; })) {
    known += (known.empty() ? "" : ", ") + command->get_name();
  }
  for (const std::string& word : app.remaining(true)) {
    if (word.empty() || word.front() == '-') continue;
    return tr({"there is no command ", "không có lệnh "}) + ("'" + without_addresses(word) + "'") +
           tr({"; the commands are: ", "; các lệnh là: "}) + known;
  }
  return tr({"a command is missing; the commands are: ", "thiếu lệnh; các lệnh là: "}) + known;
}

}  // namespace

std::string in_chosen_language(std::string_view message) {
  if (chosen_language() == Language::kEnglish) return std::string(message);
  for (const Phrase& phrase : kBook) {
    if (const auto pieces = pieces_of(phrase.english, message)) return filled(phrase.vietnamese, *pieces);
  }
  return std::string(message);
}

std::string sentence_of(const CLI::App& app, const CLI::ParseError& error) {
  const std::string text = without_addresses(error.what());
  const std::string name = error.get_name();
  if (name == "RequiredError" && text.find("subcommand") != std::string::npos) return missing_command(app);
  if (chosen_language() == Language::kEnglish) return text;
  if (name == "RequiredError") {
    const std::size_t end = text.find(" is required");
    if (end != std::string::npos) return "thiếu " + text.substr(0, end);
  }
  if (name == "ExtrasError") return "không hiểu phần này: " + text.substr(std::min(text.rfind(": ") + 2, text.size()));
  if (name == "ConversionError")
    return "giá trị chưa đúng kiểu: " + text.substr(std::min(text.rfind(": ") + 2, text.size()));
  if (name == "ArgumentMismatch") return "thiếu giá trị: " + text;
  if (name == "ValidationError") return "giá trị chưa đúng: " + text;
  return text;
}

}  // namespace vonggac::cli
