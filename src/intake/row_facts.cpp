#include "intake/row_facts.h"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "catalogue/camera_streams.h"
#include "catalogue/code_lists.h"
#include "catalogue/folding.h"
#include "catalogue/form_text.h"
#include "sheet/table.h"

namespace vonggac::intake {
namespace {

using catalogue::CodeList;
using catalogue::Sentence;

struct Size {
  std::string_view words;
  std::int64_t width, height;
};
constexpr std::array<Size, 16> kSizes{{{"1mp", 1280, 720},
                                       {"720p", 1280, 720},
                                       {"hd", 1280, 720},
                                       {"2mp", 1920, 1080},
                                       {"1080p", 1920, 1080},
                                       {"full hd", 1920, 1080},
                                       {"fullhd", 1920, 1080},
                                       {"3mp", 2304, 1296},
                                       {"4mp", 2560, 1440},
                                       {"2k", 2560, 1440},
                                       {"5mp", 2592, 1944},
                                       {"6mp", 3072, 2048},
                                       {"8mp", 3840, 2160},
                                       {"4k", 3840, 2160},
                                       {"uhd", 3840, 2160},
                                       {"12mp", 4000, 3000}}};

struct Bearing {
  std::string_view word;
  double degrees;
};
constexpr std::array<Bearing, 16> kBearings{{{"bac", 0},
                                             {"dong bac", 45},
                                             {"dong", 90},
                                             {"dong nam", 135},
                                             {"nam", 180},
                                             {"tay nam", 225},
                                             {"tay", 270},
                                             {"tay bac", 315},
                                             {"north", 0},
                                             {"northeast", 45},
                                             {"east", 90},
                                             {"southeast", 135},
                                             {"south", 180},
                                             {"southwest", 225},
                                             {"west", 270},
                                             {"northwest", 315}}};

class FactReader {
 public:
  FactReader(std::uint32_t number, const Cells& cells, std::vector<Finding>& findings)
      : number_(number), cells_(cells), findings_(findings) {}

  RowFacts read() {
    RowFacts facts;
    facts.number = number_;
    read_names(facts);
    read_place(facts);
    read_owner(facts);
    read_device(facts);
    read_stream(facts);
    read_rest(facts);
    return facts;
  }

 private:
  std::string text(Field field) const {
    const auto found = cells_.find(field);
    return found == cells_.end() || found->second.wrong ? std::string() : found->second.text;
  }
  void wrong(Field field, std::string vi, std::string en) { add(field, true, std::move(vi), std::move(en)); }
  void warn(Field field, std::string vi, std::string en) { add(field, false, std::move(vi), std::move(en)); }
  void add(Field field, bool is_wrong, std::string vi, std::string en) {
    findings_.push_back(finding_at(number_, cells_, field, is_wrong, {std::move(vi), std::move(en)}));
  }

  void read_names(RowFacts& facts) {
    facts.own_code = text(Field::kCode);
    facts.address = text(Field::kAddress);
    facts.name = text(Field::kName);
    if (facts.name.empty()) facts.name = facts.address;
    if (facts.name.empty()) {
      wrong(Field::kName, "Ghi tên hoặc địa chỉ của camera.", "Give the camera's name or address.");
    }
    facts.purpose = text(Field::kPurpose);
    if (facts.purpose.empty()) facts.purpose = "Bảo đảm an ninh, trật tự";
    facts.area = text(Field::kArea);
    facts.area_code = text(Field::kAreaCode);
    facts.province = text(Field::kProvince);
    facts.commune = text(Field::kCommune);
    facts.residential = text(Field::kResidential);
  }

  std::optional<double> degrees(Field field) {
    const std::string written = text(field);
    if (written.empty()) return std::nullopt;
    const std::optional<double> value = read_degrees(written);
    if (!value) {
      wrong(field, "Không đọc được tọa độ: ghi dạng 9.2941 hoặc 9°17'38\"N.",
            "The coordinate cannot be read: write it like 9.2941 or 9°17'38\"N.");
    }
    return value;
  }

