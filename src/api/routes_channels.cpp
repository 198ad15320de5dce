/// All channels of a recorder (DVR, NVR) that a probe has found, registered and connected in one step.
/// Flow     form -> probe's view (core) -> cameras of the register, one transaction (pool) -> camera.set or camera.add
/// for
///          each (core) -> addresses and readings (pool) -> reply: each channel with what became of it
/// Errors   nothing is registered unless every channel can be; a channel that core then refuses says so and stays
///          registered without a connection.
#include <algorithm>

#include <fmt/format.h>

#include "api/connection_parts.h"
#include "api/handler_parts.h"
#include "api/record_parts.h"
#include "api/routes.h"
#include "catalogue/recorders.h"
#include "gate/agreement_pauses.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::CameraForm;
using catalogue::Problems;
using catalogue::SiteId;

constexpr std::size_t kMostChannels = 64;

struct WantedChannel {
  CameraForm camera;
  std::string field;  ///< "channels[2].", for problems
  base::CameraId id;
  bool pause = false;  ///< its owner has not agreed to be recorded
  std::string code;
  std::optional<ConnectedCamera> connected;
  json::value trouble;
};

struct ChannelsJob {
  Call call;
  std::string probe;
  std::vector<WantedChannel> channels;
  std::size_t next = 0;
};
using Job = std::shared_ptr<ChannelsJob>;

void read_channels(Form& form, ChannelsJob& job) {
  CameraForm shared;
  shared.recorder = catalogue::RecorderId{job.call.id};
  set_text(form, "ownership", shared.ownership, 40);
  set_text(form, "purpose", shared.purpose);
  set_text(form, "retention_class", shared.retention_class, 40);
  if (form.has("retention_days")) shared.retention_days = form.maybe_integer("retention_days", 0, 3650).value_or(0);
  if (form.has("owner")) shared.owner = form.maybe_id("owner");
  for (Form& one : form.forms("channels", kMostChannels)) {
    WantedChannel wanted;
    wanted.camera = shared;
    wanted.field = one.name_of("");
    wanted.camera.channel = one.maybe_integer("channel", 1, 1024);
    if (!wanted.camera.channel) {
      one.problems().refuse("", one.name_of("channel"), "Thiếu số kênh.", "The number of the channel is missing.");
    }
    wanted.camera.site = SiteId{one.id("site")};
    wanted.camera.name = one.maybe_text("name").value_or(fmt::format("Kênh {}", wanted.camera.channel.value_or(0)));
    (void)one.finish();
    form.adopt(one);
    job.channels.push_back(std::move(wanted));
  }
  if (job.channels.empty()) {
    form.problems().refuse("", "channels", "Chọn ít nhất một kênh.", "Choose at least one channel.");
  }
}

/// Channels whose main stream gave pictures.
std::vector<std::int64_t> live_channels(const std::string& reply) {
  std::vector<std::int64_t> channels;
  boost::system::error_code error;
  const json::value view = json::parse(reply, error);
  const json::value* streams = !error && view.is_object() ? view.get_object().if_contains("streams") : nullptr;
  if (streams == nullptr || !streams->is_array()) return channels;
  for (const json::value& value : streams->get_array()) {
    const json::object* stream = value.if_object();
    if (stream == nullptr) continue;
    const json::value *channel = stream->if_contains("channel"), *role = stream->if_contains("role"),
                      *streamed = stream->if_contains("streamed");
    const bool main = role != nullptr && role->is_string() && role->get_string() == "main";
    const bool live = streamed != nullptr && streamed->is_bool() && streamed->get_bool();
    if (main && live && channel != nullptr && channel->is_int64()) channels.push_back(channel->get_int64());
  }
  return channels;
}

HttpReply probe_is_gone() {
  Problems problems;
  problems.refuse("", "probe", "Kết quả dò không còn hoặc chưa xong: hãy dò lại đầu ghi.",
                  "The probe is gone or not done: probe the recorder again.");
  return problems_reply(problems);
}

std::optional<HttpReply> refuse_silent_channels(const ChannelsJob& job, const std::vector<std::int64_t>& live) {
  Problems problems;
  for (const WantedChannel& wanted : job.channels) {
    if (std::find(live.begin(), live.end(), *wanted.camera.channel) != live.end()) continue;
    problems.refuse("", wanted.field + "channel", "Lần dò này không thấy hình của kênh này.",
                    "This probe saw no pictures of this channel.");
  }
  return problems.refused() ? std::optional(problems_reply(problems)) : std::nullopt;
}

/// Whoever connects a channel also writes it into the register: both must be allowed where its site is.
base::Status check_site(store::WriteSession& session, const Call& call, const WantedChannel& wanted,
                        Problems& problems) {
  const std::string field = wanted.field + "site";
  VG_TRY(check_reach(session, call, gate::ObjectKind::kSite, wanted.camera.site, field, problems));
  VG_ASSIGN(const auto site, gate::load_object(session, gate::ObjectKind::kSite, wanted.camera.site, session.now()));
  if (site && call.admission.caller.authority.may(access::Action::kRegisterWrite, site->areas)) return {};
  problems.refuse("", field, "Bạn không được ghi sổ ở nơi này.", "The register is not yours to write here.");
  return problems.status();
}

