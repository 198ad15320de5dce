/// user: accounts and grants, for who administers the machine itself. What is done here stands in the audit as done on
/// the machine.
#include <ostream>

#include "access/grants.h"
#include "access/passwords.h"
#include "access/users.h"
#include "cli/register_access.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

struct UserOptions : RegisterOptions {
  std::string login, name, role, area, reason;
};

base::Result<access::User> user_named(store::Reader& session, const std::string& login) {
  VG_ASSIGN(const std::optional<access::User> user, access::user_by_login(session, login));
  if (user) return *user;
  return base::not_found(tr({"there is no user with this login", "không có tài khoản với tên đăng nhập này"}));
}

base::Status give_on_machine(store::WriteSession& session, const access::UserId& user, const UserOptions& options) {
  if (access::find_role(options.role) == nullptr) {
    std::string known;
    for (const access::Role& role : access::roles()) known += (known.empty() ? "" : ", ") + std::string(role.code);
    return base::invalid_argument(tr({"there is no such role; roles: ", "không có vai trò này; các vai trò: "}) +
                                  known);
  }
  VG_ASSIGN(const auto area, maybe_area(session, options.area, catalogue::Day::at(session.now())));
  const auto within = area ? std::optional<base::Uuid>(*area) : std::nullopt;
  VG_TRY(access::give_grant(session, user, options.role, within, session.now(), access::kNoEnd, std::nullopt).error());
  return note_on_machine(session, "grant.give", "user", user);
}

base::Status add_person(const UserOptions& options, Session& session) {
  const base::SystemClock clock;
  VG_ASSIGN(std::string typed, session.entries.read_secret_line());
  const base::Secret password(std::move(typed));
  if (const access::PasswordFault* fault = access::fault_of_password(password, options.login)) {
    return base::invalid_argument(tr({fault->en.c_str(), fault->vi.c_str()}));
  }
  VG_ASSIGN(const std::unique_ptr<gate::Office> office, open_office(options, clock));
  VG_ASSIGN(const std::string hash, access::hash_password(password));
  std::string id_text;
  const base::Status written = office->store().write([&](store::WriteSession& write) -> base::Status {
    VG_ASSIGN(const access::UserId id, access::add_user(write, options.login, options.name, hash, false));
    VG_TRY(note_on_machine(write, "user.add", "user", id));
    id_text = id.to_string();
    return options.role.empty() ? base::Status() : give_on_machine(write, id, options);
  });
  VG_TRY(written);
  if (session.output.json) {
    print_json(session.output, json::object{{"id", id_text}});
  } else {
    session.output.out << id_text << '\n';
  }
  return {};
}

base::Status list_people(const UserOptions& options, Session& session) {
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<gate::Office> office, open_office(options, clock));
  json::array list;
  std::vector<std::vector<std::string>> rows{
      {tr({"LOGIN", "TÊN ĐĂNG NHẬP"}), tr({"NAME", "HỌ TÊN"}), tr({"ROLES", "VAI TRÒ"}), tr({"STATE", "TÌNH TRẠNG"})}};
  const base::Status read = office->store().read([&](store::Reader& reader) -> base::Status {
    VG_ASSIGN(const std::vector<access::User> users, access::list_users(reader, "", 10'000));
    for (const access::User& user : users) {
      VG_ASSIGN(const std::vector<access::Grant> grants, access::grants_of(reader, user.id, clock.wall_now()));
      std::string roles;
      for (const access::Grant& grant : grants) roles += (roles.empty() ? "" : ", ") + grant.role;
      rows.push_back({user.login, user.name, roles.empty() ? "-" : roles,
                      user.suspended_reason ? tr({"suspended", "tạm khóa"}) : tr({"active", "hoạt động"})});
      list.push_back(json::object{{"id", user.id.to_string()},
                                  {"login", user.login},
                                  {"name", user.name},
                                  {"roles", roles},
                                  {"second_factor", user.totp_secret.has_value()},
                                  {"suspended", user.suspended_reason.has_value()}});
    }
    return {};
  });
  VG_TRY(read);
  if (session.output.json) {
    print_json(session.output, json::object{{"users", std::move(list)}});
  } else {
    print_table(session.output.out, rows);
  }
  return {};
}

base::Status give_role(const UserOptions& options, Session&) {
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<gate::Office> office, open_office(options, clock));
  return office->store().write([&](store::WriteSession& write) -> base::Status {
    VG_ASSIGN(const access::User user, user_named(write, options.login));
    return give_on_machine(write, user.id, options);
  });
}

base::Status suspend_person(const UserOptions& options, Session&) {
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<gate::Office> office, open_office(options, clock));
  return office->store().write([&](store::WriteSession& write) -> base::Status {
    VG_ASSIGN(const access::User user, user_named(write, options.login));
    const auto reason = options.reason.empty() ? std::nullopt : std::optional(options.reason);
    VG_TRY(access::suspend(write, user.id, reason));
    return note_on_machine(write, reason ? "user.suspend" : "user.resume", "user", user.id);
  });
}