  void read_place(RowFacts& facts) {
    Field field = Field::kLat;
    const std::string point = text(Field::kPoint);
    if (!point.empty()) {
      field = Field::kPoint;
      if (const auto both = read_point(point)) {
        facts.lat = both->first;
        facts.lon = both->second;
      } else {
        wrong(field, "Không đọc được tọa độ: ghi vĩ độ rồi kinh độ, ví dụ 9.2941, 105.7278.",
              "The coordinates cannot be read: latitude, then longitude, like 9.2941, 105.7278.");
      }
    } else {
      facts.lat = degrees(Field::kLat);
      facts.lon = degrees(Field::kLon);
    }
    check_place(facts, field);
    read_azimuth(facts);
  }

  void check_place(RowFacts& facts, Field field) {
    if (facts.lat.has_value() != facts.lon.has_value()) {
      const Field missing = facts.lat ? Field::kLon : Field::kLat;
      if (text(missing).empty()) {
        wrong(missing, "Ghi cả vĩ độ và kinh độ, hoặc để trống cả hai.",
              "Give both latitude and longitude, or neither.");
      }
      facts.lat = facts.lon = std::nullopt;
    }
    if (!facts.lat) return;
    const auto in_viet_nam = [](double lat, double lon) { return lat > 6.5 && lat < 23.6 && lon > 101.9 && lon < 118; };
    if (in_viet_nam(*facts.lat, *facts.lon)) return;
    if (in_viet_nam(*facts.lon, *facts.lat)) {
      wrong(field, "Vĩ độ và kinh độ bị đổi chỗ cho nhau: vĩ độ Việt Nam từ 8 đến 23, kinh độ từ 102 đến 110.",
            "Latitude and longitude are swapped: in Viet Nam the first is 8 to 23, the second 102 to 110.");
    } else {
      wrong(field, "Tọa độ nằm ngoài Việt Nam: kiểm tra lại dấu thập phân.",
            "The coordinates lie outside of Viet Nam: look at the decimal point.");
    }
    facts.lat = facts.lon = std::nullopt;
  }

  void read_azimuth(RowFacts& facts) {
    const std::string written = text(Field::kAzimuth);
    if (written.empty()) return;
    const std::string folded = catalogue::fold(written);
    for (const Bearing& one : kBearings) {
      if (folded == one.word || folded == "huong " + std::string(one.word)) facts.azimuth = one.degrees;
    }
    if (!facts.azimuth) facts.azimuth = read_degrees(written);
    if (facts.azimuth && *facts.azimuth >= 0 && *facts.azimuth <= 360) return;
    facts.azimuth = std::nullopt;
    warn(Field::kAzimuth, "Hướng nhìn không phải số độ 0–360 hay tên hướng (Bắc, Đông Nam …): để trống.",
         "The direction is neither 0 to 360 degrees nor a point of the compass: it is left out.");
  }

  void read_owner(RowFacts& facts) {
    facts.owner = text(Field::kOwner);
    facts.phone = read_phone();
    const std::string written = text(Field::kOwnership);
    if (!written.empty()) facts.ownership = choose(catalogue::ownership_kinds(), Field::kOwnership, written);
    if (facts.ownership.empty() && written.empty()) facts.ownership = ownership_by_owner(facts.owner);
    if (facts.ownership.empty() && written.empty()) {
      wrong(Field::kOwnership, "Ghi hình thức sở hữu (ví dụ: Xã hội hóa, Ngân sách xã, Hộ gia đình chia sẻ).",
            "Give the ownership (like community-funded, commune budget, shared by household).");
    }
  }

  std::string read_phone() {
    std::string written = text(Field::kPhone);
    if (written.empty()) return {};
    const bool bare = written.size() == 9 && written.find_first_not_of("0123456789") == std::string::npos;
    if (bare && written.front() != '0') {
      written.insert(0, "0");
      warn(Field::kPhone, fmt::format("Excel đã bỏ số 0 đầu: hiểu là {}.", written),
           fmt::format("Excel dropped the leading 0: taken as {}.", written));
    }
    if (catalogue::normal_phone(written)) return written;
    wrong(Field::kPhone, "Số điện thoại phải có 10 chữ số, bắt đầu bằng 0.",
          "A phone number has 10 digits and begins with 0.");
    return {};
  }

