#include "catalogue/agreements.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "catalogue/form_text.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestReference = 120, kLongestMasks = 500, kLongestHow = 200, kMostCameras = 500;
constexpr std::size_t kCamerasPerQuery = 400;
constexpr std::string_view kAgreementColumns =
    "a.id, a.number, a.giver, a.live, a.playback, a.on_request_only, a.health_only, a.audio, a.hours, a.masks, "
    "a.notice_shown, a.form_reference, a.confirmation_reference, a.text_version, a.from_day, a.last_day, "
    "a.made_at_us, a.withdrawn_at_us, a.withdrawn_by, a.withdrawn_how";

Agreement agreement_row(const store::Row& row) {
  Agreement a;
  a.id = AgreementId{row.id(0)};
  a.number = row.integer(1);
  a.giver = PartyId{row.id(2)};
  a.live = row.flag(3);
  a.playback = row.flag(4);
  a.on_request_only = row.flag(5);
  a.health_only = row.flag(6);
  a.audio = row.flag(7);
  // Hours that cannot be read would be "all day": then rather no minute of it.
  a.hours = parse_hours(row.text(8)).value_or(std::vector<HourSpan>{{0, 0}});
  a.masks = row.text(9);
  a.notice_shown = row.flag(10);
  a.form_reference = row.text(11);
  a.confirmation_reference = row.text(12);
  a.text_version = row.text(13);
  a.from = {row.integer(14)};
  a.last = {row.integer(15)};
  a.made_at = row.time(16);
  a.withdrawn_at = row.maybe_time(17);
  a.withdrawn_by = row.maybe_id(18);
  a.withdrawn_how = row.text(19);
  return a;
}

base::Result<std::vector<Agreement>> read_agreements(store::Reader& session, const std::string& rest,
                                                     const store::Parameters& parameters,
                                                     std::string_view before = "") {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("{}select {} from agreement a {}", before, kAgreementColumns, rest), parameters));
  std::vector<Agreement> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back(agreement_row(rows[i]));
  return found;
}

void check_agreed_scope(const AgreementForm& form, Problems& problems) {
  const bool seen = form.live || form.playback || form.on_request_only;
  if (!seen && !form.health_only) {
    problems.refuse(
        "", "scope",
        "Chọn phạm vi chủ camera đồng ý: xem trực tiếp, xem lại, theo yêu cầu hoặc chỉ kiểm tra tình trạng.",
        "Choose what the owner agrees to: live view, playback, on request, or only whether it works.");
  }
  if (seen && form.health_only) {
    problems.refuse("", "health_only", "“Chỉ kiểm tra tình trạng” không đi cùng phạm vi khác.",
                    "\"Only whether it works\" goes with no other choice.");
  }
  if (form.on_request_only && (form.live || form.playback)) {
    problems.refuse("", "on_request_only", "“Chỉ theo yêu cầu” không đi cùng xem trực tiếp hoặc xem lại.",
                    "\"On request only\" does not go with live view or playback.");
  }
  if (form.audio && !seen) {
    problems.refuse("V12", "audio", "Thu âm thanh cần đồng ý cho xem hoặc ghi hình.",
                    "Sound needs an agreement to look or to record.");
  }
}

void check_proof(const AgreementForm& form, Problems& problems) {
  if (!form.notice_shown) {
    problems.refuse("", "notice_shown", "Chủ camera phải được đọc thông báo trước khi đồng ý.",
                    "The owner must have read the notice before agreeing.");
  }
  if (form.form_reference.empty() && form.confirmation_reference.empty()) {
    problems.refuse("", "form_reference", "Cần số bản đồng thuận đã ký hoặc mã xác nhận điện tử.",
                    "It needs the signed form or the electronic confirmation.");
  }
}

bool fits_the_day(const HourSpan& span) {
  return span.from >= 0 && span.from < 24 * 60 && span.to >= 0 && span.to <= 24 * 60 && span.from != span.to;
}

