#include "api/import_probes.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/handler_parts.h"
#include "api/probe_words.h"
#include "api/record_parts.h"
#include "api/status_fields.h"
#include "base/base64.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostStillBytes = 40'000;
constexpr std::size_t kMostWordBytes = 600;

/// What core says is bounded there; what is kept for thousands of rows is bounded once more here.
std::string short_text(const json::object& object, std::string_view key) {
  std::string text = text_at(object, key);
  if (text.size() > kMostWordBytes) text.clear();
  return text;
}

const json::array* list_in(const json::object& view, std::string_view key) {
  const json::value* value = view.if_contains(key);
  return value != nullptr && value->is_array() ? &value->get_array() : nullptr;
}

json::array findings_in(const json::object& view, bool& needs_login) {
  json::array out;
  const json::array* found = list_in(view, "findings");
  if (found == nullptr) return out;
  for (const json::value& one : *found) {
    if (!one.is_object() || out.size() >= ImportProbes::kMostFindings) continue;
    const json::object& finding = one.get_object();
    const std::string code = short_text(finding, "code");
    needs_login = needs_login || code == "needs_password";
    out.push_back(json::object{{"code", code},
                               {"weight", short_text(finding, "weight")},
                               {"sentence", sentence_json({short_text(finding, "vi"), short_text(finding, "en")})}});
  }
  return out;
}

json::object finding(std::string_view code, const catalogue::Sentence& sentence) {
  return {{"code", code}, {"weight", "fault"}, {"sentence", sentence_json(sentence)}};
}

/// The stream to show: one that gave pictures, with a still if there is any, then a main one. (A node that analyses
/// nothing makes no stills.)
const json::object* best_stream(const json::object& view) {
  const json::array* streams = list_in(view, "streams");
  const json::object* best = nullptr;
  if (streams == nullptr) return best;
  for (const json::value& one : *streams) {
    if (!one.is_object()) continue;
    const json::object& stream = one.get_object();
    if (!flag_at(stream, "streamed")) continue;
    const auto rank = [](const json::object& s) {
      return (flag_at(s, "still") ? 2 : 0) + (text_at(s, "role") == "main" ? 1 : 0);
    };
    if (best == nullptr || rank(stream) > rank(*best)) best = &stream;
  }
  return best;
}

json::value number_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_number() ? *value : json::value();
}

json::value stream_facts(const json::object* stream) {
  if (stream == nullptr) return {};
  return json::object{{"codec", short_text(*stream, "codec")},
                      {"width", number_in(*stream, "width")},
                      {"height", number_in(*stream, "height")},
                      {"frames_per_second", number_in(*stream, "frames_per_second")}};
}

const catalogue::Sentence kLoginSentence{
    "Camera đòi đăng nhập. Tệp không mang mật khẩu: dò riêng camera này với tên đăng nhập và mật khẩu, hoặc nhập khi "
    "đấu nối.",
    "The camera asks for a login. A file holds no passwords: look at this camera by itself with user and password, or "
    "enter them when it is connected."};

/// In the order of ImportProbes' states and steps.
constexpr catalogue::NamedCode kRunWords[] = {
    {"running", "đang dò", "under way"}, {"done", "đã dò xong", "done"}, {"cancelled", "đã dừng", "cancelled"}};
constexpr catalogue::NamedCode kStepWords[] = {{"waiting", "chờ dò", "waiting"},
                                               {"looking", "đang dò", "being looked at"},
                                               {"looking", "đang dò", "being looked at"},
                                               {"done", "đã dò", "looked at"},
                                               {"failed", "không dò được", "could not be looked at"}};

}  // namespace

base::Status ImportProbes::begin(const base::Uuid& import, std::vector<intake::RowStream> rows,
                                 std::shared_ptr<const gate::Permit> permit) {
  const auto known = runs_.find(import);
  if (known != runs_.end() && known->second->state == State::kRunning) return {};
  if (rows.size() > kMostRows) return base::out_of_range("too many rows for one run");
  if (known != runs_.end()) {
    runs_.erase(known);
  } else if (!make_room()) {
    return base::unavailable("too many imports are being looked at");
  }
  auto run = std::make_shared<Run>();
  run->rows.reserve(rows.size());
  for (intake::RowStream& one : rows) {
    Row row;
    row.stream = std::move(one);
    run->rows.push_back(std::move(row));
  }
  run->permit = std::move(permit);
  run->begun_at = clock_.wall_now();
  runs_.emplace(import, std::move(run));
  return {};
}

