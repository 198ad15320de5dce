/// One row of an inventory, read: what its cells say, in the types of the register, and what is wrong with them.
/// Flow     cells by field -> read_facts -> RowFacts -> judge (dry_run.h)
/// Threads  pure functions.
/// Errors   Findings with the cell and a sentence that says what to do.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/cameras.h"
#include "intake/columns.h"

namespace vonggac::intake {

struct Written {
  std::uint32_t column = 0;
  std::string text;
  bool wrong = false;  ///< the sheet says that the cell cannot be used
};
using Cells = std::map<Field, Written>;

struct Finding {
  bool wrong = false;  ///< else a warning
  Field field = Field::kIgnored;
  std::string cell, value;  ///< "C12"; the value as it was written, without passwords
  catalogue::Sentence sentence;
};

struct RowFacts {
  std::uint32_t number = 0;
  std::string own_code;  ///< the inventory's number of the camera, or ours
  std::string name, address, purpose;
  std::string area, area_code, province, commune, residential;
  std::optional<double> lat, lon, azimuth;
  std::string owner, phone, ownership;
  catalogue::DeviceFacts device;
  std::string stream_url, transport_note;
  std::int64_t width = 0, height = 0;
  std::int64_t retention_days = 30;
  std::string critical_point, stored_at, connected, state;
  std::optional<catalogue::Day> installed;
};

RowFacts read_facts(std::uint32_t number, const Cells& cells, std::vector<Finding>& findings);
/// A finding about one field of the row.
Finding finding_at(std::uint32_t number, const Cells& cells, Field field, bool wrong, catalogue::Sentence sentence);
/// "rtsp://admin:secret@10.0.0.5/1" -> "rtsp://10.0.0.5/1".
std::string without_credentials(std::string_view url);
/// A user, password or key in an address, also one whose password has a slash in it.
bool holds_credentials(std::string_view url);

/// Degrees: "9.2941", "9,2941", 9°17'38.8"N. Nullopt: none of these.
std::optional<double> read_degrees(std::string_view text);
/// Two of them: "9.2941, 105.7278", "9,2941; 105,7278".
std::optional<std::pair<double, double>> read_point(std::string_view text);

}  // namespace vonggac::intake