void check_agreed_time(const AgreementForm& form, Day from, Day last, Problems& problems) {
  if (last < from) {
    problems.refuse("", "last", "Ngày cuối phải từ ngày bắt đầu trở đi.",
                    "The last day must not lie before the first.");
  }
  if (form.hours.size() > 12 || !std::all_of(form.hours.begin(), form.hours.end(), fits_the_day)) {
    problems.refuse("", "hours", "Giờ cho phép phải dạng 22:00-05:00, nhiều nhất 12 khoảng.",
                    "Hours must look like 22:00-05:00, at most 12 spans.");
  }
}

/// V31: what was withdrawn does not come back by a date or by the same paper.
base::Status check_after_withdrawal(store::Reader& session, const AgreementForm& form, Day from, Problems& problems) {
  for (const base::Uuid& camera : form.cameras) {
    VG_ASSIGN(const std::vector<Agreement> before, agreements_about(session, camera));
    for (const Agreement& old : before) {
      if (!old.withdrawn_at) continue;
      const Day gone = Day::at(*old.withdrawn_at);
      if (from < gone) {
        problems.refuse(
            "V31", "from",
            fmt::format("Chủ camera đã rút đồng thuận ngày {}: bản mới không thể có hiệu lực trước đó.", gone.local()),
            fmt::format("The owner withdrew on {}: a new agreement cannot begin before.", gone.local()));
        return {};
      }
      const bool same_form = !form.form_reference.empty() && form.form_reference == old.form_reference;
      const bool same_word =
          !form.confirmation_reference.empty() && form.confirmation_reference == old.confirmation_reference;
      if (same_form || same_word) {
        problems.refuse("V31", "form_reference", "Bản đồng thuận này đã được rút: cần bản mới do chủ camera ký.",
                        "This form was withdrawn: a new one, signed by the owner, is needed.");
        return {};
      }
    }
  }
  return {};
}

/// The form with its texts made fit.
AgreementForm fit_form(const AgreementForm& typed, Problems& problems) {
  AgreementForm form = typed;
  form.masks = kept_text("masks", typed.masks, 0, kLongestMasks, problems);
  form.form_reference = kept_text("form_reference", typed.form_reference, 0, kLongestReference, problems);
  form.confirmation_reference =
      kept_text("confirmation_reference", typed.confirmation_reference, 0, kLongestReference, problems);
  form.text_version = kept_text("text_version", typed.text_version, 1, kLongestReference, problems);
  const std::set<base::Uuid> different(form.cameras.begin(), form.cameras.end());
  if (form.cameras.empty() || form.cameras.size() > kMostCameras || different.size() != form.cameras.size()) {
    problems.refuse("", "cameras", fmt::format("Chọn từ 1 đến {} camera, mỗi camera một lần.", kMostCameras),
                    fmt::format("Choose 1 to {} cameras, each once.", kMostCameras));
  }
  return form;
}

base::Status put_agreement(store::WriteSession& session, const AgreementForm& form, const AgreementId& id, Day from,
                           Day last, const std::optional<base::Uuid>& made_by) {
  VG_ASSIGN(const store::Rows newest, session.query("select coalesce(max(number), 0) from agreement"));
  const std::int64_t number = newest[0].integer(0) + 1;
  VG_TRY(session
             .run("insert into agreement (id, number, giver, live, playback, on_request_only, health_only, audio, "
                  "hours, masks, notice_shown, form_reference, confirmation_reference, text_version, from_day, "
                  "last_day, made_at_us, made_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                  "$15, $16, $17, $18)",
                  {id, number, form.giver, form.live, form.playback, form.on_request_only, form.health_only, form.audio,
                   hours_text(form.hours), form.masks, form.notice_shown, form.form_reference,
                   form.confirmation_reference, form.text_version, from.number, last.number, session.now(), made_by})
             .error());
  std::vector<store::Parameters> rows;
  for (const base::Uuid& camera : form.cameras) rows.push_back({camera, number, id});
  return session.run_many("insert into agreement_camera (camera, number, agreement) values ($1, $2, $3)", rows);
}

base::Status tell_cameras(store::WriteSession& session, const AgreementId& id, const std::vector<base::Uuid>& cameras,
                          bool withdrawn) {
  const std::string body = fmt::format(R"({{"agreement":"{}","withdrawn":{}}})", id.to_string(), withdrawn);
  for (const base::Uuid& camera : cameras) VG_TRY(session.tell("camera.agreement", camera, body));
  return {};
}

