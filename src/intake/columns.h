/// What the columns of an inventory of cameras mean: the header row is found among the first rows, its words are known
/// in Vietnamese (with or without tone marks) and English, in any order. A column nobody knows is named, never guessed.
/// Flow     sheet::Table -> find_columns -> which field stands in which column
/// Threads  pure functions.
/// Source   form R24 of the domain and our own template.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/problems.h"
#include "sheet/table.h"

namespace vonggac::intake {

enum class Field {
  kIgnored,
  kCode,
  kName,
  kArea,
  kAreaCode,
  kProvince,
  kCommune,
  kResidential,
  kAddress,
  kLat,
  kLon,
  kPoint,
  kAzimuth,
  kOwner,
  kPhone,
  kOwnership,
  kBrand,
  kDeviceModel,
  kSerial,
  kMac,
  kResolution,
  kProtocol,
  kStream,
  kStoredAt,
  kRetention,
  kConnected,
  kState,
  kPurpose,
  kCriticalPoint,
  kInstalled,
};
/// The word of the template, and the key under which it is kept.
catalogue::Sentence field_name(Field field);
std::string_view field_key(Field field);
std::optional<Field> field_of_key(std::string_view key);
/// All but kIgnored.
std::vector<Field> kept_fields();
std::optional<Field> field_of_header(std::string_view words);

struct Columns {
  std::uint32_t header_row = 0;
  std::map<std::uint32_t, Field> fields;  ///< by column, from 0
  std::vector<std::pair<std::uint32_t, std::string>> unknown, repeated;
};
inline constexpr std::size_t kHeaderRows = 15;
/// Nullopt: none of the first rows names at least two columns that we know.
std::optional<Columns> find_columns(const sheet::Table& table);

}  // namespace vonggac::intake
