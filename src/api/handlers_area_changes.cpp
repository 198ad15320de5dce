/// Decisions that change areas: merged, split, cut; and what a person must say of each thing that a cut left open.
#include "api/area_forms.h"
#include "api/handler_parts.h"
#include "api/handlers.h"
#include "catalogue/area_changes.h"
#include "gate/objects.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::AreaId;
using catalogue::Day;

std::vector<AreaId> area_ids(const std::vector<base::Uuid>& ids) {
  std::vector<AreaId> areas;
  for (const base::Uuid& id : ids) areas.push_back(AreaId{id});
  return areas;
}

/// A new area is made by whoever may change what it lies in.
base::Status check_new(store::WriteSession& session, const Call& call, const catalogue::AreaForm& form,
                       std::string_view field, catalogue::Problems& problems) {
  const auto parent = form.parent ? std::optional<base::Uuid>(*form.parent) : std::nullopt;
  return check_reach(session, call, parent, field, session.now(), problems);
}

using Work = std::function<base::Result<json::object>(store::WriteSession&, catalogue::Problems&)>;

Work merge_work(Form& form, const Call& call, Day day) {
  catalogue::MergeForm merge;
  const std::vector<base::Uuid> sources = form.ids("sources");
  merge.sources = area_ids(sources);
  if (const auto into = form.maybe_id("into")) merge.into = AreaId{*into};
  if (std::optional<Form> target = form.maybe_form("target")) {
    merge.form = area_form(*target);
    target->finish();
    form.adopt(*target);
  }
  merge.basis = form.text("basis", 200);
  return [merge, sources, &call, day](store::WriteSession& session,
                                      catalogue::Problems& problems) -> base::Result<json::object> {
    for (const base::Uuid& source : sources) {
      VG_TRY(check_reach(session, call, source, "sources", session.now(), problems));
    }
    if (merge.form) VG_TRY(check_new(session, call, *merge.form, "target.parent", problems));
    if (merge.into) VG_TRY(check_reach(session, call, *merge.into, "into", session.now(), problems));
    VG_ASSIGN(const catalogue::MergeResult done, catalogue::merge_areas(session, merge, day, problems));
    return json::object{{"change", done.change.to_string()}, {"target", done.target.to_string()}};
  };
}

Work split_work(Form& form, const Call& call, Day day) {
  catalogue::SplitForm split;
  split.source = AreaId{form.id("source")};
  for (Form& part : form.forms("parts", 50)) {
    split.parts.push_back({area_form(part), area_ids(part.ids("residential"))});
    part.finish();
    form.adopt(part);
  }
  split.basis = form.text("basis", 200);
  return
      [split, &call, day](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
        VG_TRY(check_reach(session, call, split.source, "source", session.now(), problems));
        for (const catalogue::SplitForm::Part& part : split.parts) {
          VG_TRY(check_new(session, call, part.form, "parts.parent", problems));
        }
        VG_ASSIGN(const catalogue::SplitResult done, catalogue::split_area(session, split, day, problems));
        json::array targets;
        for (const AreaId& id : done.targets) targets.push_back(json::value(id.to_string()));
        return json::object{{"change", done.change.to_string()}, {"targets", std::move(targets)}};
      };
}

Work transfer_work(Form& form, const Call& call, Day day) {
  catalogue::TransferForm transfer;
  transfer.source = AreaId{form.id("source")};
  transfer.target = AreaId{form.id("target_area")};
  transfer.moved = area_ids(form.ids("moved"));
  transfer.households = form.maybe_integer("households", 0, 100'000'000);
  transfer.population = form.maybe_integer("population", 0, 200'000'000);
  transfer.km2 = form.maybe_real("km2", 0, 400'000);
  transfer.basis = form.text("basis", 200);
  return [transfer, &call, day](store::WriteSession& session,
                                catalogue::Problems& problems) -> base::Result<json::object> {
    VG_TRY(check_reach(session, call, transfer.source, "source", session.now(), problems));
    VG_TRY(check_reach(session, call, transfer.target, "target_area", session.now(), problems));
    VG_ASSIGN(const catalogue::ChangeId change, catalogue::transfer_part(session, transfer, day, problems));
    return json::object{{"change", change.to_string()}};
  };
}

}  // namespace

HttpReply answer_area_change(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::string kind = form.text("kind", 20);
    const Day day = form.day("day");
    Work work;
    if (kind == "merge") work = merge_work(form, call, day);
    if (kind == "split") work = split_work(form, call, day);
    if (kind == "transfer") work = transfer_work(form, call, day);
    if (!work && !kind.empty()) {
      form.problems().refuse("", "kind", "Chỉ có sáp nhập (merge), chia tách (split), điều chỉnh một phần (transfer).",
                             "There are merge, split and transfer.");
    }
    if (!form.finish()) return problems_reply(form.problems());
    return change_areas(services, call, 201, work);
  });
}

HttpReply answer_reassignments(const PoolServices& services, const Call& call) {
  const base::WallTime now = services.office.clock().wall_now();
  return read_register(services, "reassignments", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const std::vector<catalogue::Waiting> waiting, catalogue::waiting_reassignments(session));
    json::array list;
    for (const catalogue::Waiting& one : waiting) {
      VG_ASSIGN(const auto object, gate::load_object(session, gate::ObjectKind::kReassignment, one.id, now));
      if (!object || !call.admission.caller.authority.may(call.row->demand.action, object->areas)) continue;
      list.push_back(json::object{
          {"id", one.id.to_string()},
          {"change", one.change.to_string()},
          {"subject_kind", one.subject_kind},
          {"subject", one.subject.to_string()},
          {"from", one.from.to_string()},
          {"proposed", json_or_null(one.proposed ? std::optional<base::Uuid>(*one.proposed) : std::nullopt)}});
    }
    return json::object{{"reassignments", std::move(list)}};
  });
}

HttpReply answer_reassignment_settle(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const base::Uuid area = form.id("area");
    if (!form.finish()) return problems_reply(form.problems());
    return change_areas(services, call, 200,
                        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
                          VG_TRY(check_reach(session, call, area, "area", session.now(), problems));
                          VG_TRY(catalogue::settle_reassignment(session, call.id, AreaId{area}, problems));
                          return json::object{};
                        });
  });
}

}  // namespace vonggac::api
