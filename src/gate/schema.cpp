#include "gate/schema.h"

#include <array>

#include "access/audit.h"
#include "access/purposes.h"
#include "access/tokens.h"
#include "access/users.h"
#include "catalogue/agreement_schema.h"
#include "catalogue/area_schema.h"
#include "catalogue/camera_schema.h"
#include "catalogue/declared_figures.h"
#include "catalogue/document_schema.h"
#include "catalogue/found_device.h"
#include "catalogue/health_schema.h"
#include "catalogue/human_codes.h"
#include "catalogue/model_schema.h"
#include "catalogue/name_terms.h"
#include "catalogue/party_schema.h"
#include "catalogue/site_schema.h"
#include "catalogue/ticket_schema.h"
#include "gate/agreement_pauses.h"
#include "gate/kept_replies.h"
#include "gate/owner_accounts.h"
#include "intake/import_schema.h"
#include "store/outbox.h"

namespace vonggac::gate {
namespace {

constexpr std::array kSchemaSteps{
    store::Migration{1, "node and outbox", store::kNodeAndOutbox},
    store::Migration{2, "areas in time", catalogue::kAreaSchema},
    store::Migration{3, "users, grants, sessions", access::kUserSchema},
    store::Migration{4, "audit", access::kAuditSchema},
    store::Migration{5, "tokens of programs", access::kTokenSchema},
    store::Migration{6, "purposes of playback", access::kPurposeSchema},
    store::Migration{7, "human codes", catalogue::kCodeSchema},
    store::Migration{8, "search terms of names", catalogue::kNameTermSchema},
    store::Migration{9, "people and bodies", catalogue::kPartySchema},
    store::Migration{10, "sites", catalogue::kSiteSchema},
    store::Migration{11, "cameras and recorders", catalogue::kCameraSchema},
    store::Migration{12, "agreements", catalogue::kAgreementSchema},
    store::Migration{13, "documents", catalogue::kDocumentSchema},
    store::Migration{14, "declared figures", catalogue::kDeclaredFigureSchema},
    store::Migration{15, "models", catalogue::kModelSchema},
    store::Migration{16, "health of cameras", catalogue::kHealthSchema},
    store::Migration{17, "repair tickets", catalogue::kTicketSchema},
    store::Migration{18, "cameras paused because their agreement ended", kAgreementPauseSchema},
    store::Migration{19, "accounts of owners", kOwnerAccountSchema},
    store::Migration{20, "replies kept for repeated requests", kKeptReplySchema},
    store::Migration{21, "imports", intake::kImportSchema},
    store::Migration{22, "firmware of devices", catalogue::kFirmwareSchema},
};

}  // namespace

std::span<const store::Migration> schema_steps() { return kSchemaSteps; }

}  // namespace vonggac::gate
