/// Inventories of cameras as files over HTTP: the file is sent in and looked at (nothing is registered), and later
/// applied as a whole, undone, or read as a report. Its rows: handlers_import_rows.cpp.
/// Flow     bytes -> read_sheet -> dry_run (reading) -> keep_import (one short write) -> apply_import (one write)
#include <map>

#include <fmt/format.h>

#include "api/area_forms.h"
#include "api/handlers.h"
#include "api/import_view.h"
#include "api/record_parts.h"
#include "base/digest.h"
#include "intake/import_template.h"
#include "sheet/read_sheet.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::AreaId;
using catalogue::Problems;
using intake::ImportId;

constexpr const char* kWorkbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr const char* kTableType = "text/csv; charset=utf-8";

/// What browsers and programs call such files; none of these a foreign page could send without being asked first.
bool is_table_type(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, std::min(content_type.find(';'), content_type.size()));
  for (const std::string_view known :
       {std::string_view("text/csv"), std::string_view(kWorkbookType), std::string_view("application/vnd.ms-excel"),
        std::string_view("application/octet-stream")}) {
    if (type == known) return true;
  }
  return false;
}

std::optional<sheet::Encoding> encoding_named(std::string_view name) {
  if (name.empty() || name == "detect") return sheet::Encoding::kDetect;
  if (name == "windows-1258") return sheet::Encoding::kWindows1258;
  if (name == "tcvn3") return sheet::Encoding::kTcvn3;
  return std::nullopt;
}

/// Where the person may register cameras. Each area is asked for once: a file has thousands of rows.
intake::MayWrite may_write_of(const Call& call, base::WallTime now) {
  const auto known = std::make_shared<std::map<base::Uuid, bool>>();
  return [&call, now, known](store::Reader& session, const AreaId& area) -> base::Result<bool> {
    const auto found = known->find(area);
    if (found != known->end()) return found->second;
    VG_ASSIGN(const std::vector<base::Uuid> reaching, gate::areas_reaching(session, area, now));
    const bool may = call.admission.caller.authority.may(call.row->demand.action, reaching);
    known->emplace(area, may);
    return may;
  };
}

/// Some browsers send the whole path.
std::string bare_name(const std::string& name) {
  const std::size_t slash = name.find_last_of("/\\");
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

/// The query of an import, and the table in its body. Nothing: `problems` says why.
std::optional<intake::ImportForm> import_form(const Call& call, Problems& problems) {
  intake::ImportForm form;
  form.who = call.admission.caller.user.to_string();
  form.file_name = bare_name(call.query.text("file_name").value_or(""));
  form.sheet = call.query.text("sheet").value_or("");
  const std::optional<sheet::Encoding> encoding = encoding_named(call.query.text("encoding").value_or(""));
  if (!encoding) {
    problems.refuse("", "encoding", "Bảng mã là một trong: detect, windows-1258, tcvn3.",
                    "The encoding is one of detect, windows-1258, tcvn3.");
  }
  if (const auto day = call.query.text("day"); day && !day->empty()) {
    const auto parsed = catalogue::Day::parse(*day);
    if (parsed) {
      form.day = *parsed;
    } else {
      problems.refuse("", "day", "Ngày ghi dạng 2025-12-31 hoặc 31/12/2025.", "A day is 2025-12-31 or 31/12/2025.");
    }
  }
  if (const auto area = call.query.text("area"); area && !area->empty()) {
    const auto parsed = base::Uuid::parse(*area);
    // An id that is none leads to the same words as one of nobody's area.
    form.within = AreaId{parsed ? *parsed : base::Uuid{}};
  }
  if (problems.refused()) return std::nullopt;
  const std::string& body = call.request.body;
  auto read = sheet::read_sheet(base::as_bytes(body), {form.sheet, *encoding});
  if (const auto* refusal = std::get_if<sheet::Refusal>(&read)) {
    problems.refuse("", "file", refusal->words.vi, refusal->words.en);
    return std::nullopt;
  }
  form.table = std::move(std::get<sheet::Table>(read));
  form.digest = base::sha256_hex(body);
  return form;
}

base::Result<intake::DryRun> dry_run_within_reach(store::Reader& session, const Call& call,
                                                  const intake::ImportForm& form, base::WallTime now,
                                                  Problems& problems) {
  if (form.within) {
    VG_TRY(check_reach(session, call, *form.within, "area", now, problems));
  }
  return intake::dry_run(session, form, may_write_of(call, now), now, problems);
}

HttpReply download(const char* type, const std::string& name, std::string content) {
  HttpReply reply = text_reply(200, type, std::move(content));
  reply.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}\"", name));
  reply.headers.emplace_back("Cache-Control", "no-store");
  return reply;
}

}  // namespace

