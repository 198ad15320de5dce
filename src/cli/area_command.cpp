/// area: areas in time, for who administers the machine itself.
#include "cli/area_commands.h"

namespace vonggac::cli {
namespace {

void add_day(CLI::App& command, AreaOptions& options, const Phrase& what) {
  command.add_option("--day", options.day, tr(what))->type_name("DAY");
}

void add_area_argument(CLI::App& command, AreaOptions& options) {
  command.add_option("area", options.area, tr({"Id, official code or name", "Mã hoặc tên địa bàn"}))
      ->required()
      ->type_name("AREA");
}

void add_basis(CLI::App& command, AreaOptions& options, bool required) {
  command.add_option("--basis", options.basis, tr({"Number of the decision", "Số quyết định, nghị quyết"}))
      ->required(required)
      ->type_name("TEXT");
}

void add_figures(CLI::App& command, AreaOptions& options) {
  command.add_option("--households", options.households, tr({"Households", "Số hộ"}))->type_name("N");
  command.add_option("--population", options.population, tr({"Population", "Số dân"}))->type_name("N");
  command.add_option("--km2", options.km2, tr({"Area in km²", "Diện tích, km²"}))->type_name("N");
}

/// What a new area, or a new version of one, is called and where it lies.
void add_form(CLI::App& command, AreaOptions& options, bool required) {
  command.add_option("--name", options.name, tr({"Name without the word of its kind", "Tên, không kèm loại"}))
      ->required(required)
      ->type_name("NAME");
  command.add_option("--type", options.type, tr({"Kind, like PHUONG, XA, KHOM, AP", "Loại, như PHUONG, XA, KHOM, AP"}))
      ->required(required)
      ->type_name("TYPE");
  command.add_option("--code", options.code, tr({"Official code", "Mã đơn vị hành chính"}))->type_name("CODE");
  command.add_option("--parent", options.parent, tr({"What it lies in", "Đơn vị cấp trên"}))->type_name("AREA");
}

constexpr Phrase kDecisionDay{"Day of the change (default: today)", "Ngày có hiệu lực (mặc định: hôm nay)"};

void declare_looking(CLI::App& area, Session& session) {
  const Phrase as_of{"As it was on this day (default: today)", "Theo ngày này (mặc định: hôm nay)"};
  const auto [list, list_options] = declare_register_command(
      area, session, "list", {"Areas on a day, as a tree", "Cây địa bàn theo ngày"}, list_areas);
  add_day(*list, *list_options, as_of);
  list->add_option("area", list_options->area, tr({"Only what lies in this one", "Chỉ trong địa bàn này"}))
      ->type_name("AREA");
  list->add_option("--search", list_options->search,
                   tr({"Find by words, however typed (\"to 5 p xuan ha\")", "Tìm theo tên (\"to 5 p xuan ha\")"}))
      ->type_name("WORDS");
  list->add_option("--levels", list_options->levels, tr({"How deep the tree goes", "Số cấp hiển thị"}))
      ->check(CLI::Range(1, 5))
      ->type_name("N");
  const auto [show, show_options] =
      declare_register_command(area, session, "show",
                               {"An area's versions in time, what it became and what it took in",
                                "Các giai đoạn của một địa bàn, nay là gì và hợp nhất từ đâu"},
                               show_area);
  add_area_argument(*show, *show_options);
  add_day(*show, *show_options, as_of);
}

void declare_one_area(CLI::App& area, Session& session) {
  const auto [add, add_options] =
      declare_register_command(area, session, "add", {"Add an area", "Thêm địa bàn"}, add_one_area);
  add_form(*add, *add_options, true);
  add->add_option("--from", add_options->from, tr({"First day (default: today)", "Ngày bắt đầu (mặc định: hôm nay)"}))
      ->type_name("DAY");
  add->add_option("--to", add_options->to,
                  tr({"First day after its end, of one that is over", "Ngày hết hiệu lực, nếu không còn"}))
      ->type_name("DAY");
  add_figures(*add, *add_options);
  add_basis(*add, *add_options, false);
  const auto [rename, rename_options] =
      declare_register_command(area, session, "rename",
                               {"Another name, kind, code or place from a day on; what is left out stays",
                                "Đổi tên, loại, mã hoặc cấp trên từ một ngày; phần không ghi giữ nguyên"},
                               rename_area);
  add_area_argument(*rename, *rename_options);
  add_form(*rename, *rename_options, false);
  add_figures(*rename, *rename_options);
  add_day(*rename, *rename_options, kDecisionDay);
  add_basis(*rename, *rename_options, false);
}

void declare_decisions(CLI::App& area, Session& session) {
  const auto [merge, merge_options] =
      declare_register_command(area, session, "merge",
                               {"Areas end and become a new one (--name, --type) or part of one that is there (--into)",
                                "Sáp nhập thành đơn vị mới (--name, --type) hoặc vào đơn vị có sẵn (--into)"},
                               merge_on_machine);
  merge->add_option("--source", merge_options->sources, tr({"An area that ends; repeat it", "Đơn vị nhập; lặp lại"}))
      ->required()
      ->type_name("AREA");
  merge->add_option("--into", merge_options->into, tr({"What takes them in", "Nhập vào đơn vị này"}))
      ->type_name("AREA");
  add_form(*merge, *merge_options, false);
  add_figures(*merge, *merge_options);
  add_day(*merge, *merge_options, kDecisionDay);
  add_basis(*merge, *merge_options, true);
  const auto [split, split_options] = declare_register_command(
      area, session, "split", {"An area ends and becomes several", "Chia một đơn vị thành nhiều đơn vị"},
      split_on_machine);
  add_area_argument(*split, *split_options);
  split
      ->add_option("--part", split_options->parts,
                   tr({"\"NAME=CODE: what lies in it, ...\"; repeat it", "\"TÊN=MÃ: khu dân cư, ...\"; lặp lại"}))
      ->required()
      ->type_name("TEXT");
  add_day(*split, *split_options, kDecisionDay);
  add_basis(*split, *split_options, true);
  const auto [transfer, transfer_options] = declare_register_command(
      area, session, "transfer", {"Part of an area goes to another one", "Chuyển một phần sang đơn vị khác"},
      transfer_on_machine);
  add_area_argument(*transfer, *transfer_options);
  transfer->add_option("--target", transfer_options->target, tr({"Where it goes", "Chuyển đến"}))
      ->required()
      ->type_name("AREA");
  transfer
      ->add_option("--moved", transfer_options->moved,
                   tr({"A residential area that goes; repeat it", "Khu dân cư được chuyển; lặp lại"}))
      ->type_name("AREA");
  add_figures(*transfer, *transfer_options);
  add_day(*transfer, *transfer_options, kDecisionDay);
  add_basis(*transfer, *transfer_options, true);
}

void declare_list_import(CLI::App& area, Session& session) {
  const auto [import, options] =
      declare_register_command(area, session, "import",
                               {"Administrative units from a file (.xlsx, .csv); registers nothing without --apply",
                                "Nhập danh mục đơn vị hành chính (.xlsx, .csv); chưa ghi vào sổ nếu không có --apply"},
                               import_areas);
  import->add_option("file", options->file, tr({"The list", "Danh mục"}))->required()->type_name("FILE");
  import->add_option("--sheet", options->sheet, tr({"Sheet of the workbook", "Trang tính"}))->type_name("NAME");
  import
      ->add_option("--from", options->from,
                   tr({"First day of rows that say none", "Ngày bắt đầu hiệu lực của dòng không ghi"}))
      ->type_name("DAY");
  add_basis(*import, *options, false);
  import->add_flag("--apply", options->apply, tr({"Register what is new", "Ghi vào sổ"}));
}

}  // namespace

void declare_area(CLI::App& app, Session& session) {
  CLI::App* area = app.add_subcommand("area", tr({"Areas in time", "Địa bàn qua các thời kỳ"}));
  area->require_subcommand(1);
  declare_looking(*area, session);
  declare_one_area(*area, session);
  declare_decisions(*area, session);
  declare_list_import(*area, session);
}

}  // namespace vonggac::cli
