#include "catalogue/area_types.h"

#include <algorithm>
#include <array>

namespace vonggac::catalogue {
namespace {

constexpr std::array<AreaType, 26> kTypes{{
    {"TINH", AreaKind::kProvince, "Tỉnh", "province"},
    {"THANH_PHO_TW", AreaKind::kProvince, "Thành phố", "municipality"},
    {"QUAN", AreaKind::kDistrict, "Quận", "urban district", kTwoLevelsSince},
    {"HUYEN", AreaKind::kDistrict, "Huyện", "rural district", kTwoLevelsSince},
    {"THI_XA", AreaKind::kDistrict, "Thị xã", "town", kTwoLevelsSince},
    {"THANH_PHO", AreaKind::kDistrict, "Thành phố", "provincial city", kTwoLevelsSince},
    {"XA", AreaKind::kCommune, "Xã", "commune"},
    {"PHUONG", AreaKind::kCommune, "Phường", "ward"},
    {"DAC_KHU", AreaKind::kCommune, "Đặc khu", "special zone"},
    {"THI_TRAN", AreaKind::kCommune, "Thị trấn", "township", kTwoLevelsSince},
    {"THON", AreaKind::kResidential, "Thôn", "village"},
    {"XOM", AreaKind::kResidential, "Xóm", "hamlet"},
    {"LANG", AreaKind::kResidential, "Làng", "village"},
    {"BAN", AreaKind::kResidential, "Bản", "village"},
    {"AP", AreaKind::kResidential, "Ấp", "hamlet"},
    {"BUON", AreaKind::kResidential, "Buôn", "village"},
    {"PHUM", AreaKind::kResidential, "Phum", "village"},
    {"SOC", AreaKind::kResidential, "Sóc", "village"},
    {"KHOM", AreaKind::kResidential, "Khóm", "neighbourhood"},
    {"KHU_PHO", AreaKind::kResidential, "Khu phố", "quarter"},
    {"TO_DAN_PHO", AreaKind::kResidential, "Tổ dân phố", "residential group"},
    {"KHOI", AreaKind::kResidential, "Khối", "block"},
    {"PHO", AreaKind::kResidential, "Phố", "street area"},
    {"KHU_DAN_CU", AreaKind::kResidential, "Khu dân cư", "residential area"},
    {"TO_LIEN_GIA", AreaKind::kGroup, "Tổ liên gia", "neighbour group"},
    {"TO_NDTQ", AreaKind::kGroup, "Tổ nhân dân tự quản", "self-management group"},
}};

}  // namespace

std::span<const AreaType> area_types() { return kTypes; }

const AreaType* find_area_type(std::string_view code) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(), [&](const AreaType& t) { return t.code == code; });
  return found == kTypes.end() ? nullptr : &*found;
}

std::optional<AreaKind> area_kind_of(std::int64_t number) {
  if (number < 1 || number > 5) return std::nullopt;
  return static_cast<AreaKind>(number);
}

Sentence kind_word(AreaKind kind) {
  switch (kind) {
    case AreaKind::kProvince:
      return {"tỉnh, thành phố", "province"};
    case AreaKind::kDistrict:
      return {"cấp huyện", "district"};
    case AreaKind::kCommune:
      return {"xã, phường, đặc khu", "commune"};
    case AreaKind::kResidential:
      return {"khu dân cư", "residential area"};
    case AreaKind::kGroup:
      return {"tổ", "group"};
  }
  return {};
}

bool may_lie_in(AreaKind child, AreaKind parent, Day day) {
  switch (child) {
    case AreaKind::kProvince:
      return false;
    case AreaKind::kDistrict:
      return parent == AreaKind::kProvince;
    case AreaKind::kCommune:
      return parent == AreaKind::kProvince || (parent == AreaKind::kDistrict && day < kTwoLevelsSince);
    case AreaKind::kResidential:
      return parent == AreaKind::kCommune;
    case AreaKind::kGroup:
      return parent == AreaKind::kResidential || parent == AreaKind::kCommune;
  }
  return false;
}

}  // namespace vonggac::catalogue
