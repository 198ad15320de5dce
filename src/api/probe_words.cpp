#include "api/probe_words.h"

namespace vonggac::api {

namespace json = boost::json;

json::object object_of_reply(const std::string& reply) {
  boost::system::error_code error;
  json::value value = json::parse(reply, error);
  json::object out = !error && value.is_object() ? std::move(value.get_object()) : json::object();
  out.erase("ok");
  return out;
}

catalogue::Problem probe_problem(std::string_view field) {
  if (field == "port") {
    return {"",
            "address",
            {"Cổng này không phải cổng thường dùng của camera. Nếu đúng, người quản trị thêm vào vendors.toml.",
             "This port is not one of cameras. If it is right, an administrator adds it to vendors.toml."}};
  }
  if (field == "network") {
    return {"",
            "network",
            {"Mạng ghi như 192.168.1.0/24, tối đa 256 địa chỉ, và phải nằm trong mạng camera được phép.",
             "The network is written as 192.168.1.0/24, has at most 256 addresses and lies in the camera networks."}};
  }
  if (field == "brand") {
    return {"", "brand", {"Hãng này không có trong danh sách.", "The brand is not in the list."}};
  }
  if (field == "channels") {
    return {"", "channels", {"Số kênh phải từ 1 đến 64.", "channels must be 1 to 64."}};
  }
  if (field == "login") {
    return {"",
            "user",
            {"Tên đăng nhập hoặc mật khẩu có ký tự không dùng được, hoặc thiếu tên đăng nhập.",
             "The user name or password has characters that cannot be used, or the user name is missing."}};
  }
  return {"",
          "address",
          {"Địa chỉ không đúng. Ghi như 192.168.1.10, 192.168.1.10:8000 hoặc rtsp://192.168.1.10:554/duong-dan.",
           "The address is not right. Write it as 192.168.1.10, 192.168.1.10:8000 or rtsp://192.168.1.10:554/path."}};
}

catalogue::Sentence probe_words(const base::Status& status, std::string_view field) {
  if (status.kind() == base::ErrorKind::kInvalidArgument) return probe_problem(field).sentence;
  return {"Không dò được camera này. Hãy dò lại sau.", "This camera could not be looked at. Try again later."};
}

}  // namespace vonggac::api
