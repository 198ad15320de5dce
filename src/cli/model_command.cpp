/// model: community programmes, what they are and the steps of their life.
#include <ostream>

#include <fmt/format.h>

#include "catalogue/models.h"
#include "cli/register_access.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;
using catalogue::Day;
using catalogue::Model;
using catalogue::Problems;

constexpr std::size_t kModelsAPage = 200;

struct ModelOptions : RegisterOptions {
  std::string model, search, area, type, state, category, name, charter, day;
  std::vector<std::string> self_x, campaigns;
  std::string to, decision_number, decision_day, until, reason, paper, target;
};

std::string state_word(std::string_view code) {
  const catalogue::StateName* found = catalogue::model_life().find(code);
  return found == nullptr ? std::string(code) : in_language({std::string(found->vi), std::string(found->en)});
}

json::value day_json(const std::optional<Day>& day) { return day ? json::value(day->iso()) : json::value(); }

json::object model_object(const Model& model) {
  return {{"id", model.id.to_string()},
          {"code", model.code},
          {"type", model.type},
          {"category", model.category},
          {"name", model.name},
          {"area", model.area.to_string()},
          {"state", model.state},
          {"state_since", model.state_since.iso()},
          {"decision_number", model.decision_number},
          {"decision_day", day_json(model.decision_day)},
          {"launch_day", day_json(model.launch_day)},
          {"rests_until", day_json(model.rests_until)},
          {"merged_into", model.merged_into ? json::value(model.merged_into->to_string()) : json::value()}};
}

base::Result<Model> model_named(store::Reader& session, const std::string& text) {
  VG_ASSIGN(std::optional<Model> found, catalogue::model_by_code(session, text));
  if (const auto id = base::Uuid::parse(text); !found && id) {
    VG_ASSIGN(found, catalogue::model_by_id(session, catalogue::ModelId{*id}));
  }
  if (found) return std::move(*found);
  return base::not_found(tr({"there is no model of this code: ", "không có mô hình mang mã này: "}) + text);
}

base::Result<std::vector<Model>> models_asked(store::Reader& session, const ModelOptions& options, Day today) {
  VG_ASSIGN(const auto area, maybe_area(session, options.area, today));
  const catalogue::ScopeFilter scope = area ? catalogue::ScopeFilter::of(*area) : catalogue::ScopeFilter::all();
  if (!options.search.empty()) return catalogue::find_models(session, options.search, scope, today, kModelsAPage);
  std::vector<Model> all;
  catalogue::PageMark after;
  while (true) {
    VG_ASSIGN(catalogue::ModelPage page,
              catalogue::list_models(session, {options.type, options.state, options.category}, scope, today, after,
                                     kModelsAPage));
    for (Model& model : page.models) all.push_back(std::move(model));
    if (!page.next) return all;
    after = *page.next;
  }
}

base::Status list_all_models(const ModelOptions& options, gate::Office& office, const Output& output) {
  const Day today = Day::at(office.clock().wall_now());
  std::vector<Model> models;
  VG_TRY(office.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(models, models_asked(session, options, today));
    return {};
  }));
  if (output.json) {
    json::array list;
    for (const Model& model : models) list.push_back(model_object(model));
    print_json(output, json::object{{"models", std::move(list)}});
    return {};
  }
  std::vector<std::vector<std::string>> rows{
      {tr({"CODE", "MÃ"}), tr({"NAME", "TÊN"}), tr({"STATE", "TRẠNG THÁI"}), tr({"SINCE", "TỪ NGÀY"})}};
  for (const Model& model : models) {
    rows.push_back({model.code, printable(model.name), state_word(model.state), model.state_since.local()});
  }
  print_table(output.out, rows);
  return {};
}

json::array history_json(const std::vector<catalogue::ModelState>& history) {
  json::array list;
  for (const catalogue::ModelState& one : history) {
    list.push_back(json::object{{"state", one.state},
                                {"day", one.day.iso()},
                                {"decision_number", one.decision_number},
                                {"decision_day", day_json(one.decision_day)},
                                {"until", day_json(one.until)},
                                {"reason", one.reason},
                                {"paper", one.paper}});
  }
  return list;
}