  static std::string ownership_by_owner(std::string_view owner) {
    const std::string folded = " " + catalogue::fold(owner) + " ";
    const auto says = [&](std::string_view word) {
      return folded.find(fmt::format(" {} ", word)) != std::string::npos;
    };
    if (says("xa hoi hoa") || says("nhan dan dong gop")) return "XA_HOI_HOA";
    if (says("cong an")) return "NGAN_SACH_CONG_AN";
    if (says("ubnd") || says("uy ban nhan dan")) return "NGAN_SACH_XA";
    if (says("ho") || says("ho gia dinh") || says("ong") || says("ba")) return "HO_CHIA_SE";
    if (says("cong ty") || says("doanh nghiep") || says("truong") || says("co quan") || says("ngan hang") ||
        says("hop tac xa") || says("cho")) {
      return "DON_VI_CHIA_SE";
    }
    return {};
  }

  /// By the code, or the word in either language.
  std::string choose(const CodeList& list, Field field, const std::string& written) {
    const std::string folded = catalogue::fold(written);
    for (const catalogue::NamedCode& one : list.values) {
      const std::string vi = catalogue::fold(one.vi);
      const bool begins = vi.size() > folded.size() && folded.size() >= 5 && vi.compare(0, folded.size(), folded) == 0;
      if (written == one.code || folded == vi || folded == catalogue::fold(one.en) || begins)
        return std::string(one.code);
    }
    std::string choices;
    for (const catalogue::NamedCode& one : list.values)
      choices += fmt::format("{}{}", choices.empty() ? "" : "; ", one.vi);
    wrong(field, fmt::format("Không có trong danh sách “{}”: chọn một trong {}.", list.vi, choices),
          fmt::format("It is not in the list \"{}\".", list.en));
    return {};
  }

  void read_device(RowFacts& facts) {
    facts.device.brand = text(Field::kBrand);
    facts.device.device_model = text(Field::kDeviceModel);
    facts.device.serial = text(Field::kSerial);
    if (facts.device.serial.find("e+") != std::string::npos) {
      wrong(Field::kSerial, "Excel đã làm tròn số sê-ri: đổi cột sang kiểu Văn bản rồi nhập lại.",
            "Excel has rounded the serial: make the column Text and type it again.");
      facts.device.serial.clear();
    }
    const std::string mac = text(Field::kMac);
    if (mac.empty()) return;
    if (catalogue::normal_mac(mac)) {
      facts.device.mac = mac;
    } else {
      wrong(Field::kMac, "Địa chỉ MAC gồm 12 chữ số 0-9, A-F, ví dụ 4C:BD:8F:12:34:56.",
            "A MAC address has 12 digits 0-9, A-F, like 4C:BD:8F:12:34:56.");
    }
  }

  void read_stream(RowFacts& facts) {
    std::string url = text(Field::kStream);
    const std::string protocol = text(Field::kProtocol);
    Field field = Field::kStream;
    if (url.empty() && protocol.find("://") != std::string::npos) {
      url = protocol;
      field = Field::kProtocol;
    } else {
      facts.transport_note = protocol;
    }
    read_size(facts);
    if (url.empty()) return;
    if (holds_credentials(url)) {
      url = without_credentials(url);
      const bool still = holds_credentials(url);
      warn(field,
           "Đường dẫn có tên đăng nhập, mật khẩu: không lưu vào sổ. Nhập riêng khi đấu nối; nên đổi mật khẩu này.",
           "The address holds a user and password: they are not kept. Enter them when connecting; better change them.");
      if (still) return;
    }
    if (catalogue::stream_endpoint(url).empty()) {
      wrong(field, "Đường dẫn phải có dạng rtsp://máy:cổng/đường-dẫn.",
            "The address must look like rtsp://host:port/path.");
      return;
    }
    facts.stream_url = url;
  }

