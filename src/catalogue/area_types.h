/// Kinds of areas and the words for them. A residential area keeps its own word (khóm, ấp, tổ dân phố ...): the people
/// who live there say it, and reports print it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "catalogue/day.h"
#include "catalogue/problems.h"

namespace vonggac::catalogue {

/// Kept as numbers in the database: never renumber.
enum class AreaKind { kProvince = 1, kDistrict = 2, kCommune = 3, kResidential = 4, kGroup = 5 };

struct AreaType {
  std::string_view code;  ///< kept in the database: "PHUONG"
  AreaKind kind;
  std::string_view vi, en;
  /// No version of this type may begin on or after this day, or last beyond it.
  Day until = kOpenEnd;
};

std::span<const AreaType> area_types();
const AreaType* find_area_type(std::string_view code);
std::optional<AreaKind> area_kind_of(std::int64_t number);
/// "tỉnh", "cấp xã" ...
Sentence kind_word(AreaKind kind);
/// May an area of this kind lie in one of that kind on this day?
bool may_lie_in(AreaKind child, AreaKind parent, Day day);

}  // namespace vonggac::catalogue
