#include "catalogue/code_lists.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace vonggac::catalogue {
namespace {

constexpr std::array<NamedCode, 3> kCameraKinds{{
    {"GHI_TAI_DAY", "Ghi hình tại đây", "recorded here"},
    {"CHI_XEM", "Chỉ xem trực tiếp", "live only"},
    {"CHI_DANG_KY", "Chỉ đăng ký", "registry only"},
}};
constexpr std::array<NamedCode, 6> kOwnership{{
    {"XA_HOI_HOA", "Xã hội hóa (nhân dân đóng góp)", "community-funded"},
    {"NGAN_SACH_XA", "Ngân sách xã", "commune budget"},
    {"NGAN_SACH_CONG_AN", "Ngân sách công an", "police budget"},
    {"HO_CHIA_SE", "Hộ gia đình chia sẻ", "shared by household"},
    {"DON_VI_CHIA_SE", "Cơ quan, doanh nghiệp chia sẻ", "shared by unit"},
    {"THUE_DICH_VU", "Thuê dịch vụ", "leased service"},
}};
constexpr std::array<NamedCode, 12> kCriticalPoints{{
    {"NGA_DUONG", "Ngã ba, ngã tư", "junction"},
    {"GIAP_RANH", "Giáp ranh", "boundary"},
    {"CONG_KHU_PHO", "Cổng thôn, khu phố", "neighbourhood gate"},
    {"CHO", "Chợ", "market"},
    {"TRUONG_HOC", "Trường học", "school"},
    {"TRU_SO", "Trụ sở", "office"},
    {"NHA_VAN_HOA", "Nhà văn hóa", "culture house"},
    {"TON_GIAO", "Cơ sở tôn giáo", "religious site"},
    {"KHU_TRO", "Khu trọ", "rental lodging"},
    {"BEN_XE", "Bến xe, bến đò", "bus or ferry stop"},
    {"CAU_KENH", "Cầu, kênh", "bridge or canal"},
    {"HAY_XAY_RA_VU_VIEC", "Điểm hay xảy ra vụ việc", "hot spot"},
}};
constexpr std::array<NamedCode, 8> kHealthStates{{
    {"CO_TIN_HIEU", "Có tín hiệu", "online"},
    {"CHAP_CHON", "Chập chờn", "unstable"},
    {"MAT_TIN_HIEU", "Mất tín hiệu", "offline"},
    {"MAT_HINH", "Mất hình", "video loss"},
    {"BI_CHE_MO", "Bị che, mờ", "covered or blurred"},
    {"LECH_GIO", "Lệch giờ", "clock skew"},
    {"KHONG_GHI", "Không ghi", "not recording"},
    {"CHUA_CAU_HINH", "Chưa cấu hình", "not configured"},
}};
constexpr std::array<NamedCode, 5> kTamperKinds{{
    {"BI_CHE", "Bị che", "covered"},
    {"LECH_HUONG", "Lệch hướng", "moved"},
    {"MO", "Mờ, mất nét", "defocused"},
    {"TOI_DEN", "Hình tối đen", "black"},
    {"DUNG_HINH", "Hình đứng yên", "frozen"},
}};
constexpr std::array<NamedCode, 13> kFaultKinds{{
    {"MAT_DIEN", "Mất điện", "no power"},
    {"MAT_MANG", "Mất mạng", "no network"},
    {"HONG_NGUON", "Hỏng nguồn", "power supply"},
    {"HONG_DAU_GHI", "Hỏng đầu ghi, ổ cứng", "recorder or disk"},
    {"MO_KINH", "Mờ, ố kính", "dirty lens"},
    {"LECH_HUONG", "Lệch hướng", "moved"},
    {"BI_CHE", "Bị che", "obstructed"},
    {"BI_PHA", "Bị phá, mất trộm", "vandalised or stolen"},
    {"DUT_DAY", "Đứt dây", "cable cut"},
    {"SAI_GIO", "Sai giờ", "wrong clock"},
    {"MAT_MAT_KHAU", "Mất mật khẩu", "password lost"},
    {"HET_HAN_DICH_VU", "Hết hạn dịch vụ", "service expired"},
    {"CHUA_RO", "Chưa rõ nguyên nhân", "cause not known yet"},
}};
constexpr std::array<NamedCode, 6> kRetentionClasses{{
    {"THUONG_XUYEN", "Thường xuyên", "routine"},
    {"CHUYEN_DONG", "Có chuyển động", "motion"},
    {"VU_VIEC", "Vụ việc", "incident"},
    {"GIU_LAI", "Giữ theo yêu cầu", "held"},
    {"TRICH_XUAT", "Bản trích xuất", "export copy"},
    {"NHAT_KY", "Nhật ký", "audit log"},
}};
constexpr std::array<NamedCode, 3> kStreamRoles{{
    {"CHINH", "Luồng chính", "main stream"},
    {"PHU", "Luồng phụ", "sub stream"},
    {"BA", "Luồng thứ ba", "third stream"},
}};
constexpr std::array<NamedCode, 3> kTransports{{
    {"TU_DONG", "Tự động", "automatic"},
    {"TCP", "TCP", "TCP"},
    {"UDP", "UDP", "UDP"},
}};
constexpr std::array<NamedCode, 5> kMounts{{
    {"COT", "Cột riêng", "own pole"},
    {"COT_DIEN", "Cột điện, cột viễn thông", "utility pole"},
    {"TUONG", "Tường nhà", "wall"},
    {"CONG", "Cổng chào", "gate"},
    {"KHAC", "Khác", "other"},
}};
constexpr std::array<NamedCode, 5> kPowerSources{{
    {"DIEN_HO_DAN", "Điện nhà dân", "a home's power"},
    {"DIEN_CONG_CONG", "Điện công cộng", "public power"},
    {"POE", "Qua dây mạng (PoE)", "over the network cable (PoE)"},
    {"MAT_TROI", "Pin mặt trời", "solar"},
    {"KHAC", "Khác", "other"},
}};
constexpr std::array<NamedCode, 5> kUplinks{{
    {"CAP_QUANG", "Cáp quang", "fibre"},
    {"MANG_HO_DAN", "Mạng nhà dân", "a home's network"},
    {"WIFI", "Wi-Fi", "Wi-Fi"},
    {"DI_DONG", "Mạng di động", "mobile network"},
    {"KHONG", "Không có mạng", "none"},
}};
constexpr std::array<NamedCode, 6> kPayers{{
    {"HO_DAN", "Hộ dân", "households"},
    {"HO_KINH_DOANH", "Hộ kinh doanh", "businesses"},
    {"DOANH_NGHIEP", "Doanh nghiệp", "firms"},
    {"NGAN_SACH", "Ngân sách", "budget"},
    {"BAO_HANH", "Bảo hành", "warranty"},
    {"KHAC", "Khác", "other"},
}};

constexpr std::array<CodeList, 13> kLists{{
    {"camera_kind", "Hình thức đăng ký", "kind of registration", kCameraKinds},
    {"ownership", "Hình thức sở hữu", "ownership", kOwnership},
    {"critical_point", "Điểm trọng yếu", "critical point", kCriticalPoints},
    {"health", "Tình trạng", "health", kHealthStates},
    {"tamper", "Dấu hiệu bị can thiệp", "tampering", kTamperKinds},
    {"fault", "Hiện tượng hỏng", "fault", kFaultKinds},
    {"retention_class", "Loại lưu trữ", "retention class", kRetentionClasses},
    {"stream_role", "Luồng", "stream", kStreamRoles},
    {"transport", "Cách truyền", "transport", kTransports},
    {"mount", "Chỗ gắn", "mount", kMounts},
    {"power", "Nguồn điện", "power", kPowerSources},
    {"uplink", "Đường truyền", "uplink", kUplinks},
    {"payer", "Nguồn chi", "payer", kPayers},
}};

}  // namespace