/// Writes the withdrawal of one that has none yet.
base::Status put_withdrawal(store::WriteSession& session, const AgreementId& id, const base::Uuid& who,
                            const std::string& how) {
  VG_TRY(session
             .run("update agreement set withdrawn_at_us = $2, withdrawn_by = $3, withdrawn_how = $4 where id = $1 and "
                  "withdrawn_at_us is null",
                  {id, session.now(), who, how})
             .error());
  VG_ASSIGN(const std::vector<base::Uuid> cameras, cameras_of_agreement(session, id));
  return tell_cameras(session, id, cameras, true);
}

}  // namespace

base::Result<AgreementId> add_agreement(store::WriteSession& session, const AgreementForm& typed,
                                        const std::optional<base::Uuid>& made_by, Problems& problems) {
  const AgreementForm form = fit_form(typed, problems);
  const Day from = form.from.value_or(Day::at(session.now()));
  const Day last = form.last.value_or(kOpenEnd);
  VG_TRY(check_party(session, "giver", form.giver, "PERSON HOUSEHOLD UNIT ORGANISATION", problems));
  check_agreed_scope(form, problems);
  check_proof(form, problems);
  check_agreed_time(form, from, last, problems);
  VG_TRY(check_after_withdrawal(session, form, from, problems));
  if (problems.refused()) return problems.status();
  const AgreementId id{session.new_id()};
  VG_TRY(put_agreement(session, form, id, from, last, made_by));
  VG_TRY(tell_cameras(session, id, form.cameras, false));
  return id;
}

base::Status withdraw_agreement(store::WriteSession& session, const AgreementId& id, const base::Uuid& who,
                                std::string_view how, Problems& problems) {
  VG_ASSIGN(const std::optional<Agreement> agreement, agreement_by_id(session, id));
  if (!agreement) return base::not_found("there is no such agreement");
  if (agreement->withdrawn_at) return {};
  const std::string kept = kept_text("how", how, 0, kLongestHow, problems);
  if (problems.refused()) return problems.status();
  VG_TRY(put_withdrawal(session, id, who, kept));
  // Else what was signed ahead would bring back, some days later, what the owner has just ended.
  VG_ASSIGN(
      const std::vector<Agreement> ahead,
      read_agreements(session,
                      "where a.giver = $1 and a.from_day > $2 and a.withdrawn_at_us is null and exists (select 1 "
                      "from agreement_camera c join agreement_camera d on d.camera = c.camera where c.agreement = "
                      "a.id and d.agreement = $3)",
                      {agreement->giver, Day::at(session.now()).number, id}));
  for (const Agreement& later : ahead) VG_TRY(put_withdrawal(session, later.id, who, kept));
  VG_ASSIGN(const store::Rows governing,
            session.query("select 1 from agreement_camera c where c.agreement = $1 and not exists (select 1 from "
                          "agreement_camera d join agreement n on n.id = d.agreement where d.camera = c.camera and "
                          "d.number > c.number and n.from_day <= $2) limit 1",
                          {id, Day::at(session.now()).number}));
  if (governing.empty()) {
    problems.warn("V31", "agreement",
                  "Đã có đồng thuận mới hơn cho các camera này: rút cả bản mới nếu chủ camera muốn.",
                  "There is a newer agreement about these cameras: withdraw it too if the owner wants that.");
  }
  return {};
}

base::Result<std::optional<Agreement>> agreement_by_id(store::Reader& session, const AgreementId& id) {
  VG_ASSIGN(std::vector<Agreement> found, read_agreements(session, "where a.id = $1", {id}));
  if (found.empty()) return std::optional<Agreement>();
  return std::optional<Agreement>(std::move(found.front()));
}

base::Result<std::vector<base::Uuid>> cameras_of_agreement(store::Reader& session, const AgreementId& id) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select camera from agreement_camera where agreement = $1 order by camera", {id}));
  std::vector<base::Uuid> cameras;
  for (std::size_t i = 0; i < rows.size(); ++i) cameras.push_back(rows[i].id(0));
  return cameras;
}

