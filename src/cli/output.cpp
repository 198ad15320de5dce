#include "cli/output.h"

#include <algorithm>
#include <cstdio>
#include <ostream>

#include "cli/phrase.h"
#include "cli/sentences.h"

namespace vonggac::cli {
namespace {

constexpr std::int64_t kHanoiOffsetUs = 7LL * 3600 * 1'000'000;  ///< UTC+7, no daylight saving time

/// Characters as a terminal counts them; Vietnamese is one column per code point in its composed form.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

const char* kind_text(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kInvalidArgument:
      return tr({"error", "lỗi: dữ liệu nhập chưa đúng"});
    case base::ErrorKind::kNotFound:
      return tr({"not found", "không tìm thấy"});
    case base::ErrorKind::kPermissionDenied:
      return tr({"refused", "bị từ chối"});
    case base::ErrorKind::kUnavailable:
      return tr({"not available", "hiện không dùng được"});
    case base::ErrorKind::kTimedOut:
      return tr({"no answer in time", "quá thời gian chờ"});
    case base::ErrorKind::kNoSpace:
      return tr({"no space", "hết chỗ trống"});
    case base::ErrorKind::kDataLoss:
      return tr({"damaged data", "dữ liệu hỏng"});
    case base::ErrorKind::kOutOfRange:
      return tr({"out of range", "ngoài phạm vi"});
    default:
      return tr({"error", "lỗi"});
  }
}

}  // namespace

ExitCode report(const Output& output, const base::Status& status) {
  if (status.ok()) return ExitCode::kOk;
  if (output.json) {
    print_json(output, {{"ok", false},
                        {"error", {{"kind", base::error_kind_name(status.kind())}, {"message", status.message()}}}});
  } else {
    output.err << "vonggac: " << kind_text(status.kind()) << ": " << printable(in_chosen_language(status.message()))
               << '\n';
  }
  return exit_code_of(status);
}

void print_json(const Output& output, const boost::json::value& value) {
  output.out << boost::json::serialize(value) << '\n';
}

void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - columns_of(row[i]) + 2, ' ');
    }
    out << line << '\n';
  }
}

std::string printable(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    if (byte < 0x20 || byte == 0x7f) out[i] = '?';
    // C1 controls in UTF-8 (c2 80 .. c2 9f) drive some terminals too.
    const bool is_c1 = byte == 0xc2 && i + 1 < out.size() && static_cast<unsigned char>(out[i + 1]) < 0xa0;
    if (is_c1) out.replace(i, 2, "?");
  }
  return out;
}

std::string local_time(base::WallTime t) {
  std::string text = base::to_iso8601(base::WallTime{t.us + kHanoiOffsetUs}).substr(0, 19);
  text[10] = ' ';
  return text;
}

std::string size_text(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return buffer;
}

std::string duration_text(std::int64_t seconds) {
  const std::int64_t s = std::max<std::int64_t>(seconds, 0);
  char buffer[64];
  const auto print = [&](const char* format, std::int64_t a, std::int64_t b) {
    std::snprintf(buffer, sizeof buffer, format, static_cast<long long>(a), static_cast<long long>(b));
    return std::string(buffer);
  };
  if (s >= 86'400) return print(tr({"%lld d %02lld h", "%lld ngày %02lld giờ"}), s / 86'400, s % 86'400 / 3600);
  if (s >= 3600) return print(tr({"%lld h %02lld min", "%lld giờ %02lld phút"}), s / 3600, s % 3600 / 60);
  if (s >= 60) return print(tr({"%lld min %02lld s", "%lld phút %02lld giây"}), s / 60, s % 60);
  return print(tr({"%lld s", "%lld giây"}), s, 0);
}

}  // namespace vonggac::cli
