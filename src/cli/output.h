/// How results and errors reach the person or the program that called.
/// Flow     a command -> Output -> stdout (results), stderr (errors of the human form).
/// Threads  one thread.
/// Units    times for people are Asia/Ho_Chi_Minh; in JSON they are UTC.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "base/result.h"
#include "base/units.h"
#include "cli/exit_code.h"

namespace vonggac::cli {

struct Output {
  std::ostream& out;
  std::ostream& err;
  bool json = false;
};

/// JSON: {"ok":false,"error":{"kind","message"}} on stdout. Otherwise a sentence on stderr. Returns its exit code.
ExitCode report(const Output& output, const base::Status& status);
/// One line of JSON on stdout.
void print_json(const Output& output, const boost::json::value& value);

/// Rows of text in columns as wide as they need to be; the first row is the heading.
void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows);

/// Control characters become '?': camera-supplied text must not drive the terminal.
std::string printable(std::string_view text);
/// "2026-11-21 21:05:09", Asia/Ho_Chi_Minh.
std::string local_time(base::WallTime t);
/// "1.4 GB".
std::string size_text(std::uint64_t bytes);
/// "3 d 04 h", "12 min 05 s".
std::string duration_text(std::int64_t seconds);

}  // namespace vonggac::cli
