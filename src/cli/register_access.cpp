#include "cli/register_access.h"

#include <algorithm>
#include <fstream>
#include <ostream>

#include <unistd.h>

#include "access/audit.h"
#include "catalogue/area_search.h"
#include "core/config.h"
#include "sheet/read_sheet.h"

namespace vonggac::cli {
namespace {

using catalogue::AreaVersion;
using catalogue::Day;

base::Result<std::vector<AreaVersion>> areas_of_code(store::Reader& session, const std::string& code, Day day) {
  std::vector<AreaVersion> found;
  for (const catalogue::AreaKind kind :
       {catalogue::AreaKind::kProvince, catalogue::AreaKind::kDistrict, catalogue::AreaKind::kCommune,
        catalogue::AreaKind::kResidential, catalogue::AreaKind::kGroup}) {
    VG_ASSIGN(const auto one, catalogue::area_by_code(session, kind, code, day));
    if (one) found.push_back(*one);
  }
  return found;
}

base::Result<std::vector<AreaVersion>> areas_said(store::Reader& session, const std::string& text, Day day) {
  std::vector<AreaVersion> found;
  if (const auto id = base::Uuid::parse(text)) {
    VG_ASSIGN(found, catalogue::versions_of(session, catalogue::AreaId{*id}));
    // Of an area that is over: its last version.
    const auto on_day =
        std::find_if(found.begin(), found.end(), [&](const AreaVersion& v) { return v.from <= day && day < v.to; });
    if (!found.empty()) found = {on_day == found.end() ? found.back() : *on_day};
    return found;
  }
  VG_ASSIGN(found, areas_of_code(session, text, day));
  if (!found.empty()) return found;
  return catalogue::areas_meant(session, text, day);
}

}  // namespace

void add_config_option(CLI::App& command, std::string& config_path) {
  command
      .add_option("--config", config_path,
                  tr({"Configuration file of the service, if it names a database server (catalogue.database)",
                      "Tệp cấu hình của dịch vụ, nếu có đặt máy chủ cơ sở dữ liệu (catalogue.database)"}))
      ->type_name("FILE");
}

void add_register_options(CLI::App& command, RegisterOptions& options, Session& session) {
  add_data_option(command, options.data_dir);
  add_json_option(command, session);
  add_config_option(command, options.config_path);
}

base::Result<gate::OfficeOptions> office_options(const RegisterOptions& options) {
  gate::OfficeOptions office{options.data_dir, ""};
  if (!options.config_path.empty()) {
    VG_ASSIGN(const core::ServiceConfig config, core::load_config(options.config_path));
    office.database = config.catalogue.database;
  }
  return office;
}

base::Result<bool> has_register(const RegisterOptions& options) {
  VG_ASSIGN(const gate::OfficeOptions office, office_options(options));
  VG_ASSIGN(const store::StoreAddress address, gate::register_address(office));
  return address.engine == store::Engine::kPostgres || ::access(address.target.c_str(), F_OK) == 0;
}

base::Result<std::unique_ptr<gate::Office>> open_office(const RegisterOptions& options, const base::Clock& clock) {
  VG_ASSIGN(const gate::OfficeOptions office, office_options(options));
  return gate::Office::open(office, clock);
}

base::Status note_on_machine(store::WriteSession& session, const char* action, const char* subject_kind,
                             const std::optional<base::Uuid>& subject) {
  access::AuditEntry entry;
  entry.actor_name = "máy chủ / server";
  entry.action = action;
  entry.subject_kind = subject_kind;
  entry.subject = subject;
  return access::write_audit(session, entry);
}

std::string in_language(const catalogue::Sentence& sentence) { return tr({sentence.en.c_str(), sentence.vi.c_str()}); }

base::Status with_all(const base::Status& status, const catalogue::Problems& problems) {
  if (status.ok() || !problems.refused()) return status;
  std::string all;
  for (const catalogue::Problem& one : problems.all()) {
    if (one.warning) continue;
    if (!all.empty()) all += ' ';
    if (!one.rule.empty()) all += one.rule + ": ";
    all += in_language(one.sentence);
  }
  return {status.kind(), all};
}

base::Status change_on_machine(
    store::Store& store, const Output& output,
    const std::function<base::Status(store::WriteSession& session, catalogue::Problems& problems)>& work) {
  catalogue::Problems problems;
  const base::Status written = store.write([&](store::WriteSession& session) -> base::Status {
    problems = catalogue::Problems();
    return work(session, problems);
  });
  VG_TRY(with_all(written, problems));
  for (const catalogue::Problem& one : problems.all()) {
    output.err << tr({"note: ", "lưu ý: "}) << printable(in_language(one.sentence)) << '\n';
  }
  return {};
}

base::Result<AreaVersion> area_meant(store::Reader& session, const std::string& text, Day day) {
  VG_ASSIGN(std::vector<AreaVersion> found, areas_said(session, text, day));
  if (found.size() == 1) return std::move(found.front());
  if (found.empty()) {
    return base::not_found(tr({"no area of this id, code or name: ", "không có địa bàn mang mã hoặc tên này: "}) +
                           text);
  }
  std::string candidates;
  for (const AreaVersion& one : found) {
    VG_ASSIGN(const std::vector<AreaVersion> line, catalogue::lineage(session, one.area, day));
    candidates += candidates.empty() ? "" : "; ";
    for (std::size_t i = 0; i < line.size(); ++i) candidates += (i == 0 ? "" : ", ") + line[i].full_name();
  }
  return base::invalid_argument(text +
                                tr({": several areas fit; add the name of what it lies in, or give the code: ",
                                    ": có nhiều địa bàn trùng tên; hãy thêm tên cấp trên hoặc ghi mã: "}) +
                                candidates);
}

base::Result<std::optional<catalogue::AreaId>> maybe_area(store::Reader& session, const std::string& text, Day day) {
  if (text.empty()) return std::optional<catalogue::AreaId>();
  VG_ASSIGN(const AreaVersion found, area_meant(session, text, day));
  return std::optional(found.area);
}

base::Result<Day> day_typed(const std::string& text, Day otherwise) {
  if (text.empty()) return otherwise;
  return Day::parse(text);
}

base::Result<base::Bytes> bytes_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::not_found(tr({"the file cannot be opened: ", "không mở được tệp: "}) + path);
  base::Bytes bytes;
  char buffer[65'536];
  while (file.read(buffer, sizeof buffer) || file.gcount() > 0) {
    bytes.insert(bytes.end(), buffer, buffer + file.gcount());
    if (bytes.size() > sheet::kMostFileBytes) break;  // read_sheet says it
  }
  return bytes;
}

base::Result<sheet::Table> table_in(const base::Bytes& bytes, const std::string& sheet_name) {
  auto read = sheet::read_sheet(bytes, {sheet_name, sheet::Encoding::kDetect});
  if (const auto* refusal = std::get_if<sheet::Refusal>(&read)) {
    return base::invalid_argument(tr({refusal->words.en.c_str(), refusal->words.vi.c_str()}));
  }
  return std::move(std::get<sheet::Table>(read));
}

}  // namespace vonggac::cli
