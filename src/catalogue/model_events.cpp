#include "catalogue/model_events.h"

#include <array>

#include <fmt/format.h>

#include "catalogue/form_text.h"
#include "catalogue/model_rows.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestEventNote = 2000, kLongestPhoto = 200, kMostReferences = 100, kLongestDonors = 200;
constexpr std::int64_t kMostAttendance = 1'000'000, kMostMoney = 1'000'000'000'000'000;
constexpr std::array<NamedCode, 5> kModelRanks{{
    {"XUAT_SAC", "Xuất sắc", "excellent"},
    {"KHA", "Khá", "good"},
    {"TRUNG_BINH", "Trung bình", "average"},
    {"YEU", "Yếu", "weak"},
    {"CHUA_XEP", "Chưa xếp loại", "unranked"},
}};

void check_past(std::string_view field, Day day, Day today, Problems& problems) {
  if (day > today) problems.refuse("", field, "Ngày này chưa tới.", "This day is still to come.");
}

base::Status check_event(store::Reader& session, const ModelEventForm& form, Day today, Problems& problems) {
  check_code("kind", model_event_kinds(), form.kind, {"loại hoạt động", "kind of event"}, problems);
  check_past("day", form.day, today, problems);
  if (form.attendance && (*form.attendance < 0 || *form.attendance > kMostAttendance)) {
    problems.refuse("", "attendance", "Số người tham gia không hợp lệ.", "The number of people cannot be right.");
  }
  if (form.documents.size() + form.photos.size() > kMostReferences) {
    problems.refuse("", "photos", fmt::format("Nhiều nhất {} văn bản và ảnh.", kMostReferences),
                    fmt::format("At most {} documents and photos.", kMostReferences));
  }
  for (const DocumentId& document : form.documents) VG_TRY(check_document(session, "documents", document, problems));
  if (form.point) {
    VG_ASSIGN(const std::optional<ModelPoint> point, point_by_id(session, *form.point, form.day));
    if (!point || point->model != form.model) {
      problems.refuse("", "point", "Điểm này không thuộc mô hình.", "This point is not of the model.");
    }
  }
  return {};
}

base::Status put_references(store::WriteSession& session, const base::Uuid& event, const ModelEventForm& form,
                            const std::vector<std::string>& photos) {
  std::vector<store::Parameters> rows;
  for (const DocumentId& document : form.documents) {
    rows.push_back({event, static_cast<std::int64_t>(rows.size()) + 1, document, nullptr});
  }
  for (const std::string& photo : photos) {
    rows.push_back({event, static_cast<std::int64_t>(rows.size()) + 1, nullptr, photo});
  }
  return session.run_many("insert into model_event_reference (event, number, document, photo) values ($1, $2, $3, $4)",
                          rows);
}

base::Status read_references(store::Reader& session, ModelEvent& event) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select document, photo from model_event_reference where event = $1 order by number", {event.id}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (const auto document = rows[i].maybe_id(0)) event.documents.push_back(DocumentId{*document});
    if (!rows[i].is_null(1)) event.photos.push_back(rows[i].text(1));
  }
  return {};
}

void check_score(std::string_view field, const std::optional<double>& score, Problems& problems) {
  if (!score || (*score >= 0 && *score <= 100)) return;
  problems.refuse("", field, "Điểm phải từ 0 đến 100.", "A score is from 0 to 100.");
}

store::Value real_value(const std::optional<double>& real) { return real ? store::Value(*real) : store::Value(); }

}  // namespace

std::span<const NamedCode> model_ranks() { return kModelRanks; }

base::Result<base::Uuid> add_event(store::WriteSession& session, const ModelEventForm& form, Problems& problems) {
  VG_TRY(must_be_model(session, form.model).error());
  const std::string note = kept_text("note", form.note, 0, kLongestEventNote, problems);
  std::vector<std::string> photos;
  for (const std::string& photo : form.photos) {
    photos.push_back(kept_text("photos", photo, 1, kLongestPhoto, problems));
  }
  VG_TRY(check_event(session, form, Day::at(session.now()), problems));
  if (problems.refused()) return problems.status();
  const base::Uuid id = session.new_id();
  VG_TRY(session
             .run("insert into model_event (id, model, point, kind, day, attendance, note, made_at_us) values ($1, $2, "
                  "$3, $4, $5, $6, $7, $8)",
                  {id, form.model, form.point, form.kind, form.day.number, form.attendance, note, session.now()})
             .error());
  VG_TRY(put_references(session, id, form, photos));
  VG_TRY(tell_model(session, form.model, "event"));
  return id;
}