/// The one that ended first makes room.
bool ImportProbes::make_room() {
  if (runs_.size() < kMostRuns) return true;
  auto oldest = runs_.end();
  for (auto one = runs_.begin(); one != runs_.end(); ++one) {
    if (one->second->state == State::kRunning) continue;
    if (oldest == runs_.end() || one->second->ended < oldest->second->ended) oldest = one;
  }
  if (oldest == runs_.end()) return false;
  runs_.erase(oldest);
  return true;
}

bool ImportProbes::cancel(const base::Uuid& import) {
  const auto found = runs_.find(import);
  if (found == runs_.end() || found->second->state != State::kRunning) return false;
  Run& run = *found->second;
  for (Row& row : run.rows) {
    if (row.step != Step::kLooking && row.step != Step::kAsked) continue;
    forget_in_core(import, row);
    row.step = Step::kWaiting;
  }
  end(run, State::kCancelled);
  return true;
}

void ImportProbes::end(Run& run, State state) {
  run.state = state;
  run.ended = clock_.mono_now();
  run.ended_at = clock_.wall_now();
  run.permit.reset();
}

std::size_t ImportProbes::busy_rows(const Run& run) {
  return static_cast<std::size_t>(std::count_if(run.rows.begin(), run.rows.end(), [](const Row& row) {
    return row.step == Step::kAsked || row.step == Step::kLooking;
  }));
}

void ImportProbes::tick() {
  forget_old();
  std::size_t busy = 0;
  for (const auto& one : runs_) busy += one.second->state == State::kRunning ? busy_rows(*one.second) : 0;
  std::vector<base::Uuid> ended;
  for (const auto& [import, run] : runs_) {
    if (run->state != State::kRunning) continue;
    if (run->permit && !run->permit->valid()) {
      ended.push_back(import);
      continue;
    }
    advance(import, run, busy);
  }
  for (const base::Uuid& import : ended) cancel(import);
}

void ImportProbes::forget_old() {
  const base::MonoTime now = clock_.mono_now();
  std::erase_if(runs_, [now](const auto& one) {
    return one.second->state != State::kRunning && now - one.second->ended > kKeptFor;
  });
}

void ImportProbes::advance(const base::Uuid& import, const std::shared_ptr<Run>& run, std::size_t& busy) {
  const base::MonoTime now = clock_.mono_now();
  for (std::size_t i = 0; i < run->next; ++i) {
    Row& row = run->rows[i];
    if (row.step == Step::kLooking && !row.view_open && now >= row.next_look) look_at(import, run, i);
  }
  // Core may have been busy with others: those that it did not take come again, the first ones first.
  while (busy < kAtOnce && now >= run->not_before) {
    const auto waiting =
        std::find_if(run->rows.begin(), run->rows.end(), [](const Row& row) { return row.step == Step::kWaiting; });
    if (waiting == run->rows.end()) break;
    const auto place = static_cast<std::size_t>(waiting - run->rows.begin());
    run->next = std::max(run->next, place + 1);
    ++busy;
    ask_for(import, run, place);
  }
  const bool over = std::all_of(run->rows.begin(), run->rows.end(),
                                [](const Row& row) { return row.step == Step::kDone || row.step == Step::kFailed; });
  if (over) end(*run, State::kDone);
}

json::object ImportProbes::about(const base::Uuid& import, const char* op, const Row& row) const {
  return {{"op", op}, {"probe", row.probe}, {"by", "import:" + import.to_string()}};
}

