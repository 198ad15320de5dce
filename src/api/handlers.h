/// What answers the rows of the route table on the pool: each gets a request that was let in, reads or changes the
/// register or the archive, and gives the reply. Grouped in files by what they are about.
/// Threads  called on pool threads, several at a time.
/// Errors   as replies (RFC 9457).
#pragma once

#include "api/route_table.h"

namespace vonggac::api {

// handlers_login.cpp
HttpReply answer_setup_state(const PoolServices& services, const Call& call);
HttpReply answer_setup(const PoolServices& services, const Call& call);
HttpReply answer_login(const PoolServices& services, const Call& call);
HttpReply answer_logout(const PoolServices& services, const Call& call);
HttpReply answer_seen(const PoolServices& services, const Call& call);
HttpReply answer_lock(const PoolServices& services, const Call& call);
HttpReply answer_unlock(const PoolServices& services, const Call& call);

// handlers_me.cpp
HttpReply answer_me(const PoolServices& services, const Call& call);
HttpReply answer_password(const PoolServices& services, const Call& call);
HttpReply answer_second_factor(const PoolServices& services, const Call& call);
HttpReply answer_second_factor_confirm(const PoolServices& services, const Call& call);
HttpReply answer_end_others(const PoolServices& services, const Call& call);
HttpReply answer_tokens(const PoolServices& services, const Call& call);
HttpReply answer_token_make(const PoolServices& services, const Call& call);
HttpReply answer_token_revoke(const PoolServices& services, const Call& call);
HttpReply answer_purpose(const PoolServices& services, const Call& call);

// handlers_footage.cpp
HttpReply answer_clips(const PoolServices& services, const Call& call);
HttpReply answer_events(const PoolServices& services, const Call& call);
HttpReply answer_gaps(const PoolServices& services, const Call& call);
HttpReply answer_tampers(const PoolServices& services, const Call& call);
HttpReply answer_search(const PoolServices& services, const Call& call);
HttpReply answer_thumbnail(const PoolServices& services, const Call& call);
HttpReply answer_clip_file(const PoolServices& services, const Call& call);

// handlers_users.cpp
HttpReply answer_roles(const PoolServices& services, const Call& call);
HttpReply answer_users(const PoolServices& services, const Call& call);
HttpReply answer_user(const PoolServices& services, const Call& call);
HttpReply answer_user_add(const PoolServices& services, const Call& call);
HttpReply answer_user_change(const PoolServices& services, const Call& call);
HttpReply answer_user_reset(const PoolServices& services, const Call& call);
HttpReply answer_grant_give(const PoolServices& services, const Call& call);
HttpReply answer_grant_revoke(const PoolServices& services, const Call& call);

// handlers_audit.cpp
HttpReply answer_audit(const PoolServices& services, const Call& call);
HttpReply answer_object_audit(const PoolServices& services, const Call& call);

// handlers_sites.cpp, handlers_cameras.cpp, handlers_camera_life.cpp, handlers_tickets.cpp
HttpReply answer_code_lists(const PoolServices& services, const Call& call);
HttpReply answer_sites(const PoolServices& services, const Call& call);
HttpReply answer_site_add(const PoolServices& services, const Call& call);
HttpReply answer_site(const PoolServices& services, const Call& call);
HttpReply answer_site_amend(const PoolServices& services, const Call& call);
HttpReply answer_site_move(const PoolServices& services, const Call& call);
HttpReply answer_site_close(const PoolServices& services, const Call& call);
HttpReply answer_register_cameras(const PoolServices& services, const Call& call);
HttpReply answer_register_camera_add(const PoolServices& services, const Call& call);
HttpReply answer_register_camera(const PoolServices& services, const Call& call);
HttpReply answer_register_camera_amend(const PoolServices& services, const Call& call);
HttpReply answer_camera_step(const PoolServices& services, const Call& call);
HttpReply answer_camera_swap(const PoolServices& services, const Call& call);
HttpReply answer_camera_password(const PoolServices& services, const Call& call);
HttpReply answer_camera_acceptance(const PoolServices& services, const Call& call);
HttpReply answer_camera_merge(const PoolServices& services, const Call& call);
HttpReply answer_reference(const PoolServices& services, const Call& call);
HttpReply answer_reference_put(const PoolServices& services, const Call& call);
HttpReply answer_camera_health(const PoolServices& services, const Call& call);
HttpReply answer_camera_uptime(const PoolServices& services, const Call& call);
HttpReply answer_duplicates(const PoolServices& services, const Call& call);
HttpReply answer_register_map(const PoolServices& services, const Call& call);
HttpReply answer_recorders(const PoolServices& services, const Call& call);
HttpReply answer_recorder_add(const PoolServices& services, const Call& call);
HttpReply answer_recorder(const PoolServices& services, const Call& call);
HttpReply answer_recorder_amend(const PoolServices& services, const Call& call);
HttpReply answer_eyes(const PoolServices& services, const Call& call);
HttpReply answer_tickets(const PoolServices& services, const Call& call);
HttpReply answer_ticket_open(const PoolServices& services, const Call& call);
HttpReply answer_ticket(const PoolServices& services, const Call& call);
HttpReply answer_ticket_cost(const PoolServices& services, const Call& call);
HttpReply answer_ticket_step(const PoolServices& services, const Call& call);
HttpReply answer_ticket_note(const PoolServices& services, const Call& call);

// handlers_areas.cpp, handlers_area_changes.cpp
HttpReply answer_areas(const PoolServices& services, const Call& call);
HttpReply answer_area(const PoolServices& services, const Call& call);
HttpReply answer_area_add(const PoolServices& services, const Call& call);
HttpReply answer_area_amend(const PoolServices& services, const Call& call);
HttpReply answer_area_end(const PoolServices& services, const Call& call);
HttpReply answer_area_change(const PoolServices& services, const Call& call);
HttpReply answer_reassignments(const PoolServices& services, const Call& call);
HttpReply answer_reassignment_settle(const PoolServices& services, const Call& call);

// handlers_parties.cpp
HttpReply answer_party_codes(const PoolServices& services, const Call& call);
HttpReply answer_parties(const PoolServices& services, const Call& call);
HttpReply answer_party(const PoolServices& services, const Call& call);
HttpReply answer_party_add(const PoolServices& services, const Call& call);
HttpReply answer_party_amend(const PoolServices& services, const Call& call);
HttpReply answer_party_account(const PoolServices& services, const Call& call);

// handlers_agreements.cpp
HttpReply answer_agreements(const PoolServices& services, const Call& call);
HttpReply answer_cameras_without_agreement(const PoolServices& services, const Call& call);
HttpReply answer_agreement(const PoolServices& services, const Call& call);
HttpReply answer_agreement_add(const PoolServices& services, const Call& call);
HttpReply answer_agreement_withdraw(const PoolServices& services, const Call& call);
HttpReply answer_own_withdraw(const PoolServices& services, const Call& call);
HttpReply answer_own_cameras(const PoolServices& services, const Call& call);

// handlers_documents.cpp
HttpReply answer_document_codes(const PoolServices& services, const Call& call);
HttpReply answer_documents(const PoolServices& services, const Call& call);
HttpReply answer_document(const PoolServices& services, const Call& call);
HttpReply answer_document_add(const PoolServices& services, const Call& call);
HttpReply answer_document_amend(const PoolServices& services, const Call& call);
HttpReply answer_document_link(const PoolServices& services, const Call& call);
HttpReply answer_document_recipient(const PoolServices& services, const Call& call);

// handlers_models.cpp, handlers_model_work.cpp
HttpReply answer_model_types(const PoolServices& services, const Call& call);
HttpReply answer_models(const PoolServices& services, const Call& call);
HttpReply answer_model(const PoolServices& services, const Call& call);
HttpReply answer_model_add(const PoolServices& services, const Call& call);
HttpReply answer_model_amend(const PoolServices& services, const Call& call);
HttpReply answer_model_step(const PoolServices& services, const Call& call);
HttpReply answer_model_figures(const PoolServices& services, const Call& call);
HttpReply answer_force_teams(const PoolServices& services, const Call& call);
HttpReply answer_force_team_add(const PoolServices& services, const Call& call);
HttpReply answer_force_team(const PoolServices& services, const Call& call);
HttpReply answer_force_headcount(const PoolServices& services, const Call& call);
HttpReply answer_force_member_add(const PoolServices& services, const Call& call);
HttpReply answer_force_member_end(const PoolServices& services, const Call& call);
HttpReply answer_force_team_end(const PoolServices& services, const Call& call);
HttpReply answer_force_counts(const PoolServices& services, const Call& call);
HttpReply answer_committee_add(const PoolServices& services, const Call& call);
HttpReply answer_committee(const PoolServices& services, const Call& call);
HttpReply answer_committee_member_add(const PoolServices& services, const Call& call);
HttpReply answer_committee_counts(const PoolServices& services, const Call& call);
HttpReply answer_model_teams(const PoolServices& services, const Call& call);
HttpReply answer_model_team_add(const PoolServices& services, const Call& call);
HttpReply answer_model_cameras(const PoolServices& services, const Call& call);
HttpReply answer_model_camera_change(const PoolServices& services, const Call& call);
HttpReply answer_model_evaluations(const PoolServices& services, const Call& call);
HttpReply answer_model_evaluation_add(const PoolServices& services, const Call& call);
HttpReply answer_declared_figures(const PoolServices& services, const Call& call);
HttpReply answer_declared_figure_add(const PoolServices& services, const Call& call);
HttpReply answer_document_report(const PoolServices& services, const Call& call);
HttpReply answer_overdue_reports(const PoolServices& services, const Call& call);
// handlers_imports.cpp, handlers_import_rows.cpp
HttpReply answer_imports(const PoolServices& services, const Call& call);
HttpReply answer_import_add(const PoolServices& services, const Call& call);
HttpReply answer_import_apply(const PoolServices& services, const Call& call);
HttpReply answer_import_undo(const PoolServices& services, const Call& call);
HttpReply answer_import_report(const PoolServices& services, const Call& call);
HttpReply answer_import_template_xlsx(const PoolServices& services, const Call& call);
HttpReply answer_import_template_csv(const PoolServices& services, const Call& call);
HttpReply answer_import_rows(const PoolServices& services, const Call& call);
HttpReply answer_import_choice(const PoolServices& services, const Call& call);
HttpReply answer_import_skip(const PoolServices& services, const Call& call);

// handlers_models.cpp, handlers_model_work.cpp
HttpReply answer_model_points(const PoolServices& services, const Call& call);
HttpReply answer_model_point_add(const PoolServices& services, const Call& call);
HttpReply answer_model_events(const PoolServices& services, const Call& call);
HttpReply answer_model_event_add(const PoolServices& services, const Call& call);
HttpReply answer_model_funding(const PoolServices& services, const Call& call);
HttpReply answer_model_funding_add(const PoolServices& services, const Call& call);

}  // namespace vonggac::api