base::Result<std::vector<ModelEvent>> events_of(store::Reader& session, const ModelId& model, std::size_t most) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select id, point, kind, day, attendance, note from model_event where model = $1 order by day "
                    "desc, id desc limit $2",
                    {model, static_cast<std::int64_t>(most)}));
  std::vector<ModelEvent> events;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    ModelEvent event;
    event.id = row.id(0);
    if (const auto point = row.maybe_id(1)) event.point = PointId{*point};
    event.kind = row.text(2);
    event.day = {row.integer(3)};
    event.attendance = row.maybe_integer(4);
    event.note = row.text(5);
    VG_TRY(read_references(session, event));
    events.push_back(std::move(event));
  }
  return events;
}

base::Result<base::Uuid> add_funding(store::WriteSession& session, const FundingForm& form, Problems& problems) {
  VG_TRY(must_be_model(session, form.model).error());
  check_code("source", funding_sources(), form.source, {"nguồn kinh phí", "source of money"}, problems);
  if (form.amount_vnd <= 0 || form.amount_vnd > kMostMoney) {
    problems.refuse("", "amount_vnd", "Số tiền phải lớn hơn 0.", "The amount must be more than 0.");
  }
  check_past("day", form.day, Day::at(session.now()), problems);
  const std::string donors = kept_text("donors", form.donors, 0, kLongestDonors, problems);
  const std::string note = kept_text("note", form.note, 0, kLongestEventNote, problems);
  check_no_identity_number("donors", donors, problems);
  VG_TRY(check_document(session, "document", form.document, problems));
  if (problems.refused()) return problems.status();
  const base::Uuid id = session.new_id();
  VG_TRY(session
             .run("insert into model_funding (id, model, source, amount_vnd, day, donors, shown, document, note, "
                  "made_at_us) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                  {id, form.model, form.source, form.amount_vnd, form.day.number, donors, form.shown, form.document,
                   note, session.now()})
             .error());
  VG_TRY(tell_model(session, form.model, "funding"));
  return id;
}

base::Result<std::vector<Funding>> funding_of(store::Reader& session, const ModelId& model, bool public_only) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select id, source, amount_vnd, day, donors, shown, document, note from model_funding where "
                          "model = $1 and shown >= $2 order by day, id",
                          {model, public_only}));
  std::vector<Funding> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    Funding funding;
    funding.id = row.id(0);
    funding.model = model;
    funding.source = row.text(1);
    funding.amount_vnd = row.integer(2);
    funding.day = {row.integer(3)};
    funding.donors = row.text(4);
    funding.shown = row.flag(5);
    if (const auto document = row.maybe_id(6)) funding.document = DocumentId{*document};
    funding.note = row.text(7);
    found.push_back(std::move(funding));
  }
  return found;
}

base::Result<base::Uuid> add_evaluation(store::WriteSession& session, const EvaluationForm& form, Problems& problems) {
  constexpr int kFirstEvaluationYear = 1990;
  VG_ASSIGN(const Model model, must_be_model(session, form.model));
  check_code("rank", kModelRanks, form.rank, {"xếp loại", "rank"}, problems);
  check_score("self_score", form.self_score, problems);
  check_score("superior_score", form.superior_score, problems);
  const std::string rule = kept_text("rule", form.rule, 1, kLongestDonors, problems);
  const Day today = Day::at(session.now());
  if (form.year < kFirstEvaluationYear || form.year > 9999 || Day::of(form.year, 1, 1) > today) {
    problems.refuse("", "year", "Năm đánh giá chưa tới hoặc không hợp lệ.", "This year is to come or cannot be right.");
  } else if (!model.launch_day || *model.launch_day > Day::of(form.year, 12, 31)) {
    problems.refuse("", "year", "Mô hình chưa ra mắt trong năm này.", "The model was not launched yet in that year.");
  }
  VG_TRY(check_document(session, "decision", form.decision, problems));
  if (problems.refused()) return problems.status();
  const base::Uuid id = session.new_id();
  VG_TRY(session
             .run("insert into model_evaluation (id, model, year, self_score, superior_score, rank, rule, decision, "
                  "made_at_us) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                  {id, form.model, form.year, real_value(form.self_score), real_value(form.superior_score), form.rank,
                   rule, form.decision, session.now()})
             .error());
  VG_TRY(tell_model(session, form.model, "evaluation"));
  return id;
}

base::Result<std::vector<Evaluation>> evaluations_of(store::Reader& session, const ModelId& model) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select year, self_score, superior_score, rank, rule, decision, made_at_us from "
                          "model_evaluation where model = $1 order by year desc, made_at_us desc, id desc",
                          {model}));
  std::vector<Evaluation> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    Evaluation evaluation;
    evaluation.year = static_cast<int>(row.integer(0));
    if (!row.is_null(1)) evaluation.self_score = row.real(1);
    if (!row.is_null(2)) evaluation.superior_score = row.real(2);
    evaluation.rank = row.text(3);
    evaluation.rule = row.text(4);
    if (const auto decision = row.maybe_id(5)) evaluation.decision = DocumentId{*decision};
    evaluation.made_at = row.time(6);
    found.push_back(std::move(evaluation));
  }
  return found;
}

}  // namespace vonggac::catalogue