void ImportProbes::ask_for(const base::Uuid& import, const std::shared_ptr<Run>& run, std::size_t place) {
  Row& asked = run->rows[place];
  asked.step = Step::kAsked;
  const json::object question{
      {"op", "camera.probe"}, {"by", "import:" + import.to_string()}, {"url", asked.stream.url}};
  core_.command(json::serialize(question), [this, import, place, weak = RunPlace(run)](const auto& reply) {
    const std::shared_ptr<Run> there = weak.lock();
    if (there) on_asked(import, *there, there->rows[place], reply);
  });
}

void ImportProbes::on_asked(const base::Uuid& import, Run& run, Row& row, const base::Result<std::string>& reply) {
  const bool wanted = run.state == State::kRunning && row.step == Step::kAsked;
  if (!reply) {
    if (!wanted) return;
    if (reply.error().kind() == base::ErrorKind::kUnavailable || reply.error().kind() == base::ErrorKind::kTimedOut) {
      row.step = Step::kWaiting;
      run.not_before = clock_.mono_now() + kWaitWhenBusy;
    } else {
      fail(row, reply.error());
    }
    return;
  }
  row.probe = text_at(object_of_reply(*reply), "probe");
  if (!wanted) {
    forget_in_core(import, row);
    return;
  }
  row.step = Step::kLooking;
  row.next_look = clock_.mono_now() + kLookEvery;
}

void ImportProbes::look_at(const base::Uuid& import, const std::shared_ptr<Run>& run, std::size_t place) {
  Row& looked_at = run->rows[place];
  looked_at.view_open = true;
  looked_at.next_look = clock_.mono_now() + kLookEvery;
  core_.ask(json::serialize(about(import, "camera.probe.view", looked_at)), kLookEvery / 2,
            [this, import, place, weak = RunPlace(run)](const base::Result<std::string>& reply) {
              const std::shared_ptr<Run> there = weak.lock();
              if (!there) return;
              Row& row = there->rows[place];
              row.view_open = false;
              if (there->state != State::kRunning || row.step != Step::kLooking) return;
              if (!reply) {
                // Core was started anew and knows it no more; a slow answer is asked for again.
                if (reply.error().kind() == base::ErrorKind::kNotFound) fail(row, reply.error());
                return;
              }
              const json::object view = object_of_reply(*reply);
              if (!flag_at(view, "over")) return;
              json::array findings = findings_in(view, row.needs_login);
              const json::value* error = view.if_contains("error");
              if (error != nullptr && error->is_object()) {
                const json::object& why = error->get_object();
                findings.push_back(finding(short_text(why, "code"), {short_text(why, "vi"), short_text(why, "en")}));
              }
              if (row.needs_login) findings.push_back(finding("login_not_in_file", kLoginSentence));
              const json::object* stream = best_stream(view);
              const json::value* device = view.if_contains("device");
              row.found = {{"findings", std::move(findings)},
                           {"stream", stream_facts(stream)},
                           {"brand", device != nullptr && device->is_object()
                                         ? json::value(short_text(device->get_object(), "brand"))
                                         : json::value()}};
              const bool has_still = stream != nullptr && flag_at(*stream, "still");
              const json::value* number = has_still ? stream->if_contains("n") : nullptr;
              if (number != nullptr && number->is_int64() && stills_kept() < kMostStills) {
                fetch_still(import, there, place, number->get_int64());
                return;
              }
              row.still_left_out = has_still;
              row.step = text_at(view, "state") == "done" ? Step::kDone : Step::kFailed;
              forget_in_core(import, row);
            });
}

void ImportProbes::fetch_still(const base::Uuid& import, const std::shared_ptr<Run>& run, std::size_t place,
                               std::int64_t stream) {
  json::object question = about(import, "camera.probe.still", run->rows[place]);
  question["stream"] = stream;
  run->rows[place].view_open = true;
  core_.command(json::serialize(question), [this, import, place, weak = RunPlace(run)](const auto& reply) {
    const std::shared_ptr<Run> there = weak.lock();
    if (!there) return;
    Row& row = there->rows[place];
    row.view_open = false;
    if (there->state != State::kRunning || row.step != Step::kLooking) return;
    if (reply) {
      const auto jpeg = base::from_base64(text_at(object_of_reply(*reply), "jpeg_base64"));
      if (jpeg && jpeg->size() <= kMostStillBytes) {
        row.still = std::make_shared<const std::string>(base::as_text(*jpeg));
      }
    }
    row.step = Step::kDone;
    forget_in_core(import, row);
  });
}

