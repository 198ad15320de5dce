#include "intake/columns.h"

#include <algorithm>
#include <array>
#include <set>

#include "catalogue/folding.h"

namespace vonggac::intake {
namespace {

struct FieldWords {
  Field field;
  std::string_view key, vi, en;
  std::string_view headers;  ///< folded, parted by '|'
};
constexpr std::array<FieldWords, 30> kFields{{
    {Field::kIgnored, "", "STT", "No.", "stt|so tt|so thu tu|tt|no|ghi chu|note|notes|quan huyen|huyen|quan|district"},
    {Field::kCode, "code", "Mã camera", "Camera code",
     "ma camera|ma|ma so|ma so camera|ma thiet bi|code|camera code|id"},
    {Field::kName, "name", "Tên camera", "Camera name",
     "ten camera|ten|ten vi tri|vi tri lap dat|vi tri|ten diem|diem lap dat|name|camera name|location"},
    {Field::kArea, "area", "Địa bàn", "Area", "dia ban|khu vuc|area"},
    {Field::kAreaCode, "area_code", "Mã xã, phường", "Commune code",
     "ma xa phuong|ma xa|ma phuong|ma dia ban|ma don vi hanh chinh|ma dvhc|area code|commune code"},
    {Field::kProvince, "province", "Tỉnh, thành phố", "Province",
     "tinh thanh pho|tinh|thanh pho|tinh tp|province|city"},
    {Field::kCommune, "commune", "Xã, phường, đặc khu", "Commune",
     "xa phuong dac khu|xa phuong|xa|phuong|phuong xa|xa phuong thi tran|commune|ward"},
    {Field::kResidential, "residential", "Khu dân cư", "Residential area",
     "khu dan cu|kdc|khom ap|khom|ap|to dan pho|tdp|thon|thon to dan pho|khu pho|thon xom|residential "
     "area|neighbourhood"},
    {Field::kAddress, "address", "Địa chỉ", "Address", "dia chi|dia chi lap dat|dia diem|address"},
    {Field::kLat, "lat", "Vĩ độ", "Latitude", "vi do|lat|latitude"},
    {Field::kLon, "lon", "Kinh độ", "Longitude", "kinh do|lon|lng|long|longitude"},
    {Field::kPoint, "point", "Tọa độ", "Coordinates", "toa do|toa do gps|gps|vi tri gps|coordinates|vi do kinh do"},
    {Field::kAzimuth, "azimuth", "Hướng nhìn", "Direction",
     "huong nhin|huong|huong quan sat|goc nhin|azimuth|direction|view"},
    {Field::kOwner, "owner", "Chủ đầu tư, chủ sở hữu", "Owner",
     "chu dau tu chu so huu|chu dau tu|chu so huu|chu ho|don vi chu quan|don vi quan ly|owner|investor"},
    {Field::kPhone, "phone", "Số điện thoại", "Phone", "so dien thoai|dien thoai|sdt|phone|telephone"},
    {Field::kOwnership, "ownership", "Hình thức sở hữu", "Ownership",
     "hinh thuc so huu|so huu|nguon kinh phi|ownership"},
    {Field::kBrand, "brand", "Hãng", "Brand", "hang|hang san xuat|nhan hieu|thuong hieu|brand|maker|manufacturer"},
    {Field::kDeviceModel, "device_model", "Kiểu thiết bị", "Device type",
     "kieu thiet bi|kieu|model|ky hieu|chung loai|loai camera|device model|device type|type"},
    {Field::kSerial, "serial", "Số sê-ri", "Serial", "so se ri|seri|serial|so serial|s n|sn|serial number|so seri"},
    {Field::kMac, "mac", "Địa chỉ MAC", "MAC", "dia chi mac|mac|mac address"},
    {Field::kResolution, "resolution", "Độ phân giải", "Resolution", "do phan giai|resolution"},
    {Field::kProtocol, "protocol", "Giao thức", "Protocol", "giao thuc|giao thuc ket noi|protocol"},
    {Field::kStream, "stream", "Đường dẫn RTSP", "Stream address",
     "duong dan rtsp|rtsp|duong dan|dia chi luong|luong|link|url|stream|stream url|stream address|link rtsp"},
    {Field::kStoredAt, "stored_at", "Nơi lưu", "Stored at", "noi luu|noi luu tru|luu tru tai|storage|stored at"},
    {Field::kRetention, "retention", "Số ngày lưu", "Days kept",
     "so ngay luu|ngay luu|thoi gian luu|thoi han luu tru|so ngay luu tru|thoi gian luu tru|retention|days kept"},
    {Field::kConnected, "connected", "Đấu nối", "Connected", "dau noi|ket noi|da dau noi|tinh trang dau noi|connected"},
    {Field::kState, "state", "Tình trạng", "State",
     "tinh trang|tinh trang hoat dong|trang thai|hien trang|status|state"},
    {Field::kPurpose, "purpose", "Mục đích", "Purpose", "muc dich|muc dich su dung|purpose"},
    {Field::kCriticalPoint, "critical_point", "Loại điểm trọng yếu", "Critical point",
     "loai diem trong yeu|diem trong yeu|loai diem|critical point"},
    {Field::kInstalled, "installed", "Ngày lắp", "Installed",
     "ngay lap|ngay lap dat|thoi gian lap dat|installed|installation date"},
}};

const FieldWords& words_of_field(Field field) {
  return *std::find_if(kFields.begin(), kFields.end(), [&](const FieldWords& f) { return f.field == field; });
}

/// "Vĩ độ (độ thập phân)" -> "vi do": what stands in brackets explains.
std::string header_key(std::string_view words) {
  const std::size_t bracket = words.find('(');
  return catalogue::fold(bracket == 0 ? words : words.substr(0, bracket));
}

bool listed_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find('|'), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

Columns columns_of_row(const sheet::Row& row) {
  Columns columns;
  columns.header_row = row.number;
  std::set<Field> seen;
  for (std::uint32_t i = 0; i < row.cells.size(); ++i) {
    const std::string& text = row.cells[i].text;
    // A title that is merged over the whole width names no column.
    if (text.empty() || row.cells[i].merged) continue;
    const std::optional<Field> field = field_of_header(text);
    if (!field) {
      columns.unknown.emplace_back(i, text);
    } else if (*field != Field::kIgnored && !seen.insert(*field).second) {
      columns.repeated.emplace_back(i, text);
    } else {
      columns.fields[i] = *field;
    }
  }
  return columns;
}

}  // namespace

catalogue::Sentence field_name(Field field) {
  const FieldWords& words = words_of_field(field);
  return {std::string(words.vi), std::string(words.en)};
}
std::string_view field_key(Field field) { return words_of_field(field).key; }

std::optional<Field> field_of_key(std::string_view key) {
  for (const FieldWords& one : kFields) {
    if (one.key == key && !key.empty()) return one.field;
  }
  return std::nullopt;
}

std::vector<Field> kept_fields() {
  std::vector<Field> fields;
  for (const FieldWords& one : kFields) {
    if (!one.key.empty()) fields.push_back(one.field);
  }
  return fields;
}

std::optional<Field> field_of_header(std::string_view words) {
  const std::string key = header_key(words);
  if (key.empty()) return std::nullopt;
  for (const FieldWords& one : kFields) {
    if (listed_word(one.headers, key)) return one.field;
  }
  return std::nullopt;
}

std::optional<Columns> find_columns(const sheet::Table& table) {
  std::optional<Columns> best;
  for (std::size_t i = 0; i < table.rows.size() && i < kHeaderRows; ++i) {
    Columns columns = columns_of_row(table.rows[i]);
    if (columns.fields.size() < 2) continue;
    if (!best || columns.fields.size() > best->fields.size()) best = std::move(columns);
  }
  return best;
}

}  // namespace vonggac::intake
