#include "intake/import_template.h"

#include <array>

#include "intake/columns.h"
#include "intake/imports.h"

namespace vonggac::intake {
namespace {

struct TemplateColumn {
  Field field;
  std::string_view example, vi, en;
};
/// In the order of form R24, with what our register asks for besides.
constexpr std::array<TemplateColumn, 27> kTemplate{{
    {Field::kCode, "01", "Mã của đơn vị, nếu có; không trùng trong tệp",
     "Your own number, if any; not twice in a file"},
    {Field::kName, "Cổng chợ Phường 8", "Cần ghi, hoặc ghi địa chỉ", "Needed, or the address"},
    {Field::kProvince, "Tỉnh Cà Mau", "Bỏ trống nếu chọn địa bàn khi nộp tệp",
     "May be empty if an area is chosen when the file is sent"},
    {Field::kCommune, "Phường Bạc Liêu", "Tên hiện nay hoặc tên trước sáp nhập",
     "The name of today, or the one before the merger"},
    {Field::kResidential, "Khóm 3", "Khóm, ấp, tổ dân phố, thôn", "Residential area"},
    {Field::kAddress, "12 Trần Huỳnh", "Số nhà, đường", "House and street"},
    {Field::kPoint, "9.2941, 105.7278", "Vĩ độ, kinh độ", "Latitude, longitude"},
    {Field::kAzimuth, "Đông Nam", "Số độ 0–360 hoặc tên hướng", "0 to 360 degrees, or a point of the compass"},
    {Field::kOwner, "UBND phường Bạc Liêu", "Chủ đầu tư hoặc chủ sở hữu", "Who paid for it or owns it"},
    {Field::kPhone, "0912345678", "10 chữ số", "10 digits"},
    {Field::kOwnership, "Ngân sách xã",
     "Bỏ trống được nếu tên chủ sở hữu đã nói rõ (UBND …, Công an …, Hộ …, Công ty …)",
     "May be empty where the owner's name says it"},
    {Field::kBrand, "Hikvision", "Hãng sản xuất", "Maker"},
    {Field::kDeviceModel, "DS-2CD2043", "Kiểu thiết bị", "Type of the device"},
    {Field::kSerial, "C12345678", "Để cột kiểu Văn bản", "Keep the column as text"},
    {Field::kMac, "4C:BD:8F:12:34:56", "12 chữ số 0–9, A–F", "12 digits 0-9, A-F"},
    {Field::kResolution, "1920x1080", "1920x1080, 2MP, 4K", "1920x1080, 2MP, 4K"},
    {Field::kProtocol, "ONVIF", "Giao thức kết nối", "Protocol"},
    {Field::kStream, "rtsp://192.168.1.10:554/cam1", "Không ghi mật khẩu: mật khẩu trong tệp không được lưu",
     "Without a password: those in a file are not kept"},
    {Field::kStoredAt, "Đầu ghi tại phòng trực", "Nơi lưu bản ghi", "Where recordings are kept"},
    {Field::kRetention, "30", "Số ngày, từ 0 đến 3650", "Days, 0 to 3650"},
    {Field::kConnected, "Đã đấu nối về xã", "Tình trạng đấu nối", "Whether it is connected"},
    {Field::kState, "Hoạt động tốt", "Tình trạng hoạt động", "Whether it works"},
    {Field::kPurpose, "An ninh, trật tự", "Mục đích sử dụng", "Purpose"},
    {Field::kCriticalPoint, "", "Bỏ trống nếu không phải điểm trọng yếu", "Empty if it is no critical point"},
    {Field::kInstalled, "31/12/2025", "Ngày/tháng/năm", "Day/month/year"},
    {Field::kAreaCode, "31825", "Mã xã, phường; thay được cho tên", "Official code; stands for the name"},
    {Field::kArea, "Khóm 3, Phường Bạc Liêu, Cà Mau", "Thay được cho ba cột tỉnh, xã, khu dân cư",
     "Stands for province, commune and residential area"},
}};

}  // namespace

std::vector<sheet::WrittenSheet> import_template_sheets() {
  sheet::WrittenSheet form{"Kiểm kê camera", {{}}, 22};
  sheet::WrittenSheet guide{"Hướng dẫn", {{"Cột", "Ví dụ", "Cách ghi", "Column", "What to write"}}, 36};
  for (const TemplateColumn& one : kTemplate) {
    const catalogue::Sentence name = field_name(one.field);
    form.rows.front().push_back(name.vi);
    guide.rows.push_back({name.vi, std::string(one.example), std::string(one.vi), name.en, std::string(one.en)});
  }
  return {std::move(form), std::move(guide)};
}

std::string import_template_csv() {
  std::string line = "\xEF\xBB\xBF";
  for (const TemplateColumn& one : kTemplate) {
    if (&one != &kTemplate.front()) line += ',';
    line += csv_cell(field_name(one.field).vi);
  }
  return line + "\r\n";
}

}  // namespace vonggac::intake
