/// Connecting a camera of the register: its address and password go to core, which seals them; the register keeps the
/// address without them (V29).
/// Flow     form -> what the register says of the camera (pool) -> camera.set or camera.add (core) -> streams, audit
/// (pool).
#include <fmt/format.h>

#include "api/handler_parts.h"
#include "api/routes.h"
#include "catalogue/camera_streams.h"
#include "catalogue/cameras.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kSecrets[] = {"user", "password", "sub_user", "sub_password"};
constexpr std::string_view kSettings[] = {"record", "transport", "retention_days", "audio"};

/// The fields that core takes, checked by core; none else.
std::variant<json::object, HttpReply> wanted_connection(const Call& call) {
  std::variant<Form, HttpReply> parsed = Form::parse(call.request);
  if (HttpReply* refusal = std::get_if<HttpReply>(&parsed)) return std::move(*refusal);
  Form& form = std::get<Form>(parsed);
  json::object wanted;
  wanted["url"] = form.text("url", 1024);
  if (form.has("sub_url")) {
    const std::optional<std::string> sub = form.maybe_text("sub_url", 1024);
    wanted["sub_url"] = sub ? json::value(*sub) : json::value();
  }
  for (const std::string_view field : kSecrets) {
    if (form.has(field)) wanted[field] = form.secret(field).reveal();
  }
  for (const std::string_view field : kSettings) {
    if (const json::value* value = form.raw(field)) wanted[field] = *value;
  }
  if (!form.finish()) return problems_reply(form.problems());
  return wanted;
}

HttpReply form_refusal(std::string_view field, std::string vi, std::string en) {
  catalogue::Problems problems;
  problems.refuse("", field, std::move(vi), std::move(en));
  return problems_reply(problems);
}

HttpReply core_refusal(const base::Status& status) {
  if (status.kind() != base::ErrorKind::kInvalidArgument && status.kind() != base::ErrorKind::kOutOfRange) {
    return logged_problem("camera.connect", status);
  }
  return form_refusal("url", "Bộ ghi không nhận địa chỉ hoặc cài đặt này.", status.message());
}

/// What was measured stays; the address is the new one.
base::Status keep_stream(store::WriteSession& session, const base::CameraId& camera, std::string_view role,
                         const json::value* url, catalogue::Problems& problems) {
  if (url == nullptr || !url->is_string()) return catalogue::drop_stream(session, camera, role);
  catalogue::StreamFacts stream;
  VG_ASSIGN(const auto before, catalogue::streams_of(session, camera));
  for (const catalogue::StreamFacts& one : before) {
    if (one.role == role) stream = one;
  }
  stream.role = std::string(role);
  stream.display_url = std::string(url->get_string());
  return catalogue::put_stream(session, camera, stream, problems);
}

/// The camera of core's reply, as core shows it.
json::object shown_camera(const std::string& reply) {
  boost::system::error_code error;
  const json::value value = json::parse(reply, error);
  const json::value* camera = !error && value.is_object() ? value.get_object().if_contains("camera") : nullptr;
  return camera != nullptr && camera->is_object() ? camera->get_object() : json::object();
}

HttpReply note_connection(const PoolServices& services, const Call& call, const json::object& shown) {
  return change_register(
      services, call, 200,
      [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
        const base::CameraId camera{call.id};
        VG_TRY(keep_stream(session, camera, "CHINH", shown.if_contains("url"), problems));
        const json::value* sub = shown.if_contains("sub_url");
        if (sub != nullptr && sub->is_string()) VG_TRY(keep_stream(session, camera, "PHU", sub, problems));
        VG_TRY(session.tell("camera.connected", camera, "{}"));
        return json::object{{"id", camera.to_string()},
                            {"url", shown.contains("url") ? shown.at("url") : json::value()}};
      });
}

/// The name of the camera for core, or why it is not connected.
std::variant<std::string, HttpReply> connectable(gate::Office& office, const base::Uuid& id) {
  std::optional<catalogue::Camera> camera;
  const base::Status read = office.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(camera, catalogue::camera_of(session, base::CameraId{id}));
    return {};
  });
  if (!read.ok()) return logged_problem("camera.connect", read);
  if (!camera) return refusal_reply(gate::not_there());
  if (camera->facts.kind == "CHI_DANG_KY" || camera->merged_into) {
    return form_refusal("kind", "Camera này chỉ đăng ký trong sổ, không kết nối.",
                        "This camera is only registered; it is not connected.");
  }
  return camera->facts.name;
}

}  // namespace

void Routes::answer_connection(const Call& call, const ReplySink& sink) {
  std::variant<json::object, HttpReply> parsed = wanted_connection(call);
  if (HttpReply* refusal = std::get_if<HttpReply>(&parsed)) {
    sink(std::move(*refusal));
    return;
  }
  auto request = std::make_shared<json::object>(std::move(std::get<json::object>(parsed)));
  (*request)["id"] = call.id.to_string();
  // The call's form holds the password: it goes no further than here.
  auto known = std::make_shared<Call>(call);
  known->request.body.clear();
  const auto finish = [this, known, sink](const base::Result<std::string>& reply) {
    if (!reply) {
      sink(core_refusal(reply.error()));
      return;
    }
    on_pool(
        services_.files,
        [this, known, shown = shown_camera(*reply)] { return note_connection(pool_services(), *known, shown); }, sink);
  };
  const auto connect = [this, request, finish](const std::string& name) {
    (*request)["op"] = "camera.set";
    services_.core.command(json::serialize(*request),
                           [this, request, finish, name](const base::Result<std::string>& reply) {
                             if (reply || reply.error().kind() != base::ErrorKind::kNotFound) {
                               finish(reply);
                               return;
                             }
                             (*request)["op"] = "camera.add";
                             (*request)["name"] = name;
                             services_.core.command(json::serialize(*request), finish);
                           });
  };
  const auto found = std::make_shared<std::variant<std::string, HttpReply>>();
  const bool accepted = services_.files.run([this, known, found] { *found = connectable(services_.office, known->id); },
                                            [found, connect, sink] {
                                              if (HttpReply* refusal = std::get_if<HttpReply>(&*found)) {
                                                sink(std::move(*refusal));
                                              } else {
                                                connect(std::get<std::string>(*found));
                                              }
                                            });
  if (!accepted) sink(problem_reply(503, {"Máy chủ đang bận.", "too many requests wait; try again in a moment"}));
}

}  // namespace vonggac::api