void ImportProbes::forget_in_core(const base::Uuid& import, Row& row) {
  if (row.probe.empty()) return;
  core_.command(json::serialize(about(import, "camera.probe.cancel", row)), [](const base::Result<std::string>&) {});
  row.probe.clear();
}

void ImportProbes::fail(Row& row, const base::Status& why) {
  row.step = Step::kFailed;
  json::array findings;
  findings.push_back(finding(why.kind() == base::ErrorKind::kInvalidArgument ? "address" : "failed",
                             probe_words(why, core_.refused_field())));
  row.found = {{"findings", std::move(findings)}, {"stream", nullptr}, {"brand", nullptr}};
}

std::size_t ImportProbes::stills_kept() const {
  std::size_t kept = 0;
  for (const auto& one : runs_) {
    for (const Row& row : one.second->rows) kept += row.still ? 1U : 0U;
  }
  return kept;
}

json::value ImportProbes::progress(const base::Uuid& import) const {
  const auto found = runs_.find(import);
  if (found == runs_.end()) return {};
  const Run& run = *found->second;
  std::int64_t over = 0, pictures = 0, logins = 0, failed = 0, left_out = 0;
  for (const Row& row : run.rows) {
    over += row.step == Step::kDone || row.step == Step::kFailed ? 1 : 0;
    failed += row.step == Step::kFailed ? 1 : 0;
    pictures += row.still ? 1 : 0;
    logins += row.needs_login ? 1 : 0;
    left_out += row.still_left_out ? 1 : 0;
  }
  const bool running = run.state == State::kRunning;
  return json::object{{"state", coded(kRunWords, kRunWords[static_cast<std::size_t>(run.state)].code)},
                      {"rows", run.rows.size()},
                      {"over", over},
                      {"failed", failed},
                      {"with_still", pictures},
                      {"stills_left_out", left_out},
                      {"needs_login", logins},
                      {"begun_at", base::to_iso8601(run.begun_at)},
                      {"ended_at", running ? json::value() : json::value(base::to_iso8601(run.ended_at))}};
}

json::object ImportProbes::row_json(const base::Uuid& import, const Row& row) {
  json::object out{{"row", row.stream.number},
                   {"name", row.stream.name},
                   {"state", coded(kStepWords, kStepWords[static_cast<std::size_t>(row.step)].code)},
                   {"needs_login", row.needs_login},
                   {"still_left_out", row.still_left_out}};
  out["still"] =
      row.still
          ? json::value(fmt::format("/api/v1/imports/{}/rows/{}/still.jpg", import.to_string(), row.stream.number))
          : json::value();
  for (const char* key : {"findings", "stream", "brand"}) {
    const json::value* value = row.found.if_contains(key);
    out[key] = value == nullptr ? json::value() : *value;
  }
  if (out["findings"].is_null()) out["findings"] = json::array();
  const json::array& findings = out["findings"].get_array();
  out["summary"] = findings.empty() ? json::value() : findings.front().at("sentence");
  return out;
}

json::object ImportProbes::sheet(const base::Uuid& import, std::uint32_t after, std::size_t most) const {
  json::array stills;
  json::value next;
  const auto found = runs_.find(import);
  if (found != runs_.end()) {
    for (const Row& row : found->second->rows) {
      if (row.stream.number <= after || row.step == Step::kWaiting) continue;
      if (stills.size() == most) {
        next = stills.back().at("row");
        break;
      }
      stills.push_back(row_json(import, row));
    }
  }
  return {{"stills", std::move(stills)}, {"next_after", std::move(next)}};
}

std::shared_ptr<const std::string> ImportProbes::still(const base::Uuid& import, std::uint32_t row) const {
  const auto found = runs_.find(import);
  if (found == runs_.end()) return nullptr;
  for (const Row& one : found->second->rows) {
    if (one.stream.number == row) return one.still;
  }
  return nullptr;
}

}  // namespace vonggac::api