const NamedCode* CodeList::find(std::string_view code) const { return find_code(values, code); }

const CodeList& camera_kinds() { return kLists[0]; }
const CodeList& ownership_kinds() { return kLists[1]; }
const CodeList& critical_points() { return kLists[2]; }
const CodeList& health_states() { return kLists[3]; }
const CodeList& tamper_kinds() { return kLists[4]; }
const CodeList& fault_kinds() { return kLists[5]; }
const CodeList& retention_classes() { return kLists[6]; }
const CodeList& stream_roles() { return kLists[7]; }
const CodeList& stream_transports() { return kLists[8]; }
const CodeList& mounts() { return kLists[9]; }
const CodeList& power_sources() { return kLists[10]; }
const CodeList& uplinks() { return kLists[11]; }
const CodeList& payers() { return kLists[12]; }
std::span<const CodeList> code_lists() { return kLists; }

void check_choice(const CodeList& list, std::string_view code, std::string_view field, bool may_be_empty,
                  Problems& problems) {
  if (list.find(code) != nullptr || (code.empty() && may_be_empty)) return;
  problems.refuse("", field, fmt::format("Chọn một mục trong danh sách “{}”.", list.vi),
                  fmt::format("Choose from the list \"{}\".", list.en));
}

}  // namespace vonggac::catalogue
