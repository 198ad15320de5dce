#include "catalogue/model_types.h"

#include <array>

#include <fmt/format.h>

#include "base/ids.h"
#include "catalogue/form_text.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestTypeName = 300, kLongestShortName = 60, kLongestTypeCode = 40;

constexpr std::array<NamedCode, 11> kModelCategories{{
    {"CONG_NGHE", "Công nghệ (camera, kẻng, loa, Zalo)", "technology"},
    {"TU_QUAN", "Tự quản khu dân cư", "neighbourhood self-management"},
    {"TON_GIAO", "Tôn giáo", "religious community"},
    {"DAN_TOC", "Dân tộc thiểu số", "ethnic minority"},
    {"CO_QUAN", "Cơ quan, doanh nghiệp, trường học", "agency, firm, school"},
    {"TAI_HOA_NHAP", "Tái hòa nhập cộng đồng", "reintegration"},
    {"MA_TUY", "Phòng, chống ma túy", "drugs"},
    {"PCCC", "Phòng cháy, chữa cháy", "fire safety"},
    {"GIAO_THONG", "Giao thông", "traffic"},
    {"BIEN_GIOI", "Biên giới, biển đảo", "border and sea"},
    {"KHAC", "Khác", "other"},
}};
constexpr std::array<NamedCode, 10> kModelEventKinds{{
    {"KHAO_SAT", "Khảo sát", "survey"},
    {"RA_MAT", "Lễ ra mắt", "launch"},
    {"HOP", "Họp, sinh hoạt", "meeting"},
    {"DIEN_TAP", "Diễn tập", "drill"},
    {"CUNG_CO", "Củng cố, kiện toàn", "consolidation"},
    {"SO_KET", "Sơ kết", "interim review"},
    {"TONG_KET", "Tổng kết", "final review"},
    {"NHAN_RONG", "Nhân rộng", "replication"},
    {"TAM_DUNG", "Tạm dừng", "suspension"},
    {"THANH_LOAI", "Thanh loại", "strike-off"},
}};
constexpr std::array<NamedCode, 8> kFundingSources{{
    {"XA_HOI_HOA", "Xã hội hóa", "given by the people"},
    {"HO_DAN", "Hộ dân", "households"},
    {"HO_KINH_DOANH", "Hộ kinh doanh", "businesses"},
    {"DOANH_NGHIEP", "Doanh nghiệp", "firms"},
    {"CO_SO_TON_GIAO", "Cơ sở tôn giáo", "religious bodies"},
    {"NGUOI_XA_QUE", "Người xa quê", "natives living elsewhere"},
    {"NGAN_SACH", "Ngân sách", "budget"},
    {"KHAC", "Khác", "other"},
}};
constexpr std::array<NamedCode, 4> kSelfTags{{
    {"TU_PHONG", "Tự phòng", "self-preventing"},
    {"TU_QUAN", "Tự quản", "self-managing"},
    {"TU_BAO_VE", "Tự bảo vệ", "self-protecting"},
    {"TU_HOA_GIAI", "Tự hòa giải", "self-reconciling"},
}};
constexpr std::array<NamedCode, 3> kKnownCampaigns{{
    {"DOI_SONG_VAN_HOA", "Toàn dân đoàn kết xây dựng đời sống văn hóa ở khu dân cư",
     "a cultured life in neighbourhoods"},
    {"NONG_THON_MOI", "Xây dựng nông thôn mới, đô thị văn minh", "new countryside, civilised towns"},
    {"CHU_QUYEN_BIEN_GIOI", "Toàn dân tham gia bảo vệ chủ quyền lãnh thổ, an ninh biên giới quốc gia",
     "sovereignty and borders"},
}};