HttpReply answer_imports(const PoolServices& services, const Call& call) {
  const auto after = call.query.id("after");
  const auto limit = call.query.number("limit", 1, 100);
  if (!after || !limit) return wrong_query();
  const auto most = static_cast<std::size_t>(limit->value_or(50));
  return read_register(services, "imports", [&](store::Reader& session) -> base::Result<json::object> {
    const std::string who = call.admission.scope.everywhere ? std::string() : call.admission.caller.user.to_string();
    VG_ASSIGN(const std::vector<intake::Import> found,
              intake::list_imports(session, who, most, typed_id<ImportId>(*after)));
    json::array imports;
    for (const intake::Import& one : found) {
      VG_ASSIGN(json::object shown, import_view(session, one));
      imports.push_back(std::move(shown));
    }
    const bool more = found.size() == most;
    return json::object{{"imports", std::move(imports)},
                        {"next_after", more ? json::value(found.back().id.to_string()) : json::value()}};
  });
}

HttpReply answer_import_add(const PoolServices& services, const Call& call) {
  if (!is_table_type(call.request.content_type)) {
    return problem_reply(415, {"Chỉ nhận tệp .xlsx hoặc .csv.",
                               "send the bytes of an .xlsx or .csv file, as text/csv or application/octet-stream"});
  }
  Problems problems;
  const std::optional<intake::ImportForm> form = import_form(call, problems);
  if (!form) return problems_reply(problems);
  intake::DryRun run;
  const base::Status read = services.office.store().read([&](store::Reader& session) -> base::Status {
    problems = Problems();
    VG_ASSIGN(run, dry_run_within_reach(session, call, *form, services.office.clock().wall_now(), problems));
    return {};
  });
  if (!read.ok()) return problems.refused() ? problems_reply(problems) : logged_problem("import", read);
  std::string detail;  // what is noted is known once the import is kept
  return change_register(
      services, call, 201,
      [&](store::WriteSession& session, Problems&) -> base::Result<json::object> {
        VG_ASSIGN(const ImportId id, intake::keep_import(session, *form, run));
        VG_ASSIGN(const auto kept, intake::import_of(session, id));
        if (!kept) return base::internal_error("the import that was kept is not there");
        detail = json::serialize(json::object{{"import", id.to_string()}, {"file", kept->file_name}});
        return import_view(session, *kept);
      },
      detail);
}

HttpReply answer_import_apply(const PoolServices& services, const Call& call) {
  // One write that takes seconds: nobody who only looks shall wait for it to note their visit.
  services.office.rest_from_noting_uses();
  return change_register(
      services, call, 200, [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
        VG_ASSIGN(const intake::Applied done,
                  intake::apply_import(session, ImportId{call.id}, may_write_of(call, session.now()), problems));
        return json::object{{"sites", done.sites},
                            {"cameras", done.cameras},
                            {"parties", done.parties},
                            {"merged", done.merged},
                            {"skipped", done.skipped}};
      });
}

HttpReply answer_import_undo(const PoolServices& services, const Call& call) {
  services.office.rest_from_noting_uses();
  return change_register(
      services, call, 200, [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
        VG_ASSIGN(const intake::Undone undone, intake::undo_import(session, ImportId{call.id}, problems));
        return json::object{{"removed", undone.removed}, {"kept", undone.kept}};
      });
}

HttpReply answer_import_report(const PoolServices& services, const Call& call) {
  std::string csv;
  const base::Status read = services.office.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(csv, intake::report_csv(session, ImportId{call.id}));
    return {};
  });
  if (!read.ok()) return logged_problem("import report", read);
  return download(kTableType, fmt::format("ket-qua-nhap-{}.csv", call.id.to_string().substr(24)), std::move(csv));
}

HttpReply answer_import_template_xlsx(const PoolServices&, const Call&) {
  const base::Result<base::Bytes> book = sheet::write_workbook(intake::import_template_sheets());
  if (!book) return logged_problem("import template", book.error());
  return download(kWorkbookType, "mau-kiem-ke-camera.xlsx", std::string(base::as_text(*book)));
}

HttpReply answer_import_template_csv(const PoolServices&, const Call&) {
  return download(kTableType, "mau-kiem-ke-camera.csv", intake::import_template_csv());
}

}  // namespace vonggac::api
