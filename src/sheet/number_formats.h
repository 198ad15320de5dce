/// Which numbers of a workbook are dates, and which day they are.
/// Threads  plain values and pure functions.
/// Source   ECMA-376 part 1, 18.8.30 (built-in formats), 18.17.4.1 (dates). 1900 counts as a leap year there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vonggac::sheet {

bool built_in_date_format(int id);
/// "dd/mm/yyyy", "[$-42A]d \"tháng\" m" ... but not "0.00" or "\d0".
bool is_date_format(std::string_view code);
/// Days since 1970-01-01. Nullopt: 29 February 1900, which Excel has and the calendar has not, or out of range.
std::optional<std::int64_t> day_of_serial(double serial, bool since_1904);
/// "2025-12-31", with " 08:30" if the serial has a part of a day; "08:30" if it is nothing but that.
std::string date_text(std::int64_t day, double serial);

/// As short as it is exact: 12, 0.5, 1.5e+20.
std::string number_text(double number);

}  // namespace vonggac::sheet
