/// What is done in a model: its points, events and money.
#include "api/area_forms.h"
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/model_events.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::ModelId;
using gate::ObjectKind;

/// A point that a form names must belong to the model of the address.
base::Status check_point(store::Reader& session, const ModelId& model, const std::optional<base::Uuid>& point,
                         catalogue::Day day, catalogue::Problems& problems) {
  if (!point) return {};
  VG_ASSIGN(const auto found, catalogue::point_by_id(session, catalogue::PointId{*point}, day));
  if (found && found->model == model) return {};
  problems.refuse("", "point", "Mô hình không có điểm này.", "The model has no such point.");
  return problems.status();
}

}  // namespace

HttpReply answer_model_points(const PoolServices& services, const Call& call) {
  const catalogue::Day today = today_of(services);
  return read_register(services, "model.points", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto points, catalogue::points_of(session, ModelId{call.id}, today));
    json::array list;
    for (const catalogue::ModelPoint& point : points) {
      list.push_back(json::object{{"id", point.id.to_string()},
                                  {"area", id_or_null(point.area)},
                                  {"unit", id_or_null(point.unit)},
                                  {"from", point.from.iso()},
                                  {"to", end_or_null(point.to)},
                                  {"state", point.state},
                                  {"replicated_from", id_or_null(point.replicated_from)}});
    }
    return json::object{{"points", std::move(list)}};
  });
}

HttpReply answer_model_point_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::PointForm point;
    point.model = ModelId{call.id};
    point.area = typed_id<catalogue::AreaId>(form.maybe_id("area"));
    point.unit = typed_id<catalogue::PartyId>(form.maybe_id("unit"));
    point.from = form.day("from");
    point.replicated_from = typed_id<catalogue::PointId>(form.maybe_id("replicated_from"));
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          if (point.area) {
            VG_TRY(check_reach(session, call, typed_id<base::Uuid>(point.area), "area", session.now(), problems));
          }
          VG_TRY(check_reach(session, call, ObjectKind::kParty, point.unit, "unit", problems));
          if (point.replicated_from) {
            VG_ASSIGN(const auto source, catalogue::point_by_id(session, *point.replicated_from, point.from));
            const auto model =
                source ? std::optional<base::Uuid>(source->model) : std::optional<base::Uuid>(base::Uuid{});
            VG_TRY(check_reach(session, call, ObjectKind::kModel, model, "replicated_from", problems));
          }
          VG_ASSIGN(const catalogue::PointId id, catalogue::add_point(session, point, problems));
          return json::object{{"id", id.to_string()}};
        });
  });
}

HttpReply answer_model_events(const PoolServices& services, const Call& call) {
  return read_register(services, "model.events", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto events, catalogue::events_of(session, ModelId{call.id}));
    json::array list;
    for (const catalogue::ModelEvent& event : events) {
      list.push_back(json::object{{"id", event.id.to_string()},
                                  {"point", id_or_null(event.point)},
                                  {"kind", coded(catalogue::model_event_kinds(), event.kind)},
                                  {"day", event.day.iso()},
                                  {"attendance", json_or_null(event.attendance)},
                                  {"note", event.note},
                                  {"documents", id_array(event.documents)}});
    }
    return json::object{{"events", std::move(list)}};
  });
}

HttpReply answer_model_event_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::ModelEventForm event;
    event.model = ModelId{call.id};
    event.point = typed_id<catalogue::PointId>(form.maybe_id("point"));
    event.kind = form.text("kind", 40);
    event.day = form.day("day");
    event.attendance = form.maybe_integer("attendance", 0, 10'000'000);
    event.note = form.maybe_text("note", 2000).value_or("");
    if (form.has("documents")) event.documents = typed_ids<catalogue::DocumentId>(form.ids("documents", 50));
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_point(session, event.model, typed_id<base::Uuid>(event.point), event.day, problems));
          for (const catalogue::DocumentId& one : event.documents) {
            VG_TRY(check_reach(session, call, ObjectKind::kDocument, one, "documents", problems));
          }
          VG_ASSIGN(const base::Uuid id, catalogue::add_event(session, event, problems));
          return json::object{{"id", id.to_string()}};
        });
  });
}

HttpReply answer_model_funding(const PoolServices& services, const Call& call) {
  return read_register(services, "model.funding", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto money, catalogue::funding_of(session, ModelId{call.id}, false));
    json::array list;
    for (const catalogue::Funding& one : money) {
      list.push_back(json::object{{"id", one.id.to_string()},
                                  {"source", coded(catalogue::funding_sources(), one.source)},
                                  {"amount_vnd", one.amount_vnd},
                                  {"day", one.day.iso()},
                                  {"donors", one.donors},
                                  {"shown", one.shown},
                                  {"document", id_or_null(one.document)},
                                  {"note", one.note}});
    }
    return json::object{{"funding", std::move(list)}};
  });
}

HttpReply answer_model_funding_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::FundingForm money;
    money.model = ModelId{call.id};
    money.source = form.text("source", 40);
    const auto amount = form.maybe_integer("amount_vnd", 1, 1'000'000'000'000'000);
    if (!amount) form.problems().refuse("", "amount_vnd", "Cần số tiền.", "An amount is needed.");
    money.amount_vnd = amount.value_or(0);
    money.day = form.day("day");
    money.donors = form.maybe_text("donors", 200).value_or("");
    money.shown = form.flag("shown");
    money.document = typed_id<catalogue::DocumentId>(form.maybe_id("document"));
    money.note = form.maybe_text("note", 500).value_or("");
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, ObjectKind::kDocument, money.document, "document", problems));
          VG_ASSIGN(const base::Uuid id, catalogue::add_funding(session, money, problems));
          return json::object{{"id", id.to_string()}};
        });
  });
}

}  // namespace vonggac::api