void print_model(const Model& model, const std::string& area, const std::vector<catalogue::ModelState>& history,
                 const Output& output) {
  output.out << model.code << "  " << printable(model.name) << "  (" << printable(area) << ")\n";
  std::vector<std::vector<std::string>> rows{{tr({"DAY", "NGÀY"}), tr({"STATE", "TRẠNG THÁI"}),
                                              tr({"DECISION", "QUYẾT ĐỊNH"}), tr({"PAPER, REASON", "HỒ SƠ, LÝ DO"})}};
  for (const catalogue::ModelState& one : history) {
    rows.push_back({one.day.local(), state_word(one.state), printable(one.decision_number),
                    printable(one.paper + (one.paper.empty() || one.reason.empty() ? "" : "; ") + one.reason)});
  }
  print_table(output.out, rows);
  std::string next;
  for (const catalogue::Step* step : catalogue::model_life().steps_from(model.state)) {
    next += fmt::format("{}{} ({})", next.empty() ? "" : ", ", step->to, state_word(step->to));
  }
  if (!next.empty()) output.out << tr({"may become: ", "bước tiếp theo: "}) << next << '\n';
}

base::Status show_model(const ModelOptions& options, gate::Office& office, const Output& output) {
  return office.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(const Model model, model_named(session, options.model));
    VG_ASSIGN(const auto history, catalogue::model_history(session, model.id));
    if (output.json) {
      json::object out = model_object(model);
      out["charter"] = model.charter;
      out["history"] = history_json(history);
      json::array next;
      for (const catalogue::Step* step : catalogue::model_life().steps_from(model.state)) {
        next.push_back(json::value(step->to));
      }
      out["next_states"] = std::move(next);
      print_json(output, out);
      return {};
    }
    VG_ASSIGN(const auto versions, catalogue::versions_of(session, model.area));
    print_model(model, versions.empty() ? "" : versions.back().full_name(), history, output);
    return {};
  });
}

base::Status print_model_id(const Output& output, const Model& model) {
  if (output.json) {
    print_json(output, model_object(model));
  } else {
    output.out << model.code << '\n';
  }
  return {};
}

base::Status propose_model(const ModelOptions& options, gate::Office& office, const Output& output) {
  const Day today = Day::at(office.clock().wall_now());
  VG_ASSIGN(const Day day, day_typed(options.day, today));
  Model made;
  VG_TRY(
      change_on_machine(office.store(), output, [&](store::WriteSession& session, Problems& problems) -> base::Status {
        catalogue::ModelForm form;
        form.type = options.type;
        form.name = options.name;
        form.category = options.category;
        form.charter = options.charter;
        form.self_x = options.self_x;
        form.campaigns = options.campaigns;
        VG_ASSIGN(const auto area, area_meant(session, options.area, day));
        form.area = area.area;
        VG_ASSIGN(const auto id, catalogue::add_model(session, form, day, problems));
        VG_ASSIGN(made, model_named(session, id.to_string()));
        return note_on_machine(session, "model.add", "model", id);
      }));
  return print_model_id(output, made);
}

base::Result<std::optional<Day>> maybe_day(const std::string& text) {
  if (text.empty()) return std::optional<Day>();
  VG_ASSIGN(const Day day, Day::parse(text));
  return std::optional(day);
}

base::Result<catalogue::ModelStep> step_typed(store::Reader& session, const ModelOptions& options, Day today) {
  catalogue::ModelStep step;
  step.to = options.to;
  VG_ASSIGN(step.day, day_typed(options.day, today));
  step.decision_number = options.decision_number;
  VG_ASSIGN(step.decision_day, maybe_day(options.decision_day));
  VG_ASSIGN(step.until, maybe_day(options.until));
  step.reason = options.reason;
  step.paper = options.paper;
  if (!options.target.empty()) {
    VG_ASSIGN(const Model target, model_named(session, options.target));
    step.target = target.id;
  }
  return step;
}

base::Status step_one_model(const ModelOptions& options, gate::Office& office, const Output& output) {
  const Day today = Day::at(office.clock().wall_now());
  Model stepped;
  const base::Status written =
      change_on_machine(office.store(), output, [&](store::WriteSession& session, Problems& problems) -> base::Status {
        VG_ASSIGN(const Model model, model_named(session, options.model));
        VG_ASSIGN(const catalogue::ModelStep step, step_typed(session, options, today));
        VG_TRY(catalogue::step_model(session, model.id, step, problems));
        VG_ASSIGN(stepped, model_named(session, model.code));
        return note_on_machine(session, "model.step", "model", model.id);
      });
  VG_TRY(written);
  if (output.json) return print_model_id(output, stepped);
  output.out << stepped.code << ": " << state_word(stepped.state) << '\n';
  return {};
}

