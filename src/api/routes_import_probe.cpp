/// An import and its cameras as they were looked at: the run is known to this worker (import_probes.h), the rows to the
/// register. The contact sheet shows each camera with its picture before anything of it is registered.
/// Flow     form -> row_streams (pool), audit -> ImportProbes::begin -> 202; GET -> progress with the import
#include "api/handler_parts.h"
#include "api/import_view.h"
#include "api/routes.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

/// Which rows: all, or some of a long file.
struct RowRange {
  std::uint32_t from = 1, to = UINT32_MAX;
};

struct Wanted {
  std::vector<intake::RowStream> rows;
  std::optional<HttpReply> refused;
};

HttpReply no_rows_to_probe(std::size_t count) {
  catalogue::Problems problems;
  if (count == 0) {
    problems.refuse("", "rows", "Không có dòng nào mang đường dẫn luồng để dò (dòng bỏ qua không được dò).",
                    "No row has a stream address to look at (rows that are skipped are left out).");
  } else {
    problems.refuse("", "rows", "Mỗi lần dò tối đa 2.000 dòng: chọn khoảng dòng (from_row, to_row).",
                    "At most 2,000 rows at a time: choose a range of rows (from_row, to_row).");
  }
  return problems_reply(problems);
}

/// On the pool. What cannot be noted is not begun.
void collect_rows(const PoolServices& services, const Call& call, const RowRange& range, Wanted& wanted) {
  const base::Status read = services.office.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(wanted.rows, intake::row_streams(session, intake::ImportId{call.id}, range.from, range.to));
    return {};
  });
  if (!read.ok()) {
    wanted.refused = logged_problem("import probe", read);
    return;
  }
  if (wanted.rows.empty() || wanted.rows.size() > ImportProbes::kMostRows) {
    wanted.refused = no_rows_to_probe(wanted.rows.size());
    return;
  }
  const std::string detail = json::serialize(json::object{{"rows", wanted.rows.size()}});
  const base::Status noted = services.office.store().write_quietly([&](store::WriteSession& session) {
    return gate::note_done(session, call.admission, call.row->demand.name, detail);
  });
  if (!noted.ok()) wanted.refused = logged_problem("import probe", noted);
}

}  // namespace

void Routes::answer_import(const Call& call, const ReplySink& sink) {
  const auto known = std::make_shared<Call>(call);
  on_pool(
      services_.files,
      [this, known, progress = import_probes_.progress(call.id)] {
        return read_register(pool_services(), "import", [&](store::Reader& session) -> base::Result<json::object> {
          VG_ASSIGN(const intake::Import import, import_of_call(session, *known));
          VG_ASSIGN(json::object out, import_view(session, import));
          out["probe"] = progress;
          return out;
        });
      },
      sink);
}

void Routes::answer_import_probe(const Call& call, const ReplySink& sink) {
  std::variant<Form, HttpReply> parsed = Form::parse(call.request);
  if (HttpReply* refusal = std::get_if<HttpReply>(&parsed)) return sink(std::move(*refusal));
  Form& form = std::get<Form>(parsed);
  RowRange range;
  if (const auto from = form.maybe_integer("from_row", 1, UINT32_MAX)) range.from = static_cast<std::uint32_t>(*from);
  if (const auto to = form.maybe_integer("to_row", 1, UINT32_MAX)) range.to = static_cast<std::uint32_t>(*to);
  if (!form.finish()) {
    HttpReply refused = problems_reply(form.problems());
    refused.unknown_field = form.has_unknown_field();
    return sink(std::move(refused));
  }
  const auto known = std::make_shared<Call>(call);
  const auto wanted = std::make_shared<Wanted>();
  const bool accepted = services_.long_work.run(
      [this, known, wanted, range] { collect_rows(pool_services(), *known, range, *wanted); },
      [this, known, wanted, sink] {
        if (wanted->refused) return sink(std::move(*wanted->refused));
        // It goes on while the screen is locked, and ends with the session or the right of who began it.
        gate::Demand demand = known->row->demand;
        demand.while_locked = true;
        const base::Status begun =
            import_probes_.begin(known->id, std::move(wanted->rows), services_.permits.issue(demand, asked_by(*known)));
        if (!begun.ok()) return sink(busy_reply());
        sink(json_reply(json::object{{"probe", import_probes_.progress(known->id)}}, 202));
      });
  if (!accepted) sink(busy_reply());
}

void Routes::answer_import_probe_end(const Call& call, const ReplySink& sink) {
  import_probes_.cancel(call.id);
  sink(json_reply(json::object{{"probe", import_probes_.progress(call.id)}}));
}

void Routes::answer_import_stills(const Call& call, const ReplySink& sink) {
  const auto after = call.query.number("after", 0, UINT32_MAX);
  const auto limit = call.query.number("limit", 1, 200);
  if (!after || !limit) {
    return sink(problem_reply(400, {"Tham số không đúng.", "after is a row, limit from 1 to 200"}));
  }
  json::object out = import_probes_.sheet(call.id, static_cast<std::uint32_t>(after->value_or(0)),
                                          static_cast<std::size_t>(limit->value_or(50)));
  out["probe"] = import_probes_.progress(call.id);
  sink(json_reply(out));
}

void Routes::answer_import_still(const Call& call, const ReplySink& sink) {
  const auto jpeg = import_probes_.still(call.id, static_cast<std::uint32_t>(call.number));
  if (!jpeg) {
    return sink(problem_reply(404, {"Chưa có ảnh của dòng này.", "there is no picture of this row"}, "not_there"));
  }
  HttpReply out = text_reply(200, "image/jpeg", *jpeg);
  out.headers.emplace_back("Cache-Control", "no-store");
  sink(std::move(out));
}

}  // namespace vonggac::api
