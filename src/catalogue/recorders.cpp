#include "catalogue/recorders.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalogue/camera_rows.h"
#include "catalogue/form_checks.h"
#include "catalogue/human_codes.h"
#include "catalogue/places.h"
#include "catalogue/site_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::int64_t kMostChannels = 256, kMostDiskDays = 3650;
constexpr std::size_t kMostRecordersAPage = 500;
constexpr std::string_view kRecorderColumns =
    "select r.id, r.code, r.site, r.brand, r.device_model, r.serial, r.channels, r.disk_days, r.location from recorder "
    "r";

Recorder recorder_from(const store::Row& row) {
  return {
      RecorderId{row.id(0)},
      row.text(1),
      {SiteId{row.id(2)}, row.text(3), row.text(4), row.text(5), row.integer(6), row.maybe_integer(7), row.text(8)}};
}

Columns recorder_columns(const RecorderForm& form, const Site& site, Problems& problems) {
  check_whole_number("channels", form.channels, 1, kMostChannels, problems);
  check_whole_number("disk_days", form.disk_days, 0, kMostDiskDays, problems);
  return {{"site", site.id},
          {"brand", typed_line("brand", form.brand, 0, 120, problems)},
          {"device_model", typed_line("device_model", form.device_model, 0, 120, problems)},
          {"serial", normal_serial(typed_line("serial", form.serial, 0, 120, problems))},
          {"channels", form.channels},
          {"disk_days", form.disk_days},
          {"location", typed_line("location", form.location, 1, 200, problems)},
          {"commune", site.commune}};
}

}  // namespace

base::Result<RecorderId> add_recorder(store::WriteSession& session, const RecorderForm& form, Problems& problems) {
  VG_ASSIGN(const Site site, site_must_be_there(session, form.site));
  Columns columns = recorder_columns(form, site, problems);
  const AreaPlace place{site.residential, site.commune, site.province};
  VG_ASSIGN(const std::string digits, commune_digits_of(session, place, today_of(session), problems));
  if (problems.refused()) return problems.status();
  VG_ASSIGN(const std::string code, next_code(session, "DG", digits, 4));
  const RecorderId id{session.new_id()};
  const Columns fixed{{"id", id}, {"code", code}, {"made_at_us", session.now()}, {"changed_at_us", session.now()}};
  columns.insert(columns.end(), fixed.begin(), fixed.end());
  VG_TRY(insert_row(session, "recorder", columns));
  VG_TRY(session.tell("recorder.added", id, json_object({{"code", code}})));
  return id;
}

base::Status amend_recorder(store::WriteSession& session, const RecorderId& recorder, const RecorderForm& form,
                            Problems& problems) {
  VG_ASSIGN(const std::optional<Recorder> before, recorder_of(session, recorder));
  if (!before) return base::not_found("there is no such recorder");
  VG_ASSIGN(const Site site, site_must_be_there(session, form.site));
  Columns columns = recorder_columns(form, site, problems);
  VG_ASSIGN(const std::vector<Camera> cameras, cameras_of_recorder(session, recorder));
  if (!cameras.empty() && cameras.back().facts.channel.value_or(0) > form.channels) {
    problems.refuse("", "channels",
                    fmt::format("Kênh {} đang là của {}.", *cameras.back().facts.channel, cameras.back().code),
                    fmt::format("Channel {} belongs to {}.", *cameras.back().facts.channel, cameras.back().code));
  }
  if (problems.refused()) return problems.status();
  columns.emplace_back("changed_at_us", session.now());
  VG_TRY(update_row(session, "recorder", "id", recorder, columns));
  return session.tell("recorder.changed", recorder, json_object({{"code", before->code}}));
}

base::Result<std::optional<Recorder>> recorder_of(store::Reader& session, const RecorderId& recorder) {
  VG_ASSIGN(const store::Rows rows, session.query(fmt::format("{} where r.id = $1", kRecorderColumns), {recorder}));
  return rows.empty() ? std::optional<Recorder>() : std::optional(recorder_from(rows[0]));
}

base::Result<RecorderPage> list_recorders(store::Reader& session, const ScopeFilter& scope, std::string_view after,
                                          std::size_t most, Day today) {
  most = std::clamp<std::size_t>(most, 1, kMostRecordersAPage);
  VG_ASSIGN(const ScopeAreas areas, resolve_scope(session, scope, today));
  store::Parameters values{after, static_cast<std::int64_t>(most + 1)};
  std::string within = areas.everywhere ? "1 = 1" : "1 = 0";
  for (const ScopeArea& one : areas.areas) {
    values.push_back(store::Value(one.area));
    within += fmt::format(" or s.{} = ${}", one.column, values.size());
  }
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("{} join camera_site s on s.id = r.site where r.code > $1 and ({}) order by "
                                      "r.code limit $2",
                                      kRecorderColumns, within),
                          values));
  RecorderPage page;
  for (std::size_t i = 0; i < std::min(rows.size(), most); ++i) page.rows.push_back(recorder_from(rows[i]));
  if (rows.size() > most) page.next = page.rows.back().code;
  return page;
}

base::Result<std::vector<Camera>> cameras_of_recorder(store::Reader& session, const RecorderId& recorder) {
  return read_cameras(session,
                      "where c.recorder = $1 and c.merged_into is null and c.life not in ('NGUNG', 'TU_CHOI') order by "
                      "c.channel",
                      {recorder});
}

}  // namespace vonggac::catalogue
