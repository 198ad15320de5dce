#include "api/import_view.h"

#include "access/users.h"
#include "api/record_parts.h"
#include "api/status_fields.h"
#include "intake/import_words.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

json::value kept_json(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  return error ? json::value() : value;
}

json::object sentence_in(const json::object& object) {
  return {{"vi", text_at(object, "vi")}, {"en", text_at(object, "en")}};
}

/// "C12" -> "C".
std::string column_in(const std::string& cell) { return cell.substr(0, cell.find_first_of("0123456789")); }

/// Each with the place in the file that it is about.
json::array findings_view(const intake::Import& import, std::uint32_t row, std::string_view kept) {
  json::array out;
  const json::value value = kept_json(kept);
  if (!value.is_array()) return out;
  for (const json::value& one : value.get_array()) {
    if (!one.is_object()) continue;
    const json::object& finding = one.get_object();
    const std::string cell = text_at(finding, "cell"), column = column_in(cell);
    out.push_back(json::object{{"file", import.file_name},
                               {"row", row == 0 ? json::value() : json::value(row)},
                               {"column", column.empty() ? json::value() : json::value(column)},
                               {"cell", column.empty() ? json::value() : json::value(cell)},
                               {"field", text_at(finding, "field")},
                               {"value", text_at(finding, "value")},
                               {"wrong", flag_at(finding, "wrong")},
                               {"sentence", sentence_in(finding)}});
  }
  return out;
}

json::array duplicates_view(std::string_view kept) {
  json::array out;
  const json::value value = kept_json(kept);
  if (!value.is_array()) return out;
  for (const json::value& one : value.get_array()) {
    if (!one.is_object()) continue;
    const json::object& same = one.get_object();
    const json::value* row = same.if_contains("row");
    const std::string camera = text_at(same, "camera");
    out.push_back(json::object{{"camera", camera.empty() ? json::value() : json::value(camera)},
                               {"code", text_at(same, "code")},
                               {"row", row == nullptr ? json::value() : *row},
                               {"reason", sentence_in(same)}});
  }
  return out;
}

json::object cells_view(std::string_view kept) {
  json::object out;
  const json::value value = kept_json(kept);
  if (!value.is_object()) return out;
  for (const auto& [key, one] : value.get_object()) {
    if (one.is_object()) out[key] = text_at(one.get_object(), "text");
  }
  return out;
}

/// Who sent it: a person of the register, or words.
base::Result<json::object> sender_view(store::Reader& session, const std::string& who) {
  const auto id = base::Uuid::parse(who);
  if (!id) return json::object{{"id", nullptr}, {"name", who}};
  VG_ASSIGN(const auto user, access::user_by_id(session, access::UserId{*id}));
  return json::object{{"id", who}, {"name", user ? user->name : std::string()}};
}

}  // namespace

base::Result<json::object> import_view(store::Reader& session, const intake::Import& import) {
  VG_ASSIGN(json::object who, sender_view(session, import.who));
  const intake::ImportCounts& n = import.counts;
  return json::object{{"id", import.id.to_string()},
                      {"file_name", import.file_name},
                      {"sheet", import.sheet},
                      {"digest", import.digest},
                      {"day", import.day.iso()},
                      {"area", id_or_null(import.within)},
                      {"who", std::move(who)},
                      {"state", coded(intake::import_state_words(), import.state)},
                      {"made_at", base::to_iso8601(import.made_at)},
                      {"applied_at", json_or_null(import.applied_at)},
                      {"undone_at", json_or_null(import.undone_at)},
                      {"counts", json::object{{"rows", n.rows},
                                              {"new", n.fresh},
                                              {"there", n.there},
                                              {"duplicate", n.duplicate},
                                              {"wrong", n.wrong},
                                              {"undecided", n.undecided}}},
                      {"remarks", findings_view(import, 0, import.remarks)}};
}

json::object import_row_view(const intake::Import& import, const intake::ImportRow& row) {
  return {{"row", row.number},
          {"outcome", coded(intake::outcome_words(), row.outcome)},
          {"choice", coded(intake::choice_words(), row.choice)},
          {"merge_with", id_or_null(row.merge_with)},
          {"cells", cells_view(row.cells)},
          {"findings", findings_view(import, row.number, row.findings)},
          {"duplicates", duplicates_view(row.same)},
          {"camera", id_or_null(row.camera)},
          {"site", id_or_null(row.site)},
          {"fate", row.fate}};
}

json::array import_fields() {
  json::array out;
  for (const intake::Field field : intake::kept_fields()) {
    const catalogue::Sentence name = intake::field_name(field);
    out.push_back(json::object{{"code", intake::field_key(field)}, {"vi", name.vi}, {"en", name.en}});
  }
  return out;
}

base::Result<intake::Import> import_of_call(store::Reader& session, const Call& call) {
  VG_ASSIGN(std::optional<intake::Import> import, intake::import_of(session, intake::ImportId{call.id}));
  if (!import) return base::not_found("the import is gone");
  return std::move(*import);
}

}  // namespace vonggac::api
