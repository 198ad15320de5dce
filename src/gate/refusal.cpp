#include "gate/refusal.h"

#include <fmt/format.h>

namespace vonggac::gate {

Refusal login_needed() { return {401, "login_needed", {"Cần đăng nhập để xem trang này.", "Log in to see this."}}; }
Refusal wrong_login() {
  return {401,
          "wrong_login",
          {"Tên đăng nhập, mật khẩu hoặc mã xác nhận không đúng.", "Login, password or code is wrong."}};
}
Refusal too_many_tries(int wait_s) {
  const int minutes = (wait_s + 59) / 60;
  return {429,
          "too_many_tries",
          {fmt::format("Đã nhập sai quá nhiều lần. Hãy thử lại sau {} phút.", minutes),
           fmt::format("Too many wrong tries. Try again in {} min.", minutes)},
          wait_s};
}
Refusal second_factor_code_needed() {
  return {401,
          "second_factor_code_needed",
          {"Nhập mã 6 số của ứng dụng xác thực trên điện thoại.", "Type the six digits of your authenticator app."}};
}
Refusal second_factor_must_be_set() {
  return {403,
          "second_factor_must_be_set",
          {"Vai trò này cần xác thực hai bước: hãy cài ứng dụng xác thực trước.",
           "This role needs a second factor: set up an authenticator app first."}};
}
Refusal password_must_change() {
  return {403, "password_must_change", {"Hãy đổi mật khẩu trước khi tiếp tục.", "Change your password first."}};
}
Refusal locked_session() {
  return {423,
          "locked",
          {"Màn hình đang khóa. Nhập mật khẩu để mở.", "The screen is locked. Type your password to open it."}};
}
Refusal not_allowed() {
  return {403,
          "not_allowed",
          {"Tài khoản này không có quyền làm việc đó. Hãy hỏi quản trị viên nếu cần.",
           "This account may not do that. Ask the administrator if you need it."}};
}
Refusal not_there() { return {404, "not_there", {"Không có mục này.", "There is no such thing."}}; }
Refusal purpose_needed() {
  return {
      403,
      "purpose_needed",
      {"Hãy nêu mục đích xem lại trước khi mở bản ghi.", "Say what the recording is needed for before opening it."}};
}
Refusal not_now(catalogue::Sentence why) { return {403, "not_agreed", std::move(why)}; }

}  // namespace vonggac::gate