  void read_size(RowFacts& facts) {
    const std::string written = text(Field::kResolution);
    if (written.empty()) return;
    std::string folded = catalogue::fold(written);
    const std::size_t times = folded.find('x');
    if (times != std::string::npos) {
      std::string digits = folded;
      std::erase(digits, ' ');
      const std::size_t at = digits.find('x');
      std::from_chars(digits.data(), digits.data() + at, facts.width);
      std::from_chars(digits.data() + at + 1, digits.data() + digits.size(), facts.height);
    }
    const std::size_t mega = folded.find("mega");
    if (mega != std::string::npos) folded = folded.substr(0, mega) + "mp";
    std::string close = folded;
    std::erase(close, ' ');
    for (const Size& size : kSizes) {
      if (facts.width == 0 && (folded == size.words || close == size.words)) {
        facts.width = size.width;
        facts.height = size.height;
      }
    }
    if (facts.width > 0 && facts.width <= 16'384 && facts.height > 0 && facts.height <= 16'384) return;
    facts.width = facts.height = 0;
    warn(Field::kResolution, "Không đọc được độ phân giải (ví dụ 1920x1080, 2MP, 4K): để trống.",
         "The resolution cannot be read (like 1920x1080, 2MP, 4K): it is left out.");
  }

  void read_rest(RowFacts& facts) {
    facts.stored_at = text(Field::kStoredAt);
    facts.connected = text(Field::kConnected);
    facts.state = text(Field::kState);
    const std::string critical = text(Field::kCriticalPoint);
    if (!critical.empty()) facts.critical_point = choose(catalogue::critical_points(), Field::kCriticalPoint, critical);
    const std::string days = text(Field::kRetention);
    if (!days.empty()) read_days(facts, days);
    const std::string installed = text(Field::kInstalled);
    if (installed.empty()) return;
    const auto day = catalogue::Day::parse(installed.substr(0, installed.find(' ')));
    if (day) {
      facts.installed = *day;
    } else {
      wrong(Field::kInstalled, "Không đọc được ngày: ghi dạng 31/12/2025.",
            "The day cannot be read: write it like 31/12/2025.");
    }
  }

  void read_days(RowFacts& facts, const std::string& written) {
    const std::string folded = catalogue::fold(written);
    std::int64_t days = -1;
    const auto [end, error] = std::from_chars(folded.data(), folded.data() + folded.size(), days);
    const std::string rest(end, folded.data() + folded.size());
    if (error == std::errc() && (rest.empty() || rest == " ngay" || rest == " days") && days >= 0 && days <= 3650) {
      facts.retention_days = days;
      return;
    }
    wrong(Field::kRetention, "Số ngày lưu phải là một số từ 0 đến 3650.",
          "The days kept must be a number from 0 to 3650.");
  }

  std::uint32_t number_;
  const Cells& cells_;
  std::vector<Finding>& findings_;
};

}  // namespace

Finding finding_at(std::uint32_t number, const Cells& cells, Field field, bool wrong, Sentence sentence) {
  Finding finding{wrong, field, fmt::format("{}", number), "", std::move(sentence)};
  const auto found = cells.find(field);
  if (found != cells.end()) {
    finding.cell = sheet::cell_name(number, found->second.column);
    finding.value = field == Field::kStream || field == Field::kProtocol ? without_credentials(found->second.text)
                                                                         : found->second.text;
    // The path of some makers' addresses holds the password.
    if (holds_credentials(finding.value)) finding.value = "…";
  }
  return finding;
}

namespace {

/// "rtsp://admin:se/cret@10.0.0.5": what looks like a port is none, so the '@' further on ends a password.
bool hides_at(std::string_view url, std::size_t begin) {
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  const std::string_view authority = url.substr(begin, end - begin);
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.front() == '[') return false;
  return authority.find_first_not_of("0123456789", colon + 1) != std::string_view::npos &&
         url.find('@', end) != std::string_view::npos;
}

}  // namespace

bool holds_credentials(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  return catalogue::url_has_credentials(url) || (scheme + 3 < url.size() && hides_at(url, scheme + 3));
}

std::string without_credentials(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const std::size_t begin = scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  const bool plain = url.substr(begin, end - begin).find('@') == std::string_view::npos;
  if (begin >= url.size() || (plain && !hides_at(url, begin))) return std::string(url);
  return std::string(url.substr(0, begin)) + std::string(url.substr(url.rfind('@') + 1));
}

RowFacts read_facts(std::uint32_t number, const Cells& cells, std::vector<Finding>& findings) {
  return FactReader(number, cells, findings).read();
}

}  // namespace vonggac::intake