/// A lost password or telephone, where no other administrator is left.
base::Status reset_person(const UserOptions& options, Session& session) {
  const base::SystemClock clock;
  VG_ASSIGN(std::string typed, session.entries.read_secret_line());
  const base::Secret password(std::move(typed));
  if (const access::PasswordFault* fault = access::fault_of_password(password, options.login)) {
    return base::invalid_argument(tr({fault->en.c_str(), fault->vi.c_str()}));
  }
  VG_ASSIGN(const std::unique_ptr<gate::Office> office, open_office(options, clock));
  VG_ASSIGN(const std::string hash, access::hash_password(password));
  return office->store().write([&](store::WriteSession& write) -> base::Status {
    VG_ASSIGN(const access::User user, user_named(write, options.login));
    VG_TRY(access::reset_password(write, user.id, hash));
    VG_TRY(access::set_totp(write, user.id, std::nullopt));
    return note_on_machine(write, "user.reset_password", "user", user.id);
  });
}

base::Status show_setup_code(const UserOptions& options, Session& session) {
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<gate::Office> office, open_office(options, clock));
  VG_ASSIGN(const std::optional<std::string> code, office->setup_code());
  if (!code) return base::not_found(tr({"there are accounts already", "đã có tài khoản rồi"}));
  if (session.output.json) {
    print_json(session.output, json::object{{"code", *code}});
  } else {
    session.output.out << *code << '\n';
  }
  return {};
}

using UserWork = base::Status (*)(const UserOptions&, Session&);

std::pair<CLI::App*, std::shared_ptr<UserOptions>> declare_user_part(CLI::App& user, Session& session, const char* name,
                                                                     const Phrase& what, UserWork work,
                                                                     bool takes_login) {
  CLI::App* command = nullptr;
  auto options = declare<UserOptions>(user, name, what, command);
  add_register_options(*command, *options, session);
  if (takes_login) {
    command->add_option("--login", options->login, tr({"Login", "Tên đăng nhập"}))->required()->type_name("LOGIN");
  }
  command->callback([options, work, &session] {
    session.chosen = [options, work, &session] { return report(session.output, work(*options, session)); };
  });
  return {command, options};
}

void add_grant_options(CLI::App& command, UserOptions& options, bool required) {
  CLI::Option* role =
      command.add_option("--role", options.role, tr({"Role, like TRUC or QUAN_TRI", "Vai trò, như TRUC hay QUAN_TRI"}));
  role->type_name("ROLE")->required(required);
  command
      .add_option("--area", options.area,
                  tr({"Only in this area: id or name (default: everywhere)",
                      "Chỉ trong địa bàn này: mã hoặc tên (mặc định: tất cả)"}))
      ->type_name("AREA");
}

}  // namespace

void declare_user(CLI::App& app, Session& session) {
  CLI::App* user = app.add_subcommand("user", tr({"Accounts and grants", "Tài khoản và quyền"}));
  user->require_subcommand(1);
  declare_user_part(*user, session, "list", {"List accounts", "Liệt kê tài khoản"}, list_people, false);
  const auto [add, add_options] = declare_user_part(
      *user, session, "add",
      {"Add a person; the password comes on standard input", "Thêm một người; mật khẩu đọc từ đầu vào chuẩn"},
      add_person, true);
  add->add_option("--name", add_options->name, tr({"Name of the person", "Họ tên"}))->required()->type_name("NAME");
  add_grant_options(*add, *add_options, false);
  const auto [grant, grant_options] =
      declare_user_part(*user, session, "grant", {"Give a role", "Cấp một vai trò"}, give_role, true);
  add_grant_options(*grant, *grant_options, true);
  const auto [suspend, suspend_options] = declare_user_part(
      *user, session, "suspend", {"Suspend an account, or let it in again", "Tạm khóa hoặc mở lại tài khoản"},
      suspend_person, true);
  suspend
      ->add_option("--reason", suspend_options->reason, tr({"Why; left out: let in again", "Lý do; bỏ trống: mở lại"}))
      ->type_name("TEXT");
  declare_user_part(*user, session, "reset-password",
                    {"Set a password (standard input) that must be changed, and take the second factor off",
                     "Đặt mật khẩu mới (đầu vào chuẩn), phải đổi khi đăng nhập, và gỡ xác thực hai bước"},
                    reset_person, true);
  declare_user_part(
      *user, session, "setup-code",
      {"A new one-time code for the first administrator", "Mã dùng một lần để tạo quản trị viên đầu tiên"},
      show_setup_code, false);
}

}  // namespace vonggac::cli
