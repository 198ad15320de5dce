/// Rows of an import: what was found in each, and what a person chooses about it.
#include "api/handlers.h"
#include "api/import_view.h"
#include "api/record_parts.h"
#include "intake/import_words.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::Problems;
using intake::ImportId;

std::optional<intake::Outcome> outcome_coded(std::string_view code) {
  for (const intake::Outcome one :
       {intake::Outcome::kNew, intake::Outcome::kThere, intake::Outcome::kDuplicate, intake::Outcome::kWrong}) {
    if (intake::outcome_key(one) == code) return one;
  }
  return std::nullopt;
}

}  // namespace

HttpReply answer_import_rows(const PoolServices& services, const Call& call) {
  const std::string outcome = call.query.text("outcome").value_or("");
  const auto after = call.query.number("after", 0, UINT32_MAX);
  const auto limit = call.query.number("limit", 1, 200);
  if (!after || !limit || (!outcome.empty() && !outcome_coded(outcome))) return wrong_query();
  const auto most = static_cast<std::size_t>(limit->value_or(50));
  return read_register(services, "import rows", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const intake::Import import, import_of_call(session, call));
    VG_ASSIGN(const std::vector<intake::ImportRow> found,
              intake::import_rows(session, import.id, outcome, after->value_or(0), most));
    json::array rows;
    for (const intake::ImportRow& one : found) rows.push_back(import_row_view(import, one));
    const bool more = found.size() == most;
    return json::object{{"fields", import_fields()},
                        {"rows", std::move(rows)},
                        {"next_after", more ? json::value(found.back().number) : json::value()}};
  });
}

HttpReply answer_import_choice(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::string choice = form.text("choice", 10);
    const auto merge_with = typed_id<base::CameraId>(form.maybe_id("merge_with"));
    if (!form.finish()) return problems_reply(form.problems());
    const auto row = static_cast<std::uint32_t>(call.number);
    return change_register(
        services, call, 200,
        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
          VG_TRY(intake::choose(session, ImportId{call.id}, row, choice, merge_with, problems));
          VG_ASSIGN(const intake::Import import, import_of_call(session, call));
          VG_ASSIGN(const auto chosen, intake::import_row_of(session, import.id, row));
          return chosen ? import_row_view(import, *chosen) : json::object();
        },
        json::serialize(json::object{{"row", row}, {"choice", choice}}));
  });
}

HttpReply answer_import_skip(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::string code = form.text("outcome", 10);
    const std::optional<intake::Outcome> outcome = outcome_coded(code);
    if (!outcome && !code.empty()) {
      form.problems().refuse("", "outcome", "Chọn một trong: new, there, duplicate, wrong.",
                             "Choose one of new, there, duplicate, wrong.");
    }
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 200,
        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
          VG_ASSIGN(const std::int64_t skipped, intake::skip_all(session, ImportId{call.id}, *outcome, problems));
          return json::object{{"skipped", skipped}};
        },
        json::serialize(json::object{{"outcome", code}}));
  });
}

}  // namespace vonggac::api