base::Status register_channel(store::WriteSession& session, const ChannelsJob& job,
                              const std::vector<catalogue::Camera>& known, WantedChannel& wanted, Problems& problems) {
  VG_TRY(check_site(session, job.call, wanted, problems));
  VG_TRY(check_reach(session, job.call, gate::ObjectKind::kParty, wanted.camera.owner, "owner", problems));
  for (const catalogue::Camera& camera : known) {
    if (camera.facts.channel != wanted.camera.channel || camera.merged_into) continue;
    wanted.id = camera.id;  // registered already: only connected
    wanted.code = camera.code;
    return {};
  }
  VG_ASSIGN(wanted.id, catalogue::register_camera(session, wanted.camera, problems));
  VG_ASSIGN(const auto made, catalogue::camera_of(session, wanted.id));
  wanted.code = made ? made->code : "";
  return {};
}

HttpReply register_channels(const PoolServices& services, ChannelsJob& job) {
  return change_register(
      services, job.call, 200, [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
        VG_ASSIGN(const auto known, catalogue::cameras_of_recorder(session, catalogue::RecorderId{job.call.id}));
        for (WantedChannel& wanted : job.channels) {
          VG_TRY(register_channel(session, job, known, wanted, problems));
          VG_ASSIGN(wanted.pause, gate::pause_before_connecting(session, wanted.id));
        }
        return json::object{};
      });
}

HttpReply note_channels(const PoolServices& services, const ChannelsJob& job) {
  return change_register(services, job.call, 200,
                         [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                           json::array channels;
                           for (const WantedChannel& wanted : job.channels) {
                             if (wanted.connected)
                               VG_TRY(keep_connection(session, wanted.id, *wanted.connected, problems));
                             channels.push_back(json::object{{"channel", *wanted.camera.channel},
                                                             {"id", wanted.id.to_string()},
                                                             {"code", wanted.code},
                                                             {"connected", wanted.connected.has_value()},
                                                             {"trouble", wanted.trouble}});
                           }
                           return json::object{{"channels", std::move(channels)}};
                         });
}

json::object channel_question(const ChannelsJob& job, const char* op) {
  const WantedChannel& wanted = job.channels[job.next];
  json::object question{{"op", op},
                        {"id", wanted.id.to_string()},
                        {"probe", job.probe},
                        {"channel", *wanted.camera.channel},
                        {"by", job.call.admission.caller.user.to_string()}};
  if (wanted.pause) question["paused"] = true;
  if (std::string_view(op) == "camera.add") question["name"] = wanted.camera.name;
  return question;
}

/// One channel after the other: core answers each at once.
void connect_next(CoreLink& core, const Job& job, const std::function<void()>& then) {
  if (job->next >= job->channels.size()) return then();
  const auto finish = [&core, job, then](const base::Result<std::string>& reply) {
    WantedChannel& wanted = job->channels[job->next++];
    if (reply) {
      wanted.connected = connected_camera(*reply);
    } else {
      wanted.trouble = json::object{{"vi", "Bộ ghi không nhận kênh này, hãy nối lại sau."},
                                    {"en", "The recorder did not take this channel; connect it again later."}};
    }
    connect_next(core, job, then);
  };
  core.command(json::serialize(channel_question(*job, "camera.set")),
               [&core, job, finish](const base::Result<std::string>& reply) {
                 if (reply || reply.error().kind() != base::ErrorKind::kNotFound) return finish(reply);
                 core.command(json::serialize(channel_question(*job, "camera.add")), finish);
               });
}

}  // namespace

void Routes::answer_channels_connect(const Call& call, const ReplySink& sink) {
  std::variant<Form, HttpReply> parsed = Form::parse(call.request);
  if (HttpReply* refusal = std::get_if<HttpReply>(&parsed)) return sink(std::move(*refusal));
  Form& form = std::get<Form>(parsed);
  const Job job = std::make_shared<ChannelsJob>();
  job->call = call;
  job->probe = form.id("probe").to_string();
  read_channels(form, *job);
  if (!form.finish()) return sink(problems_reply(form.problems()));
  const auto note = [this, job, sink] {
    on_pool(
        services_.files, [this, job] { return note_channels(pool_services(), *job); }, sink);
  };
  const auto connect = [this, job, sink, note](HttpReply reply) {
    if (reply.status != 200) return sink(std::move(reply));
    connect_next(services_.core, job, note);
  };
  const json::object question{
      {"op", "camera.probe.view"}, {"probe", job->probe}, {"by", call.admission.caller.user.to_string()}};
  services_.core.ask(json::serialize(question), base::Micros(0),
                     [this, job, sink, connect](const base::Result<std::string>& view) {
                       if (!view && view.error().kind() != base::ErrorKind::kNotFound) {
                         return sink(logged_problem("recorder.connect", view.error()));
                       }
                       const std::vector<std::int64_t> live = view ? live_channels(*view) : std::vector<std::int64_t>();
                       if (live.empty()) return sink(probe_is_gone());
                       if (auto refused = refuse_silent_channels(*job, live)) return sink(std::move(*refused));
                       on_pool(
                           services_.files, [this, job] { return register_channels(pool_services(), *job); }, connect);
                     });
}

}  // namespace vonggac::api