struct ShippedType {
  std::string_view code, official, short_name, category;
  bool camera;
};
constexpr std::array<ShippedType, 6> kShippedTypes{{
    {"HOI_QUAN", "Hội quán", "Hội quán", "TU_QUAN", false},
    {"TO_NDTQ", "Tổ Nhân dân tự quản", "Tổ NDTQ", "TU_QUAN", false},
    {"QUY_TAI_HOA_NHAP", "Quỹ phát triển tái hòa nhập cộng đồng", "Quỹ tái hòa nhập", "TAI_HOA_NHAP", false},
    {"CAMERA_AN_NINH", "Camera giám sát an ninh", "Camera an ninh", "CONG_NGHE", true},
    {"GIUP_NGUOI_NGHIEN", "Hỗ trợ, giúp đỡ người nghiện ma túy tại cộng đồng", "Giúp người nghiện", "MA_TUY", false},
    {"TIN_DO_PGHH",
     "Tín đồ Phật giáo Hòa hảo đoàn kết, chung tay đảm bảo an ninh trật tự góp phần xây dựng nông thôn mới, đô thị văn "
     "minh",
     "Tín đồ PGHH", "TON_GIAO", false},
}};
constexpr std::string_view kShippedOrigin = "36/KH-BCĐ138";

base::Status put_model_type(store::WriteSession& session, const ModelType& type) {
  return session
      .run(
          "insert into model_type (code, official_name, short_name, category, is_camera, origin) values ($1, $2, $3, "
          "$4, $5, $6) on conflict (code) do nothing",
          {type.code, type.official_name, type.short_name, type.category, type.is_camera, type.origin})
      .error();
}

bool is_type_code(std::string_view code) {
  return !code.empty() && code.size() <= kLongestTypeCode &&
         code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
}

}  // namespace

std::span<const NamedCode> model_categories() { return kModelCategories; }
std::span<const NamedCode> model_event_kinds() { return kModelEventKinds; }
std::span<const NamedCode> funding_sources() { return kFundingSources; }
std::span<const NamedCode> self_x_tags() { return kSelfTags; }
std::span<const NamedCode> known_campaigns() { return kKnownCampaigns; }

std::vector<ModelType> shipped_model_types() {
  std::vector<ModelType> types;
  for (const ShippedType& t : kShippedTypes) {
    types.push_back({std::string(t.code), std::string(t.official), std::string(t.short_name), std::string(t.category),
                     t.camera, std::string(kShippedOrigin)});
  }
  return types;
}

base::Status ship_model_types(store::WriteSession& session) {
  for (const ModelType& type : shipped_model_types()) VG_TRY(put_model_type(session, type));
  return session.tell("model.types", base::Uuid{}, "{}");
}

base::Status add_model_type(store::WriteSession& session, const ModelType& typed, Problems& problems) {
  ModelType type = typed;
  type.official_name = kept_text("official_name", typed.official_name, 1, kLongestTypeName, problems);
  type.short_name = kept_text("short_name", typed.short_name, 1, kLongestShortName, problems);
  type.origin = kept_text("origin", typed.origin, 0, kLongestTypeName, problems);
  check_code("category", kModelCategories, type.category, {"nhóm mô hình", "category"}, problems);
  if (!is_type_code(type.code)) {
    problems.refuse("", "code", "Mã gồm chữ hoa không dấu, số và gạch dưới.",
                    "A code has capital letters, digits and underscores.");
  }
  VG_ASSIGN(const store::Rows there, session.query("select 1 from model_type where code = $1", {type.code}));
  if (!there.empty()) problems.refuse("", "code", "Mã loại mô hình này đã có.", "There is a type with this code.");
  if (problems.refused()) return problems.status();
  VG_TRY(put_model_type(session, type));
  return session.tell("model.types", base::Uuid{}, "{}");
}

base::Result<std::vector<ModelType>> model_types(store::Reader& session) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select code, official_name, short_name, category, is_camera, origin from model_type order by "
                    "code"));
  std::vector<ModelType> types;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    types.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.flag(4), row.text(5)});
  }
  return types;
}

FundingGroup funding_group(std::string_view source) {
  if (source == "NGAN_SACH") return FundingGroup::kBudget;
  return source == "KHAC" ? FundingGroup::kOther : FundingGroup::kPeople;
}

}  // namespace vonggac::catalogue
