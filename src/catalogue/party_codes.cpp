#include "catalogue/party_codes.h"

#include <array>

namespace vonggac::catalogue {
namespace {

constexpr std::array<NamedCode, 5> kPartyKinds{{
    {"PERSON", "Cá nhân", "person"},
    {"HOUSEHOLD", "Hộ gia đình", "household"},
    {"ORGANISATION", "Tổ chức", "organisation"},
    {"UNIT", "Cơ quan, doanh nghiệp, nhà trường", "agency, firm or school"},
    {"VENDOR", "Nhà cung cấp, đơn vị sửa chữa", "vendor or repair firm"},
}};
constexpr std::array<NamedCode, 14> kOrganisationKinds{{
    {"BCD138", "Ban Chỉ đạo 138", "steering committee 138"},
    {"UBND", "Ủy ban nhân dân", "People's Committee"},
    {"HDND", "Hội đồng nhân dân", "People's Council"},
    {"DANG", "Cấp ủy Đảng", "Party committee"},
    {"CONG_AN", "Công an", "police"},
    {"MTTQ", "Mặt trận Tổ quốc", "Fatherland Front"},
    {"HOI_PHU_NU", "Hội Liên hiệp Phụ nữ", "Women's Union"},
    {"DOAN_THANH_NIEN", "Đoàn Thanh niên", "Youth Union"},
    {"HOI_CUU_CHIEN_BINH", "Hội Cựu chiến binh", "Veterans' Association"},
    {"HOI_NONG_DAN", "Hội Nông dân", "Farmers' Union"},
    {"CONG_DOAN", "Công đoàn", "trade union"},
    {"TON_GIAO", "Tổ chức tôn giáo", "religious body"},
    {"SO_NGANH", "Sở, ban, ngành", "department"},
    {"KHAC", "Tổ chức khác", "other body"},
}};
constexpr std::array<NamedCode, 5> kOrganisationLevels{{
    {"TRUNG_UONG", "Trung ương", "national"},
    {"TINH", "Cấp tỉnh", "province"},
    {"HUYEN", "Cấp huyện", "district"},
    {"XA", "Cấp xã", "commune"},
    {"KDC", "Khu dân cư", "residential area"},
}};
constexpr std::array<NamedCode, 4> kUnitKinds{{
    {"CO_QUAN", "Cơ quan", "agency"},
    {"DOANH_NGHIEP", "Doanh nghiệp", "firm"},
    {"NHA_TRUONG", "Nhà trường", "school"},
    {"CO_SO_SXKD", "Cơ sở sản xuất, kinh doanh", "production or business site"},
}};
constexpr std::array<NamedCode, 5> kCommitteeRoles{{
    {"TRUONG_BAN", "Trưởng ban", "head"},
    {"PHO_TRUONG_BAN_TT", "Phó Trưởng ban thường trực", "standing deputy head"},
    {"PHO_TRUONG_BAN", "Phó Trưởng ban", "deputy head"},
    {"THANH_VIEN", "Thành viên", "member"},
    {"THU_KY", "Thư ký", "secretary"},
}};
constexpr std::array<NamedCode, 7> kForceKinds{{
    {"TO_BVANTT", "Tổ bảo vệ an ninh, trật tự", "grass-roots security team"},
    {"CONG_AN_XA", "Công an xã bán chuyên trách", "part-time commune police"},
    {"BAO_VE_DAN_PHO", "Ban bảo vệ dân phố", "ward guard board"},
    {"DAN_PHONG", "Đội dân phòng", "civil defence team"},
    {"BAO_VE_CO_QUAN", "Đội bảo vệ cơ quan, doanh nghiệp", "guards of an agency or firm"},
    {"CONG_AN_XA_CHINH_QUY", "Công an xã chính quy", "regular commune police"},
    {"KHAC", "Lực lượng nòng cốt khác", "other core force"},
}};

}  // namespace

std::span<const NamedCode> party_kinds() { return kPartyKinds; }
std::span<const NamedCode> organisation_kinds() { return kOrganisationKinds; }
std::span<const NamedCode> organisation_levels() { return kOrganisationLevels; }
std::span<const NamedCode> unit_kinds() { return kUnitKinds; }
std::span<const NamedCode> committee_roles() { return kCommitteeRoles; }
std::span<const NamedCode> force_kinds() { return kForceKinds; }

ForceTime force_time(std::string_view kind) {
  constexpr Day kBeginning{-100'000};
  if (kind == "TO_BVANTT") return {kOneForceSince, kOpenEnd};
  if (kind == "CONG_AN_XA" || kind == "BAO_VE_DAN_PHO" || kind == "DAN_PHONG") return {kBeginning, kOneForceSince};
  return {kBeginning, kOpenEnd};
}

}  // namespace vonggac::catalogue