base::Result<std::vector<Agreement>> agreements_about(store::Reader& session, const base::Uuid& camera) {
  return read_agreements(
      session, "join agreement_camera c on c.agreement = a.id where c.camera = $1 order by c.number desc", {camera});
}

base::Result<std::optional<Agreement>> agreement_of_camera(store::Reader& session, const base::Uuid& camera,
                                                           base::WallTime when) {
  VG_ASSIGN(std::vector<Agreement> all, agreements_about(session, camera));
  if (all.empty()) return std::optional<Agreement>();
  const Day today = Day::at(when);
  const auto begun = std::find_if(all.begin(), all.end(), [&](const Agreement& a) { return a.from <= today; });
  return std::optional<Agreement>(std::move(begun == all.end() ? all.front() : *begun));
}

base::Result<AgreementFacts> agreement_facts(store::Reader& session, const base::Uuid& camera, base::WallTime when,
                                             bool public_place, bool audio_legal_basis) {
  AgreementFacts facts;
  facts.public_place = public_place;
  facts.audio_legal_basis = audio_legal_basis;
  VG_ASSIGN(const std::optional<Agreement> governs, agreement_of_camera(session, camera, when));
  if (!governs) return facts;
  facts.given = true;
  facts.live = governs->live;
  facts.playback = governs->playback;
  facts.on_request_only = governs->on_request_only;
  facts.audio = governs->audio;
  facts.hours = governs->hours;
  facts.from = governs->from;
  facts.last = governs->last;
  facts.withdrawn_at = governs->withdrawn_at;
  VG_ASSIGN(const store::Rows later,
            session.query("select min(a.from_day) from agreement_camera c join agreement a on a.id = c.agreement where "
                          "c.camera = $1 and c.number > $2 and a.from_day > $3",
                          {camera, governs->number, Day::at(when).number}));
  if (const auto day = later[0].maybe_integer(0)) facts.replaced_on = Day{*day};
  return facts;
}

base::Result<std::vector<Agreement>> agreements_ending(store::Reader& session, const ScopeFilter& scope, Day today,
                                                       std::int64_t days) {
  store::Parameters parameters{today.number, (today + days).number};
  const ScopeSql within(scope, today, parameters);
  const std::string rest = fmt::format(
      "join party p on p.id = a.giver where a.withdrawn_at_us is null and a.from_day <= $1 and a.last_day >= $1 and "
      "a.last_day <= $2 and exists (select 1 from agreement_camera c where c.agreement = a.id and not exists (select 1 "
      "from agreement_camera d where d.camera = c.camera and d.number > c.number)) and {} order by a.last_day, "
      "a.number",
      within.condition("p.area"));
  return read_agreements(session, rest, parameters, within.with());
}

base::Result<std::vector<base::Uuid>> cameras_without_agreement(store::Reader& session,
                                                                const std::vector<base::Uuid>& cameras,
                                                                base::WallTime when) {
  std::set<base::Uuid> agreed;
  for (std::size_t first = 0; first < cameras.size(); first += kCamerasPerQuery) {
    store::Parameters parameters{Day::at(when).number, when};
    std::string list;
    for (std::size_t i = first; i < std::min(cameras.size(), first + kCamerasPerQuery); ++i) {
      parameters.emplace_back(cameras[i]);
      list += fmt::format("{}${}", list.empty() ? "" : ", ", parameters.size());
    }
    VG_ASSIGN(const store::Rows rows,
              session.query(
                  fmt::format("select c.camera from agreement_camera c join agreement a on a.id = c.agreement where "
                              "c.camera in ({}) and a.from_day <= $1 and a.last_day >= $1 and (a.withdrawn_at_us is "
                              "null or a.withdrawn_at_us > $2) and not exists (select 1 from agreement_camera d join "
                              "agreement n on n.id = d.agreement where d.camera = c.camera and d.number > c.number and "
                              "n.from_day <= $1)",
                              list),
                  parameters));
    for (std::size_t i = 0; i < rows.size(); ++i) agreed.insert(rows[i].id(0));
  }
  std::vector<base::Uuid> without;
  for (const base::Uuid& camera : cameras) {
    if (agreed.count(camera) == 0) without.push_back(camera);
  }
  return without;
}

}  // namespace vonggac::catalogue