void add_model_text(CLI::App& command, const char* name, std::string& value, const Phrase& what, const char* type,
                    bool required = false) {
  command.add_option(name, value, tr(what))->required(required)->type_name(type);
}

void declare_model_views(CLI::App& model, Session& session) {
  const auto [list, options] =
      declare_register_command(model, session, "list", {"List models", "Liệt kê mô hình"}, list_all_models);
  add_model_text(*list, "--search", options->search, {"Find by words", "Tìm theo tên, mã"}, "WORDS");
  add_model_text(*list, "--area", options->area, {"Only in this area", "Chỉ trong địa bàn này"}, "AREA");
  add_model_text(*list, "--type", options->type, {"Of this type", "Loại mô hình"}, "TYPE");
  add_model_text(*list, "--state", options->state, {"In this state", "Trạng thái"}, "STATE");
  add_model_text(*list, "--category", options->category, {"Of this category", "Nhóm"}, "CATEGORY");
  const auto [show, show_options] = declare_register_command(
      model, session, "show", {"A model, its history and what may follow", "Một mô hình, lịch sử và bước tiếp theo"},
      show_model);
  add_model_text(*show, "model", show_options->model, {"Code or id", "Mã mô hình"}, "CODE", true);
}

void declare_model_changes(CLI::App& model, Session& session) {
  const auto [add, options] = declare_register_command(
      model, session, "add", {"Propose a model; prints its code", "Đề xuất mô hình; in ra mã"}, propose_model);
  add_model_text(*add, "--name", options->name, {"Name", "Tên"}, "NAME", true);
  add_model_text(*add, "--type", options->type, {"Type of the model", "Loại mô hình"}, "TYPE", true);
  add_model_text(*add, "--area", options->area, {"Whose model it is", "Địa bàn"}, "AREA", true);
  add_model_text(*add, "--day", options->day,
                 {"Day of the proposal (default: today)", "Ngày đề xuất (mặc định: hôm nay)"}, "DAY");
  add_model_text(*add, "--category", options->category,
                 {"Category (default: of the type)", "Nhóm (mặc định: theo loại)"}, "CATEGORY");
  add_model_text(*add, "--charter", options->charter, {"Charter", "Quy ước, quy chế"}, "TEXT");
  add->add_option("--self", options->self_x, tr({"Self-management tag; repeat it", "Phương châm tự quản; lặp lại"}))
      ->type_name("TAG");
  add->add_option("--campaign", options->campaigns, tr({"Campaign; repeat it", "Cuộc vận động; lặp lại"}))
      ->type_name("TEXT");
  const auto [step, step_options] = declare_register_command(
      model, session, "step", {"The next state of a model", "Chuyển mô hình sang trạng thái tiếp theo"},
      step_one_model);
  add_model_text(*step, "model", step_options->model, {"Code or id", "Mã mô hình"}, "CODE", true);
  add_model_text(*step, "--to", step_options->to, {"State, like RA_MAT", "Trạng thái, như RA_MAT"}, "STATE", true);
  add_model_text(*step, "--day", step_options->day, {"Day it happened (default: today)", "Ngày (mặc định: hôm nay)"},
                 "DAY");
  add_model_text(*step, "--decision-number", step_options->decision_number, {"Number of the decision", "Số quyết định"},
                 "TEXT");
  add_model_text(*step, "--decision-day", step_options->decision_day, {"Day of the decision", "Ngày quyết định"},
                 "DAY");
  add_model_text(*step, "--until", step_options->until, {"Until when it rests", "Thời hạn"}, "DAY");
  add_model_text(*step, "--reason", step_options->reason, {"Reason", "Lý do"}, "TEXT");
  add_model_text(*step, "--paper", step_options->paper,
                 {"Number of the survey report or the minutes", "Số phiếu khảo sát, biên bản"}, "TEXT");
  add_model_text(*step, "--target", step_options->target, {"The model it merges into", "Mô hình sáp nhập vào"}, "CODE");
}

}  // namespace

void declare_model(CLI::App& app, Session& session) {
  CLI::App* model = app.add_subcommand("model", tr({"Models of the community", "Mô hình an ninh trật tự"}));
  model->require_subcommand(1);
  declare_model_views(*model, session);
  declare_model_changes(*model, session);
}

}  // namespace vonggac::cli
